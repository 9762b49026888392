//! Cleaning: visitors who went, conversations in the trash, conversations that were answered.
//!
//! The read models say what there is to do; whether it still is, is decided on the state as of now,
//! some at a time, so that nobody else's write waits for long.

use std::{collections::HashSet, time::Duration};

use eventlog::View;
use events::{
    ConversationId, UserId,
    conversation::{Deleted, Status},
    user::UserType,
};
use tokio::sync::watch;

use crate::{
    clock,
    functions::{
        Decision, Failure, Refusal, Service,
        conversations::{route::move_to, state::conversation},
        decision::{Numbered, Table, last_number, next_id, parsed},
        messages::state::Message,
        settings::{
            registry::{CLEANING_ARCHIVE, CLEANING_TRASH, CLEANING_VISITORS},
            state::Settings,
        },
        users::{delete::delete, state::user},
    },
    journal::Cause,
};

const HOUR_MS: i64 = 3_600_000;
/// Since when a visitor must not have been seen.
const VISITOR_MS: i64 = 24 * HOUR_MS;
/// For how long a conversation must have been in the trash.
const TRASH_MS: i64 = 30 * 24 * HOUR_MS;
/// How old the last message must be.
const ANSWERED_MS: i64 = 24 * HOUR_MS;
/// Things decided at once.
const STEP: usize = 500;
/// Messages since the read models were asked, beyond which they are asked again at the next cleaning.
const NEW_MESSAGES_MAX: usize = 10_000;

/// What is to be cleaned.
#[derive(Clone, Copy, Debug)]
pub struct Tasks {
    visitors: bool,
    trash: bool,
    archive: bool,
}

impl Tasks {
    /// All of it.
    pub const ALL: Self = Self {
        visitors: true,
        trash: true,
        archive: true,
    };

    /// What the settings ask for.
    #[must_use]
    pub fn asked_for(settings: &Settings) -> Self {
        Self {
            visitors: settings.is_on(&CLEANING_VISITORS),
            trash: settings.is_on(&CLEANING_TRASH),
            archive: settings.is_on(&CLEANING_ARCHIVE),
        }
    }
}

/// How many went, and how many were archived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Visitors deleted.
    pub visitors: usize,
    /// Conversations deleted.
    pub trashed: usize,
    /// Conversations archived.
    pub archived: usize,
}

/// A stop that never comes, for who waits for the end.
#[must_use]
pub fn never() -> watch::Receiver<bool> {
    watch::channel(false).1
}

/// Cleans until all is done or `stop` says so.
///
/// # Errors
/// When the read models are too far behind, or the log takes nothing; a part may be done then.
pub async fn clean(
    service: &Service,
    tasks: Tasks,
    cause: Cause,
    stop: &watch::Receiver<bool>,
) -> Result<Cleaned, Failure> {
    let mut cleaned = Cleaned::default();
    if tasks.visitors {
        cleaned.visitors = visitors(service, cause, stop).await?;
    }
    if tasks.trash {
        cleaned.trashed = trash(service, cause, stop).await?;
    }
    if tasks.archive {
        cleaned.archived = archive(service, cause, stop).await?;
    }
    Ok(cleaned)
}

async fn visitors(
    service: &Service,
    cause: Cause,
    stop: &watch::Receiver<bool>,
) -> Result<usize, Failure> {
    settled(service).await?;
    let before_ms = clock::now_ms() - VISITOR_MS;
    let limit = u32::try_from(STEP).unwrap_or(u32::MAX);
    let (mut after, mut count) = (UserId(0), 0);
    loop {
        let ids = service.reads.idle_visitors(before_ms, after, limit).await?;
        let Some(last) = ids.last().filter(|_| !*stop.borrow()) else {
            return Ok(count);
        };
        after = *last;
        let decide = move |decision: &mut Decision<'_>| delete_idle(decision, &ids, before_ms);
        count += service.journal.decide_for(cause, decide).await?;
    }
}

async fn trash(
    service: &Service,
    cause: Cause,
    stop: &watch::Receiver<bool>,
) -> Result<usize, Failure> {
    settled(service).await?;
    let ids = service.reads.trashed_before(clock::now_ms() - TRASH_MS);
    let (ids, mut count) = (ids.await?, 0);
    for some in ids.chunks(STEP) {
        if *stop.borrow() {
            break;
        }
        let some = some.to_vec();
        let decide = move |decision: &mut Decision<'_>| delete_trashed(decision, &some);
        count += service.journal.decide_for(cause, decide).await?;
    }
    Ok(count)
}

async fn archive(
    service: &Service,
    cause: Cause,
    stop: &watch::Receiver<bool>,
) -> Result<usize, Failure> {
    // Taken before the read models are asked: what is said later is looked for in the decision.
    let next_message = next_id(service.journal.reader(), Numbered::Message)?;
    settled(service).await?;
    let ids = service.reads.answered_before(clock::now_ms() - ANSWERED_MS);
    let (ids, mut count) = (ids.await?, 0);
    for some in ids.chunks(STEP) {
        if *stop.borrow() {
            break;
        }
        let some = some.to_vec();
        let decide =
            move |decision: &mut Decision<'_>| archive_answered(decision, &some, next_message);
        count += service.journal.decide_for(cause, decide).await?;
    }
    Ok(count)
}

/// Waits until the read models hold all that is in the log now.
async fn settled(service: &Service) -> Result<(), Failure> {
    let head = service.journal.reader().head();
    let patience = Duration::from_millis(service.config.query_wait_ms_max.into());
    match service.reads.wait_for(head, patience).await {
        Ok(_) => Ok(()),
        Err(_) => Err(Refusal::Unavailable(format!(
            "The read models do not hold position {head} yet; try again in a moment."
        ))
        .into()),
    }
}

/// Deletes those who still are visitors and have not come back.
fn delete_idle(
    decision: &mut Decision<'_>,
    ids: &[UserId],
    before_ms: i64,
) -> Result<usize, Failure> {
    let mut count = 0;
    for id in ids {
        let seen = decision.facts().presence.seen(*id);
        let known = user(decision.state(), *id)?
            .filter(|known| known.user_type == UserType::Visitor)
            .filter(|_| seen.is_none_or(|seen| seen < before_ms));
        if let Some(known) = known {
            delete(decision, *id, &known)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Deletes those that still are in the trash.
fn delete_trashed(decision: &mut Decision<'_>, ids: &[ConversationId]) -> Result<usize, Failure> {
    let mut count = 0;
    for id in ids {
        let known = conversation(decision.state(), *id)?;
        if let Some(known) = known.filter(|known| known.status == Status::Trashed) {
            decision.record(*id, Deleted { user: known.user })?;
            count += 1;
        }
    }
    Ok(count)
}

/// Archives those that still are in the inbox and in which nothing was said since.
fn archive_answered(
    decision: &mut Decision<'_>,
    ids: &[ConversationId],
    next_message: u64,
) -> Result<usize, Failure> {
    let Some(busy) = spoken_in_since(decision.state(), next_message)? else {
        return Ok(0);
    };
    let mut count = 0;
    for id in ids.iter().filter(|id| !busy.contains(id)) {
        let known = conversation(decision.state(), *id)?;
        if let Some(known) = known.filter(|known| known.status.is_inbox()) {
            let (from, to) = (known.status, Status::Archived);
            move_to(decision, *id, from, to)?;
            count += 1;
        }
    }
    Ok(count)
}

/// The conversations of the messages from this one on; `None` when these are too many.
fn spoken_in_since(
    state: &dyn View,
    next_message: u64,
) -> Result<Option<HashSet<ConversationId>>, Failure> {
    let before = Table::Message.row(next_message.saturating_sub(1));
    let rows = state.scan(&Table::Message.key(&[]), Some(&before), NEW_MESSAGES_MAX)?;
    if rows.len() == NEW_MESSAGES_MAX {
        return Ok(None);
    }
    let mut busy = HashSet::new();
    for (key, row) in &rows {
        debug_assert!(last_number(key) >= next_message);
        busy.insert(parsed::<Message>(key, row)?.conversation);
    }
    Ok(Some(busy))
}

#[cfg(test)]
mod tests;
