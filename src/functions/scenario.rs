//! Given / when / then for decisions: no log, no HTTP, the real `evolve` on a state in memory.

use std::sync::Arc;

use eventlog::Memory;
use events::{Event, Stream, UserId};
use serde::Serialize;

use super::{Command, Decision, Facts, Failure, Refusal, evolve, settings::state::Settings};
use crate::presence::Presence;

/// The time at which every scenario's decision is made: 2020-05-12 14:28:57 UTC.
pub const NOW_MS: i64 = 1_589_293_737_000;

/// A history.
pub struct Given {
    state: Memory,
    actor: UserId,
    presence: Presence,
}

/// A decision on it.
pub struct Then {
    outcome: Result<(serde_json::Value, Vec<(Stream, Event)>), Failure>,
}

/// What decisions without a call know: the default settings, and these people's signs of life.
pub fn facts(presence: Presence) -> Facts {
    Facts {
        now_ms: NOW_MS,
        actor: UserId(2),
        public_url: String::new(),
        presence: Arc::new(presence),
        settings: Arc::default(),
    }
}

/// An event of a stream, for histories and expectations.
pub fn happened(stream: impl Into<Stream>, event: impl Into<Event>) -> (Stream, Event) {
    (stream.into(), event.into())
}

/// The state after these events.
pub fn given(history: impl IntoIterator<Item = (Stream, Event)>) -> Given {
    let mut state = Memory::default();
    for (stream, event) in history {
        evolve(&mut state, stream, &event).expect("a state in memory can be read");
    }
    Given {
        state,
        actor: UserId(2),
        presence: Presence::new(60, 10),
    }
}

impl Given {
    /// Says who the active user is; the first admin otherwise.
    pub fn by(mut self, actor: u64) -> Self {
        self.actor = UserId(actor);
        self
    }

    /// Says who is online; nobody otherwise.
    pub fn online(self, users: impl IntoIterator<Item = u64>) -> Self {
        for user in users {
            self.presence.touch(UserId(user), NOW_MS);
        }
        self
    }

    /// Decides.
    pub fn when<C: Command>(self, command: C) -> Then {
        self.when_decided(|decision| command.decide(decision))
    }

    /// Decides by what is no command.
    pub fn when_decided<T: Serialize>(
        mut self,
        decide: impl FnOnce(&mut Decision<'_>) -> Result<T, Failure>,
    ) -> Then {
        let settings = Settings::read(&self.state).expect("a state in memory can be read");
        let facts = Facts {
            now_ms: NOW_MS,
            actor: self.actor,
            public_url: "http://chat.test".to_owned(),
            presence: Arc::new(self.presence),
            settings: Arc::new(settings),
        };
        let mut decision = Decision::new(&mut self.state, &facts);
        let outcome = decide(&mut decision).map(|reply| {
            let reply = serde_json::to_value(reply).expect("a reply is JSON");
            (reply, decision.into_recorded())
        });
        Then { outcome }
    }
}

impl Then {
    /// What was recorded.
    pub fn recorded(self) -> Vec<(Stream, Event)> {
        self.outcome.expect("accepted").1
    }

    /// Exactly these events were recorded.
    pub fn then(self, expected: impl IntoIterator<Item = (Stream, Event)>) -> Self {
        let expected: Vec<_> = expected.into_iter().collect();
        let (_, recorded) = self.outcome.as_ref().expect("accepted");
        assert_eq!(*recorded, expected);
        self
    }

    /// This was answered.
    pub fn answering(self, expected: serde_json::Value) -> Self {
        let (reply, _) = self.outcome.as_ref().expect("accepted");
        assert_eq!(*reply, expected);
        self
    }

    /// What was recorded, or the code of the refusal.
    pub fn recorded_or_code(self) -> Result<Vec<(Stream, Event)>, &'static str> {
        match self.outcome {
            Ok((_, recorded)) => Ok(recorded),
            Err(Failure::Refused(refusal)) => Err(refusal.code()),
            Err(Failure::Failed(fault)) => panic!("{fault}"),
        }
    }

    /// It was refused like this.
    pub fn then_refused(self, expected: Refusal) {
        match self.outcome {
            Err(Failure::Refused(refusal)) => assert_eq!(refusal, expected),
            other => panic!("expected a refusal, got {other:?}"),
        }
    }

    /// It was refused with this code.
    pub fn then_refused_with(self, code: &str) {
        match self.outcome {
            Err(Failure::Refused(refusal)) => assert_eq!(refusal.code(), code),
            other => panic!("expected a refusal, got {other:?}"),
        }
    }
}
