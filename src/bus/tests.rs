//! One test of a subscription for all homes of the bus.

use std::time::Duration;

use eventlog::{Log, Options};
use events::{ConversationId, Event, EventId, MessageId, UserId, message, user};
use tempfile::TempDir;
use tokio::time::timeout;

use super::{Bus, EVENTS_MAX, Fault, Subscription};
use crate::{
    functions::{Facts, Failure},
    journal::Journal,
};

/// A token as users have them; it must be in no event that is handed out.
const TOKEN: &str = "a521773c5a566a251c3fb00e93162b20ff955b12";

/// A log of the test's own.
pub struct Given {
    pub journal: Journal,
    _folder: TempDir,
}

impl Given {
    /// An empty log.
    pub fn log() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(folder.path(), Options::default()).unwrap();
        Self {
            journal: Journal::new(log),
            _folder: folder,
        }
    }

    /// Appends this many messages, in batches.
    pub async fn messages(&self, count: usize) {
        let sent = |_| {
            let sent = message::Deleted {
                message: MessageId(1),
            };
            (ConversationId(7).into(), Event::from(sent))
        };
        let events: Vec<_> = (0..count).map(sent).collect();
        for batch in events.chunks(1_000) {
            self.append(batch.to_vec()).await;
        }
    }

    /// Appends a user with a token and a password.
    pub async fn user(&self) {
        let created = user::Created {
            user_type: user::UserType::User,
            first_name: "Zoë".into(),
            last_name: String::new(),
            email: None,
            profile_image: String::new(),
            password_hash: Some("$argon2id$secret".into()),
            token: TOKEN.into(),
            department: None,
            details: Vec::new(),
        };
        self.append(vec![(UserId(3).into(), created.into())]).await;
    }

    async fn append(&self, events: Vec<(events::Stream, Event)>) {
        let appended = self.journal.append(move |transaction| {
            let facts = Facts {
                now_ms: 1_589_293_737_000,
                actor: UserId(2),
                public_url: String::new(),
            };
            Journal::record(transaction, &events, &facts, EventId([7; 16]))?;
            Ok::<_, Failure>(())
        });
        appended.await.unwrap();
    }

    pub fn head(&self) -> u64 {
        self.journal.reader().head()
    }
}

/// Everything up to `until`, as the subscription hands it out; acknowledged.
async fn taken(subscription: &mut Subscription, until: u64) -> Vec<u64> {
    let mut positions = Vec::new();
    while positions.last() < Some(&until) {
        let events = timeout(Duration::from_secs(20), subscription.next());
        let events = events.await.expect("there is more").unwrap();
        assert!((1..=EVENTS_MAX).contains(&events.len()));
        positions.extend(events.iter().map(|event| event.position));
        subscription.acknowledge(*positions.last().unwrap());
    }
    positions
}

/// What every home of the bus must do.
async fn hands_out_what_the_log_has(given: &Given, bus: &Bus) {
    given.messages(1_200).await;
    given.user().await;

    // All, in order, from the start; secrets masked.
    let mut first = bus.subscribe("webhooks", 0).await.unwrap();
    assert_eq!(taken(&mut first, 1_200).await.len() as u64, given.head());
    let mut at_user = bus.subscribe("reports", 1_200).await.unwrap();
    let events = at_user.next().await.unwrap();
    let text = format!("{events:?}");
    assert!(
        !text.contains(TOKEN) && !text.contains("argon2id"),
        "{text}"
    );
    assert!(text.contains("Zoë") && text.contains("********"), "{text}");

    // Nothing more: it waits, may be dropped while it waits, and goes on.
    let waited = timeout(Duration::from_millis(50), first.next()).await;
    assert!(waited.is_err(), "there is no event yet");
    given.messages(1).await;
    assert_eq!(taken(&mut first, 1_202).await, [1_202]);

    // From the reaction's own checkpoint, wherever that is.
    drop(first);
    for after in [1_202, 700, 3, 1_190] {
        given.messages(1).await;
        let mut again = bus.subscribe("webhooks", after).await.unwrap();
        let expected: Vec<u64> = (after + 1..=given.head()).collect();
        assert_eq!(taken(&mut again, given.head()).await, expected);
    }

    // A checkpoint of another log, or of a log that was set back.
    let refused = bus.subscribe("webhooks", given.head() + 1).await;
    assert!(matches!(refused.err(), Some(Fault::Ahead { .. })));
}

#[tokio::test]
async fn the_logs_tail_hands_out_what_the_log_has() {
    let given = Given::log();
    let bus = Bus::tail(given.journal.reader().clone());
    Box::pin(hands_out_what_the_log_has(&given, &bus)).await;
}

#[tokio::test]
async fn a_closed_log_ends_a_subscription() {
    let given = Given::log();
    let bus = Bus::tail(given.journal.reader().clone());
    let mut subscription = bus.subscribe("webhooks", 0).await.unwrap();
    given.journal.log().clone().close().unwrap();
    assert!(matches!(subscription.next().await, Err(Fault::Log(_))));
}
