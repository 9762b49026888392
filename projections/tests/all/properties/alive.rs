//! Who and what there is, and what an act makes of it.

use std::collections::BTreeSet;

use events::conversation::Status;
use events::user::ProfileUpdated;

use super::act::Act;
use crate::history::History;

/// Details that are set: two that nobody counts, and some that reports do.
const SLUGS: [&str; 6] = [
    "slug0",
    "slug1",
    "country_code",
    "language",
    "browser_language",
    "os",
];

/// Who and what there is while a history is written.
#[derive(Default)]
pub struct Alive {
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
    pub fn act(&mut self, act: &Act, history: &History) -> Option<()> {
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
