//! Who had been told of messages and is there again.

use events::{UserId, user::Returned};

use crate::{
    functions::{Decision, Failure, Service, user},
    reactions::outbox::told::is_told_at_all,
};

/// Records that those have returned who were told of messages, of these who were seen. Presence itself is
/// forgotten; that somebody was there since is what decides whether the next message is news.
///
/// # Errors
/// When the state cannot be read, or the log's failure.
pub async fn note(service: &Service, seen: Vec<UserId>) -> Result<(), Failure> {
    let mut told = Vec::new();
    for id in seen {
        if is_told_at_all(service.journal.reader(), id)? {
            told.push(id);
        }
    }
    if told.is_empty() {
        return Ok(());
    }
    let decide = move |decision: &mut Decision<'_>| decide(decision, told);
    service.journal.decide_alone(decide).await
}

fn decide(decision: &mut Decision<'_>, told: Vec<UserId>) -> Result<(), Failure> {
    for id in told {
        let state = decision.state();
        if user(state, id)?.is_some() && is_told_at_all(state, id)? {
            decision.record(id, Returned {})?;
        }
    }
    Ok(())
}
