//! What decisions know of automations: all of them as saved, and which have run for whom.
//!
//! They have no SQL read model: they are few, and whoever needs them needs them as of now.

use eventlog::{Limit, Reader, State, View};
use events::{
    Event, Stream, StreamKind, UserId,
    automation::{Automation, Kind, Saved},
};

use super::conditions::Person;
use crate::functions::{
    Failure, Refusal,
    decision::{Table, delete_below, read, write},
    users::state::{details, known_user},
};

/// The stream of the workspace's automations.
pub const STREAM: Stream = Stream {
    kind: StreamKind::Automations,
    id: 1,
};

/// All automations.
///
/// # Errors
/// When the table cannot be read.
pub fn saved(state: &dyn View) -> Result<Saved, Failure> {
    Ok(read(state, &Table::Automations.row(STREAM.id))?.unwrap_or_default())
}

/// The automation with this ID, and its kind.
pub fn find<'a>(saved: &'a Saved, id: &str) -> Option<(Kind, &'a Automation)> {
    let all = saved
        .automations
        .iter()
        .flat_map(|(kind, list)| list.iter().map(|automation| (*kind, automation)));
    all.into_iter().find(|(_, automation)| automation.id == id)
}

/// The automation with this ID, and its kind.
///
/// # Errors
/// `invalid-argument` for an unknown one.
pub fn known(saved: &Saved, id: &str) -> Result<(Kind, Automation), Refusal> {
    let found = find(saved, id).map(|(kind, automation)| (kind, automation.clone()));
    found.ok_or_else(|| {
        Refusal::InvalidArgument(format!("automation: there is no automation {id:?}."))
    })
}

/// Whether an automation has run for a user: in this period, where it repeats, else ever.
///
/// # Errors
/// When the table cannot be read.
pub fn has_run(
    state: &dyn View,
    user: UserId,
    automation: &str,
    period: &str,
) -> Result<bool, Failure> {
    let last = state.get(&ran_key(user, automation))?;
    Ok(last.is_some_and(|last| period.is_empty() || last == period.as_bytes()))
}

/// What conditions are about. When the user came to be is no decision state: see [`came_ms`].
///
/// # Errors
/// `user-not-found`, or the table cannot be read.
pub fn person(state: &dyn View, id: UserId, came_ms: Option<i64>) -> Result<Person, Failure> {
    Ok(Person {
        user_type: known_user(state, id)?.user_type,
        details: details(state, id)?,
        came_ms,
    })
}

/// When a user came to be: the time of the first event of the user's stream.
///
/// # Errors
/// When the log cannot be read.
pub fn came_ms(reader: &Reader, id: UserId) -> Result<Option<i64>, Failure> {
    let stream = eventlog::Stream {
        kind: StreamKind::User as u8,
        id: id.0,
    };
    let one = Limit {
        events: 1,
        ..Limit::default()
    };
    let records = reader.read_stream(stream, 0, one)?;
    Ok(records.first().map(|record| record.header.time_ms))
}

fn ran_key(user: UserId, automation: &str) -> Vec<u8> {
    Table::AutomationRan.key(&[&user.0.to_be_bytes(), automation.as_bytes()])
}

/// The state of automations after `event`.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, stream: Stream, event: &Event) -> Result<(), Failure> {
    match event {
        Event::AutomationsSaved(saved) => {
            write(state, &Table::Automations.row(STREAM.id), saved);
        }
        Event::AutomationRan(ran) => {
            let key = ran_key(UserId(stream.id), &ran.automation);
            state.put(&key, ran.period.clone().into_bytes());
        }
        Event::UserDeleted(_) => delete_below(state, &ran_key(UserId(stream.id), ""))?,
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use eventlog::Memory;
    use events::{automation::Ran, user::UserType};

    use super::*;
    use crate::functions::conversations::histories::gone;

    #[test]
    fn what_has_run_is_known_until_its_user_is_gone() {
        let mut state = Memory::default();
        let mut ran = |user: u64, automation: &str, period: &str| {
            let ran = Ran {
                automation: automation.to_owned(),
                kind: Kind::Messages,
                period: period.to_owned(),
            };
            evolve(&mut state, UserId(user).into(), &ran.into()).unwrap();
        };
        ran(3, "once", "");
        ran(3, "daily", "2020-05-11");
        ran(3, "daily", "2020-05-12");
        ran(4, "once", "");
        let has_run = |state: &Memory, user, automation, period| {
            has_run(state, UserId(user), automation, period).unwrap()
        };
        assert!(has_run(&state, 3, "once", ""));
        assert!(!has_run(&state, 3, "onc", ""), "another");
        assert!(has_run(&state, 3, "daily", "2020-05-12"));
        assert!(!has_run(&state, 3, "daily", "2020-05-13"));
        assert!(!has_run(&state, 5, "once", ""));
        let (stream, deleted) = gone(3, UserType::User);
        evolve(&mut state, stream, &deleted).unwrap();
        assert!(!has_run(&state, 3, "once", ""));
        assert!(has_run(&state, 4, "once", ""));
    }
}
