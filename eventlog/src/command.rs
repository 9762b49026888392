//! What callers put into the append thread's queue, and how they are answered.

use tokio::sync::oneshot;

use crate::error::{Error, Refused};
use crate::transaction::Transaction;
use crate::writer::Writer;

/// The outcome of a command that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed<T> {
    /// What the decision returned.
    pub value: T,
    /// A durable position that covers the command and everything its decision saw.
    pub position: u64,
    /// Whether it wrote anything.
    pub wrote: bool,
}

/// One entry of the queue.
pub(crate) enum Job {
    /// To be decided and written together with others.
    Decide(Box<dyn Command>),
    /// To be done by itself, between two batches.
    Maintain(Box<dyn FnOnce(&mut Writer) + Send>),
}

/// How an accepted or refused command fared.
pub(crate) struct Outcome {
    pub(crate) position: u64,
    pub(crate) wrote: bool,
}

/// A decision whose types are hidden from the append thread.
pub(crate) trait Command: Send {
    /// Runs the decision, once. Returns whether it succeeded, so that its changes count.
    fn decide(&mut self, transaction: &mut Transaction<'_>) -> bool;

    /// Tells the caller.
    fn answer(self: Box<Self>, outcome: Result<Outcome, Error>);
}

/// A decision with its caller's return address.
pub(crate) struct Pending<F, T, E> {
    decide: Option<F>,
    decided: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<Committed<T>, Refused<E>>>,
}

impl<F, T, E> Pending<F, T, E> {
    pub(crate) fn new(decide: F, reply: oneshot::Sender<Result<Committed<T>, Refused<E>>>) -> Self {
        Pending {
            decide: Some(decide),
            decided: None,
            reply,
        }
    }
}

impl<F, T, E> Command for Pending<F, T, E>
where
    F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send,
    T: Send,
    E: Send,
{
    fn decide(&mut self, transaction: &mut Transaction<'_>) -> bool {
        let decide = self.decide.take().expect("a command is decided once");
        let decided = self.decided.insert(decide(transaction));
        decided.is_ok()
    }

    fn answer(self: Box<Self>, outcome: Result<Outcome, Error>) {
        let answer = match (outcome, self.decided) {
            (Err(error), _) => Err(Refused::Log(error)),
            (Ok(outcome), Some(Ok(value))) => Ok(Committed {
                value,
                position: outcome.position,
                wrote: outcome.wrote,
            }),
            (Ok(_), Some(Err(refusal))) => Err(Refused::Decision(refusal)),
            (Ok(_), None) => Err(Refused::Log(Error::Closed)),
        };
        // The caller may have stopped waiting; what was decided holds all the same.
        let _ = self.reply.send(answer);
    }
}
