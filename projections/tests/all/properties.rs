//! Random histories: however they are cut into batches, on whichever database, live or rebuilt,
//! and delivered as often as one likes, the read model is the same.

use std::collections::BTreeSet;

use events::conversation::Status;
use events::report::Name;
use events::user::{ProfileUpdated, UserType};
use projections::{Projection, ReadModels, rebuild, rebuild_projection};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::history::History;
use crate::world::{LOG_ID, World};

/// What somebody does next; the numbers choose among what there is.
#[derive(Clone, Debug)]
enum Act {
    NewUser(UserType, String),
    Profile(u8, String),
    Email(u8, Option<String>),
    Detail(u8, u8, Option<String>),
    DeleteUser(u8),
    NewConversation(u8, String),
    DeleteConversation(u8),
    Status(u8, u8),
    Assign(u8, Option<u8>),
    Rate(u8, bool, Option<u8>),
    Send(u8, u8, String),
    Edit(u8, String),
    Refile(u8, String),
    Read(u8),
    DeleteMessage(u8),
    Note(u8, u8, String),
    DeleteNote(u8),
    Visit(u8),
    Become(u8, UserType),
    Record(Name, Option<String>, Option<u8>),
    Pass(u16),
}

/// Details that are set: two that nobody counts, and some that reports do.
const SLUGS: [&str; 6] = [
    "slug0",
    "slug1",
    "country_code",
    "language",
    "browser_language",
    "os",
];

fn act() -> impl Strategy<Value = Act> {
    let text = || "[a-c \u{e4}猫\"'%\\\\\\x00\n]{0,12}";
    let user_type = || {
        prop::sample::select(vec![
            UserType::Visitor,
            UserType::Lead,
            UserType::User,
            UserType::Agent,
            UserType::Admin,
            UserType::Bot,
        ])
    };
    let value = prop::sample::select(vec!["1", "0", "-1", "7", "en-US", "a\0b", ""]);
    prop_oneof![
        3 => (user_type(), text()).prop_map(|(kind, name)| Act::NewUser(kind, name)),
        1 => (any::<u8>(), text()).prop_map(|(user, name)| Act::Profile(user, name)),
        1 => (any::<u8>(), prop::option::of(text())).prop_map(|(user, email)| Act::Email(user, email)),
        2 => (any::<u8>(), 0..6_u8, prop::option::of(text())).prop_map(|(user, slug, value)| Act::Detail(user, slug, value)),
        1 => any::<u8>().prop_map(Act::DeleteUser),
        3 => (any::<u8>(), text()).prop_map(|(user, title)| Act::NewConversation(user, title)),
        1 => any::<u8>().prop_map(Act::DeleteConversation),
        2 => (any::<u8>(), 0..5_u8).prop_map(|(conversation, code)| Act::Status(conversation, code)),
        1 => (any::<u8>(), prop::option::of(any::<u8>())).prop_map(|(conversation, agent)| Act::Assign(conversation, agent)),
        1 => (any::<u8>(), any::<bool>(), prop::option::of(any::<u8>())).prop_map(|(conversation, good, agent)| Act::Rate(conversation, good, agent)),
        8 => (any::<u8>(), any::<u8>(), text()).prop_map(|(conversation, author, text)| Act::Send(conversation, author, text)),
        2 => (any::<u8>(), text()).prop_map(|(message, text)| Act::Edit(message, text)),
        1 => (any::<u8>(), text()).prop_map(|(message, name)| Act::Refile(message, name)),
        1 => any::<u8>().prop_map(Act::Read),
        1 => any::<u8>().prop_map(Act::DeleteMessage),
        2 => (any::<u8>(), any::<u8>(), text()).prop_map(|(conversation, author, text)| Act::Note(conversation, author, text)),
        1 => any::<u8>().prop_map(Act::DeleteNote),
        1 => any::<u8>().prop_map(Act::Visit),
        1 => (any::<u8>(), user_type()).prop_map(|(user, kind)| Act::Become(user, kind)),
        1 => (prop::sample::select(Name::ALL.to_vec()), prop::option::of(value), prop::option::of(any::<u8>()))
            .prop_map(|(name, value, about)| Act::Record(name, value.map(str::to_owned), about)),
        2 => any::<u16>().prop_map(Act::Pass),
    ]
}

/// Who and what there is while a history is written.
#[derive(Default)]
struct Alive {
    ids: u64,
    users: BTreeSet<u64>,
    /// Conversation and its user.
    conversations: BTreeSet<(u64, u64)>,
    /// Message, its conversation and its author.
    messages: BTreeSet<(u64, u64, u64)>,
    /// Note, its conversation and its author.
    notes: BTreeSet<(u64, u64, u64)>,
}

fn choose<T: Copy>(set: &BTreeSet<T>, choice: u8) -> Option<T> {
    set.iter()
        .nth(usize::from(choice) % set.len().max(1))
        .copied()
}

impl Alive {
    fn next(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    /// Writes what an act does, if it can be done.
    #[expect(clippy::too_many_lines, reason = "an arm for each act")]
    fn act(&mut self, act: &Act, history: &History) -> Option<()> {
        match act {
            Act::NewUser(kind, name) => {
                let id = self.next();
                self.users.insert(id);
                history.user_with(id, *kind, name, "Last", None, &[("slug0", name)]);
            }
            Act::Profile(user, name) => {
                let update = ProfileUpdated {
                    first_name: Some(name.clone()),
                    ..ProfileUpdated::default()
                };
                history.profile(choose(&self.users, *user)?, update);
            }
            Act::Email(user, email) => {
                history.email(choose(&self.users, *user)?, email.as_deref());
            }
            Act::Detail(user, slug, value) => {
                let (user, slug) = (choose(&self.users, *user)?, SLUGS[usize::from(*slug)]);
                match value {
                    Some(value) => history.details(user, &[(slug, value)], &[]),
                    None => history.details(user, &[], &[slug]),
                };
            }
            Act::DeleteUser(user) => {
                let user = choose(&self.users, *user)?;
                self.users.remove(&user);
                let theirs: Vec<u64> = self
                    .conversations
                    .iter()
                    .filter(|(_, of)| *of == user)
                    .map(|(id, _)| *id)
                    .collect();
                self.conversations.retain(|(_, of)| *of != user);
                for things in [&mut self.messages, &mut self.notes] {
                    things.retain(|(_, conversation, author)| {
                        *author != user && !theirs.contains(conversation)
                    });
                }
                history.user_deleted(user, history.type_of(user), &theirs);
            }
            Act::NewConversation(user, title) => {
                let (user, id) = (choose(&self.users, *user)?, self.next());
                self.conversations.insert((id, user));
                history.conversation(id, user, title);
            }
            Act::DeleteConversation(conversation) => {
                let (id, user) = choose(&self.conversations, *conversation)?;
                self.conversations.remove(&(id, user));
                for things in [&mut self.messages, &mut self.notes] {
                    things.retain(|(_, conversation, _)| *conversation != id);
                }
                history.conversation_deleted(id, user);
            }
            Act::Status(conversation, code) => {
                let (id, _) = choose(&self.conversations, *conversation)?;
                history.status(id, Status::Live, Status::try_from(*code).unwrap());
            }
            Act::Assign(conversation, agent) => {
                let (id, _) = choose(&self.conversations, *conversation)?;
                history.assigned(id, agent.and_then(|agent| choose(&self.users, agent)));
            }
            Act::Rate(conversation, good, agent) => {
                let (id, _) = choose(&self.conversations, *conversation)?;
                history.rated(
                    id,
                    *good,
                    agent.and_then(|agent| choose(&self.users, agent)),
                );
            }
            Act::Send(conversation, author, text) => {
                let (conversation, _) = choose(&self.conversations, *conversation)?;
                let (author, id) = (choose(&self.users, *author)?, self.next());
                self.messages.insert((id, conversation, author));
                history.sent_with(conversation, id, author, text, &["a file.pdf"]);
            }
            Act::Edit(message, text) => {
                let (id, conversation, _) = choose(&self.messages, *message)?;
                history.edited(conversation, id, Some(text), None);
            }
            Act::Refile(message, name) => {
                let (id, conversation, _) = choose(&self.messages, *message)?;
                history.refiled(conversation, id, &[name]);
            }
            Act::Read(message) => {
                let (id, conversation, _) = choose(&self.messages, *message)?;
                history.read(conversation, &[id]);
            }
            Act::DeleteMessage(message) => {
                let message = choose(&self.messages, *message)?;
                self.messages.remove(&message);
                history.message_deleted(message.1, message.0);
            }
            Act::Note(conversation, author, text) => {
                let (conversation, _) = choose(&self.conversations, *conversation)?;
                let (author, id) = (choose(&self.users, *author)?, self.next());
                self.notes.insert((id, conversation, author));
                history.noted(conversation, id, author, text);
            }
            Act::DeleteNote(note) => {
                let note = choose(&self.notes, *note)?;
                self.notes.remove(&note);
                history.note_deleted(note.1, note.0);
            }
            Act::Visit(user) => {
                history.visited(choose(&self.users, *user)?);
            }
            Act::Become(user, kind) => {
                let user = choose(&self.users, *user)?;
                history.user_type(user, history.type_of(user), *kind);
            }
            Act::Record(name, value, about) => {
                let about = about.and_then(|about| choose(&self.users, about));
                let about = about.map(|about| about.to_string());
                history.report(*name, value.as_deref(), about.as_deref());
            }
            Act::Pass(minutes) => {
                history.pass((*minutes % 2_000).into());
            }
        }
        Some(())
    }
}

/// Applies a history in batches of these sizes, each delivered twice and some with what came
/// before.
async fn apply_in_batches(models: &ReadModels, history: &History, sizes: &[usize]) {
    let events = history.events();
    let mut sizes = sizes.iter().cycle();
    let mut done = 0;
    while done < events.len() {
        let until = (done + sizes.next().unwrap()).min(events.len());
        models.apply(&events[done..until]).await.unwrap();
        models.apply(&events[done / 2..until]).await.unwrap();
        done = until;
    }
}

#[test]
fn the_read_model_is_the_same_however_it_is_made() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let histories = prop::collection::vec(act(), 1..120);
    let batches = prop::collection::vec(1..40_usize, 1..6);
    let mut runner = TestRunner::new(Config {
        cases: 12,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&(histories, batches), |(acts, sizes)| {
            let (history, mut alive) = (History::new(), Alive::default());
            for act in &acts {
                alive.act(act, &history);
            }
            runtime.block_on(same_in_all_ways(history, &sizes));
            Ok(())
        })
        .unwrap();
}

async fn same_in_all_ways(history: History, sizes: &[usize]) {
    // At once, and in batches, on either database.
    let mut sqlite = World::in_sqlite(history.clone()).await;
    let in_batches = World::in_sqlite(History::new()).await;
    let mut postgres = World::in_postgres(History::new()).await;
    for other in [&in_batches, &postgres] {
        apply_in_batches(&other.models, &history, sizes).await;
        assert_eq!(sqlite.models.differences(&other.models).await.unwrap(), []);
    }
    // Anew.
    rebuild(&postgres.location, LOG_ID, &history, &mut |_| ())
        .await
        .unwrap();
    let rebuilt = ReadModels::open(&postgres.location, LOG_ID, history.head())
        .await
        .unwrap();
    assert_eq!(sqlite.models.differences(&rebuilt).await.unwrap(), []);
    rebuilt.close().await;
    rebuild(&sqlite.location, LOG_ID, &history, &mut |_| ())
        .await
        .unwrap();
    sqlite.reopen().await;
    assert_eq!(
        sqlite.models.differences(&in_batches.models).await.unwrap(),
        []
    );
    // One projection after the other.
    postgres.history = history.clone();
    for world in [&mut sqlite, &mut postgres] {
        for projection in Projection::ALL {
            world.models.close().await;
            let name = projection.name();
            rebuild_projection(&world.location, LOG_ID, name, &history, &mut |_| ())
                .await
                .unwrap();
            world.reopen().await;
            assert_eq!(
                world.models.differences(&in_batches.models).await.unwrap(),
                [],
                "{name}"
            );
        }
    }
    // And in the order of the list.
    let filter = projections::ConversationsFilter::default();
    let list = sqlite.models.conversations(&filter).await.unwrap();
    assert_eq!(
        in_batches.models.conversations(&filter).await.unwrap(),
        list
    );
    assert_eq!(postgres.models.conversations(&filter).await.unwrap(), list);
    // From what erasure leaves of the log too.
    history.erase_the_deleted();
    let erased = World::in_sqlite(History::new()).await;
    apply_in_batches(&erased.models, &history, sizes).await;
    assert_eq!(
        erased.models.differences(&in_batches.models).await.unwrap(),
        []
    );
    for world in [sqlite, in_batches, postgres, erased] {
        world.end().await;
    }
}
