//! Receivers that want no more. A reaction that was told so neither plans nor delivers until somebody
//! asks for it again: by saving one of its settings, be it as it was, or by a replay.
//!
//! It is decision state, folded from events, so it survives whatever the service survives. What
//! happens meanwhile is not planned; the log keeps it, and a replay of the range delivers it.

use eventlog::{State, View};
use events::{
    Event, Stream,
    delivery::{Abandoned, Stopped},
};

use super::reaction::Reaction;
use crate::{
    clock::wire_time,
    functions::{
        Failure,
        decision::{Table, read, write},
        settings::registry::is_of_webhooks,
    },
};

/// Since when and why a reaction has stopped; `None` while it works.
///
/// # Errors
/// When the table cannot be read.
pub fn stopped(state: &dyn View, reaction: Reaction) -> Result<Option<Stopped>, Failure> {
    read(state, &key(reaction))
}

/// The sentence for an operator.
#[must_use]
pub fn told(stopped: &Stopped) -> String {
    let Stopped {
        time_ms,
        why,
        missed_after,
    } = stopped;
    let since = wire_time(*time_ms);
    format!(
        "stopped since {since}, {why}; to go on, save one of the settings, or have what was missed \
         sent as well: havefunnels webhooks replay --after {missed_after}"
    )
}

/// Whether a reaction waits for this setting to be saved again, be it as it was.
///
/// # Errors
/// When the table cannot be read.
pub fn is_awaited(state: &dyn View, setting: &str) -> Result<bool, Failure> {
    Ok(is_of_webhooks(setting) && stopped(state, Reaction::Webhooks)?.is_some())
}

/// Who has stopped, after `event`.
pub fn evolve(state: &mut dyn State, stream: Stream, event: &Event) {
    match event {
        Event::DeliveryAbandoned(Abandoned {
            stopped: Some(stopped),
            ..
        }) => write(state, &Table::Stopped.row(stream.id), stopped),
        Event::DeliveryReplayRequested(_) => state.delete(&Table::Stopped.row(stream.id)),
        Event::SettingsSaved(saved) if saved.set.keys().any(|id| is_of_webhooks(id)) => {
            state.delete(&key(Reaction::Webhooks));
        }
        _ => {}
    }
}

fn key(reaction: Reaction) -> Vec<u8> {
    Table::Stopped.row(reaction as u64)
}

#[cfg(test)]
mod tests {
    use eventlog::Memory;
    use events::{delivery::ReplayRequested, settings::Saved};
    use serde_json::json;

    use super::*;
    use crate::functions::settings::{
        registry::{Setting, WEBHOOKS_KEY, WEBHOOKS_URL},
        state::STREAM,
    };

    /// Webhooks that were told to stop, after one more event.
    fn is_stopped_after(stream: Stream, event: impl Into<Event>) -> bool {
        let mut state = Memory::default();
        let stopped = Abandoned {
            deliveries: Vec::new(),
            stopped: Some(Stopped {
                time_ms: 7,
                why: "the receiver answered 410".to_owned(),
                missed_after: 3,
            }),
        };
        evolve(&mut state, Reaction::Webhooks.stream(), &stopped.into());
        evolve(&mut state, stream, &event.into());
        assert_eq!(stopped_ms(&state, Reaction::Slack), None);
        match stopped_ms(&state, Reaction::Webhooks) {
            Some(since_ms) => since_ms == 7,
            None => false,
        }
    }

    fn stopped_ms(state: &Memory, reaction: Reaction) -> Option<i64> {
        stopped(state, reaction).unwrap().map(|found| found.time_ms)
    }

    fn saved(setting: &Setting) -> Saved {
        Saved {
            set: [(setting.id.to_owned(), (json!(""), "text".to_owned()))].into(),
            ..Saved::default()
        }
    }

    #[test]
    fn stopped_until_somebody_asks_for_more() {
        let another = Setting {
            id: "rtl",
            ..WEBHOOKS_URL
        };
        let replay = ReplayRequested {
            after: 0,
            until: 1,
            name: None,
        };
        let given_up = Abandoned {
            deliveries: Vec::new(),
            stopped: None,
        };
        let webhooks = Reaction::Webhooks.stream();
        assert!(is_stopped_after(STREAM, saved(&another)));
        assert!(is_stopped_after(webhooks, given_up));
        assert!(!is_stopped_after(STREAM, saved(&WEBHOOKS_KEY)));
        assert!(!is_stopped_after(webhooks, replay));
    }
}
