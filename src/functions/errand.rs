//! A function that hands something to a channel and answers how that went.
//!
//! What is to leave is ordered in the decision; the answer that is remembered for the Idempotency-Key
//! is the number of the receipt. So a call that is repeated sends nothing twice, whatever became of the
//! first one's connection, and two calls at once with the same key send one.

use std::{future::Future, time::Duration};

use events::token::Scope;
use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    Answer, Context, Decision, Failure, Fault, Function, Kind, Refusal,
    function::{Access, decode, to_json},
};
use crate::reactions::outbox::orders::{Receipt, receipt};

/// How long a call waits for its channel. The channels' own limits are shorter; only a long queue
/// takes more.
const PATIENCE: Duration = Duration::from_secs(60);

/// A function that sends. Its fields are the arguments; its doc comment is the API reference.
pub trait Errand: DeserializeOwned + JsonSchema + Send + Sized + 'static {
    /// The function's name on the wire.
    const NAME: &'static str;
    /// The code of a channel that refuses.
    const REFUSED: &'static str;
    /// The answer.
    type Reply: Serialize + JsonSchema + Send + 'static;

    /// Everything slow or undetermined, before the append thread is asked. Not called again for a
    /// repeated Idempotency-Key.
    fn prepare(&mut self, _context: &Context) -> impl Future<Output = Result<(), Failure>> + Send {
        async { Ok(()) }
    }

    /// Orders what is to leave: the number of the receipt. `None` where nothing is to leave.
    ///
    /// # Errors
    /// A refusal that leaves no trace, or the state's own failure.
    fn decide(self, decision: &mut Decision<'_>) -> Result<Option<u64>, Failure>;

    /// The answer, once the channel took it and said this; `None` where nothing was to leave.
    fn reply(said: Option<Value>) -> Self::Reply;
}

impl Function {
    /// The catalogue line of a function that sends.
    #[must_use]
    pub const fn errand<E: Errand>() -> Self {
        Self {
            name: E::NAME,
            kind: Kind::Command,
            access: Access::Admin,
            scope: Scope::Write,
            run: run::<E>,
            arguments: E::json_schema,
            reply: schemars::SchemaGenerator::subschema_for::<E::Reply>,
        }
    }
}

fn run<E: Errand>(
    context: &Context,
    arguments: Map<String, Value>,
) -> BoxFuture<'_, Result<Answer, Failure>> {
    Box::pin(async move {
        let fingerprint = context.fingerprint(E::NAME, &arguments);
        let mut errand: E = decode(arguments)?;
        let order = async move |context: Context| {
            errand.prepare(&context).await?;
            let decide = move |decision: &mut Decision<'_>| errand.decide(decision);
            context.execute(fingerprint, decide).await
        };
        let ordered = context.once(fingerprint, order).await?;
        let ticket: Option<u64> = serde_json::from_slice(&ordered.json)
            .map_err(|source| Fault::State("a remembered receipt".to_owned(), source))?;
        let said = match ticket {
            Some(ticket) => Some(outcome::<E>(context, ticket).await?),
            None => None,
        };
        Ok(Answer {
            json: to_json(&E::reply(said)),
            position: ordered.position,
        })
    })
}

/// Waits for the receipt, and answers what the channel said.
async fn outcome<E: Errand>(context: &Context, ticket: u64) -> Result<Value, Failure> {
    let journal = &context.service.journal;
    let mut settled = journal.outbox().settled();
    let ends = tokio::time::Instant::now() + PATIENCE;
    loop {
        settled.mark_unchanged();
        match receipt(journal.reader(), ticket)? {
            Some(Receipt::Taken(said)) => return Ok(said),
            Some(Receipt::Refused(why)) => {
                return Err(Refusal::Vendor(E::REFUSED, why).into());
            }
            None => {}
        }
        if tokio::time::timeout_at(ends, settled.changed())
            .await
            .is_err()
        {
            let why = "It is on its way and has not been taken yet; ask again with the same \
                       Idempotency-Key.";
            return Err(Refusal::Unavailable(why.to_owned()).into());
        }
    }
}
