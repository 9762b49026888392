//! Conversations as they were answered before, kept while nothing in them has changed.
//!
//! Many clients poll few conversations. The projector says what each batch of events touched, after
//! its commit and before its position is announced; an answer read before that no longer holds.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use events::{ConversationId, UserId};
use projections::Touched;
use quick_cache::{Weighter, sync::Cache};
use serde_json::value::RawValue;

/// Bytes of answers that are kept at most.
const BYTES_MAX: u64 = 16 << 20;
/// Conversations expected among them.
const CONVERSATIONS: usize = 4_000;
/// Touches that are remembered at most; beyond, everything read earlier is forgotten.
const TOUCHES_MAX: usize = 100_000;

/// An answer and what it rests on.
pub struct Kept {
    /// The answer.
    pub json: Box<RawValue>,
    /// The conversation's user.
    pub user: UserId,
    /// Everybody whose name is in it.
    pub people: Vec<UserId>,
    /// The read models' position before it was read.
    pub position: u64,
}

/// The answers kept.
pub struct Answers {
    kept: Cache<ConversationId, Arc<Kept>, Weight>,
    touches: Mutex<Touches>,
}

#[derive(Clone)]
struct Weight;

impl Weighter<ConversationId, Arc<Kept>> for Weight {
    fn weight(&self, _: &ConversationId, kept: &Arc<Kept>) -> u64 {
        (kept.json.get().len() + kept.people.len() * size_of::<UserId>() + 128) as u64
    }
}

/// The positions at which things were last touched.
#[derive(Default)]
struct Touches {
    conversations: HashMap<ConversationId, u64>,
    users: HashMap<UserId, u64>,
    everything: u64,
}

impl Default for Answers {
    fn default() -> Self {
        let kept = Cache::with_weighter(CONVERSATIONS, BYTES_MAX, Weight);
        Self {
            kept,
            touches: Mutex::default(),
        }
    }
}

impl Answers {
    /// The answer for this conversation, if it still holds.
    pub fn get(&self, conversation: ConversationId) -> Option<Arc<Kept>> {
        let kept = self.kept.get(&conversation)?;
        self.touches().hold(conversation, &kept).then_some(kept)
    }

    /// Keeps an answer; one that something has touched meanwhile is never given.
    pub fn keep(&self, conversation: ConversationId, kept: Arc<Kept>) {
        self.kept.insert(conversation, kept);
    }

    /// Takes note of what the events up to `position` touched.
    pub fn touched(&self, position: u64, touched: &Touched) {
        let mut touches = self.touches();
        let room = TOUCHES_MAX.saturating_sub(touches.conversations.len() + touches.users.len());
        if touched.everything || touched.conversations.len() + touched.users.len() > room {
            *touches = Touches {
                everything: position,
                ..Touches::default()
            };
            return;
        }
        touches
            .conversations
            .extend(touched.conversations.iter().map(|id| (*id, position)));
        touches
            .users
            .extend(touched.users.iter().map(|id| (*id, position)));
    }

    fn touches(&self) -> MutexGuard<'_, Touches> {
        self.touches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Touches {
    fn hold(&self, conversation: ConversationId, kept: &Kept) -> bool {
        let untouched =
            |touched: Option<&u64>| touched.is_none_or(|touched| *touched <= kept.position);
        self.everything <= kept.position
            && untouched(self.conversations.get(&conversation))
            && kept
                .people
                .iter()
                .all(|user| untouched(self.users.get(user)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use events::{ConversationId, UserId};
    use projections::Touched;
    use serde_json::value::RawValue;

    use super::{Answers, Kept};

    const CONVERSATION: ConversationId = ConversationId(1);

    fn keep(answers: &Answers, position: u64) {
        let json = RawValue::from_string("{}".to_owned()).unwrap();
        let people = vec![UserId(3), UserId(4)];
        answers.keep(
            CONVERSATION,
            Arc::new(Kept {
                json,
                user: UserId(3),
                people,
                position,
            }),
        );
    }

    #[test]
    fn an_answer_holds_until_its_conversation_or_people_are_touched() {
        let answers = Answers::default();
        keep(&answers, 10);
        answers.touched(
            11,
            &Touched {
                conversations: [ConversationId(2)].into(),
                ..Touched::default()
            },
        );
        assert!(answers.get(CONVERSATION).is_some());
        answers.touched(
            12,
            &Touched {
                users: [UserId(4)].into(),
                ..Touched::default()
            },
        );
        assert!(answers.get(CONVERSATION).is_none());
        keep(&answers, 12);
        answers.touched(
            13,
            &Touched {
                conversations: [CONVERSATION].into(),
                ..Touched::default()
            },
        );
        assert!(answers.get(CONVERSATION).is_none());
    }

    #[test]
    fn an_answer_read_before_a_touch_and_kept_after_it_does_not_hold() {
        let answers = Answers::default();
        answers.touched(
            12,
            &Touched {
                conversations: [CONVERSATION].into(),
                ..Touched::default()
            },
        );
        keep(&answers, 11);
        assert!(answers.get(CONVERSATION).is_none());
        answers.touched(
            13,
            &Touched {
                everything: true,
                ..Touched::default()
            },
        );
        keep(&answers, 12);
        assert!(answers.get(CONVERSATION).is_none());
        keep(&answers, 13);
        assert!(answers.get(CONVERSATION).is_some());
    }
}
