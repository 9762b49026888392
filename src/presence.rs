//! Who is online and who is typing: volatile, in memory, no events.
//!
//! Signs of life are written to the read model's `last_activity` every few seconds by
//! [`Presence::changed`]'s caller; typing is nowhere but here.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use events::{ConversationId, Event, Stream, UserId};

/// The most who are remembered as typing; more are not.
const TYPING_MAX: usize = 100_000;

/// A sign of life that is no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The user is there.
    Seen(UserId),
    /// The user types in the conversation.
    Typing(ConversationId, UserId),
}

/// Signs of life of users.
pub struct Presence {
    online_ms: i64,
    typing_ms: i64,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    seen_ms: HashMap<UserId, i64>,
    changed: HashSet<UserId>,
    typing_until_ms: HashMap<(ConversationId, UserId), i64>,
}

impl Presence {
    /// Nobody there yet; windows in seconds.
    #[must_use]
    pub fn new(online_seconds: u32, typing_seconds: u32) -> Self {
        let (online_ms, typing_ms) = (
            i64::from(online_seconds) * 1_000,
            i64::from(typing_seconds) * 1_000,
        );
        Self {
            online_ms,
            typing_ms,
            inner: Mutex::default(),
        }
    }

    /// The earliest sign of life that still counts as online.
    #[must_use]
    pub fn online_since_ms(&self, now_ms: i64) -> i64 {
        now_ms - self.online_ms
    }

    /// Takes up what the read model knows.
    pub fn restore(&self, seen: impl IntoIterator<Item = (UserId, i64)>) {
        let mut inner = self.inner();
        for (user, time_ms) in seen {
            let known = inner.seen_ms.entry(user).or_insert(time_ms);
            *known = time_ms.max(*known);
        }
    }

    /// A sign of life.
    pub fn touch(&self, user: UserId, now_ms: i64) {
        let mut inner = self.inner();
        let seen = inner.seen_ms.entry(user).or_insert(now_ms);
        *seen = now_ms.max(*seen);
        inner.changed.insert(user);
    }

    /// What a call says of presence.
    pub fn take(&self, sign: Sign, now_ms: i64) {
        match sign {
            Sign::Seen(user) => self.touch(user, now_ms),
            Sign::Typing(conversation, user) => self.set_typing(conversation, user, now_ms),
        }
    }

    /// What an event says of presence: who acts is there, who has sent types no more.
    pub fn observe(&self, stream: Stream, event: &Event, now_ms: i64) {
        match event {
            Event::MessageSent(sent) => {
                self.touch(sent.author, now_ms);
                self.inner()
                    .typing_until_ms
                    .remove(&(ConversationId(stream.id), sent.author));
            }
            Event::UserLoggedIn(_) | Event::UserUrlVisited(_) => {
                self.touch(UserId(stream.id), now_ms);
            }
            Event::UserDeleted(_) => self.forget(UserId(stream.id)),
            _ => {}
        }
    }

    /// Whether the user gave a sign of life within the window.
    #[must_use]
    pub fn is_online(&self, user: UserId, now_ms: i64) -> bool {
        self.seen(user)
            .is_some_and(|seen| seen > self.online_since_ms(now_ms))
    }

    /// The newest sign of life of a user.
    #[must_use]
    pub fn seen(&self, user: UserId) -> Option<i64> {
        self.inner().seen_ms.get(&user).copied()
    }

    /// Everybody who is online, in no order. Those long gone are forgotten on the way.
    #[must_use]
    pub fn online(&self, now_ms: i64) -> Vec<UserId> {
        let since = self.online_since_ms(now_ms);
        let mut inner = self.inner();
        let Inner {
            seen_ms, changed, ..
        } = &mut *inner;
        seen_ms.retain(|user, seen| *seen > since || changed.contains(user));
        seen_ms
            .iter()
            .filter(|(_, seen)| **seen > since)
            .map(|(user, _)| *user)
            .collect()
    }

    /// Signs of life since the last call: to be written to the read model.
    #[must_use]
    pub fn changed(&self) -> Vec<(UserId, i64)> {
        let mut inner = self.inner();
        let Inner {
            seen_ms, changed, ..
        } = &mut *inner;
        changed
            .drain()
            .filter_map(|user| Some((user, *seen_ms.get(&user)?)))
            .collect()
    }

    /// The user types in the conversation, from now for the window.
    pub fn set_typing(&self, conversation: ConversationId, user: UserId, now_ms: i64) {
        self.touch(user, now_ms);
        let mut inner = self.inner();
        inner.typing_until_ms.retain(|_, until| *until > now_ms);
        if inner.typing_until_ms.len() < TYPING_MAX {
            inner
                .typing_until_ms
                .insert((conversation, user), now_ms + self.typing_ms);
        }
    }

    /// Whether the user types in the conversation.
    #[must_use]
    pub fn is_typing(&self, conversation: ConversationId, user: UserId, now_ms: i64) -> bool {
        self.inner()
            .typing_until_ms
            .get(&(conversation, user))
            .is_some_and(|until| *until > now_ms)
    }

    /// Who types in the conversation, newest first.
    #[must_use]
    pub fn typing(&self, conversation: ConversationId, now_ms: i64) -> Vec<UserId> {
        let inner = self.inner();
        let mut typing: Vec<(i64, UserId)> = inner
            .typing_until_ms
            .iter()
            .filter(|((place, _), until)| *place == conversation && **until > now_ms)
            .map(|((_, user), until)| (*until, *user))
            .collect();
        typing.sort_unstable_by(|one, other| other.cmp(one));
        typing.into_iter().map(|(_, user)| user).collect()
    }

    fn forget(&self, user: UserId) {
        let mut inner = self.inner();
        inner.seen_ms.remove(&user);
        inner.changed.remove(&user);
        inner
            .typing_until_ms
            .retain(|(_, typing), _| *typing != user);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use events::{ConversationId, UserId};

    use super::Presence;

    #[test]
    fn online_and_typing_end_with_their_windows() {
        let presence = Presence::new(60, 10);
        let (user, conversation) = (UserId(3), ConversationId(7));
        presence.set_typing(conversation, user, 1_000);
        assert!(presence.is_typing(conversation, user, 10_999));
        assert!(!presence.is_typing(conversation, user, 11_000));
        assert!(presence.is_online(user, 60_999));
        assert!(!presence.is_online(user, 61_000));
        assert_eq!(presence.online(2_000), [user]);
    }

    #[test]
    fn changes_are_handed_out_once_with_their_newest_time() {
        let presence = Presence::new(60, 10);
        presence.touch(UserId(3), 2_000);
        presence.touch(UserId(3), 1_000);
        assert_eq!(presence.changed(), [(UserId(3), 2_000)]);
        assert!(presence.changed().is_empty());
    }
}
