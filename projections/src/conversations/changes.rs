//! What events do to conversations, messages, ratings and notes: folded into one operation for each row.
//! `writing` writes them.

use std::collections::{BTreeMap, BTreeSet};

use events::conversation::{Created, Status};
use events::message::{Attachment, Sent, Updated};
use events::note::Added;
use events::{ConversationId, DepartmentId, Event, MessageId, NoteId, Recorded, UserId, topic};

/// The status code of a message that was read.
const READ: u8 = 2;

/// The changes of a batch.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(super) created: BTreeMap<ConversationId, NewConversation>,
    pub(super) patched: BTreeMap<ConversationId, ConversationPatch>,
    pub(super) sent: BTreeMap<MessageId, NewMessage>,
    pub(super) edited: BTreeMap<MessageId, MessagePatch>,
    pub(super) rated: BTreeMap<ConversationId, Rating>,
    pub(super) noted: BTreeMap<NoteId, NewNote>,
    pub(super) deleted_notes: BTreeSet<NoteId>,
    pub(super) deleted_users: BTreeSet<UserId>,
    pub(super) deleted_conversations: BTreeSet<ConversationId>,
    pub(super) deleted_messages: BTreeSet<MessageId>,
    /// Conversations that lost a message: their last one is looked for again.
    pub(super) shortened: BTreeSet<ConversationId>,
    pub(super) touched: BTreeSet<ConversationId>,
}

/// A conversation that is not written yet.
#[derive(Debug)]
pub(super) struct NewConversation {
    pub(super) created: Created,
    pub(super) time_ms: i64,
}

/// What changes in a conversation; `None` leaves it.
#[derive(Debug, Default)]
pub(super) struct ConversationPatch {
    /// The new status, and since when.
    pub(super) status: Option<(Status, i64)>,
    pub(super) agent: Option<Option<UserId>>,
    pub(super) department: Option<Option<DepartmentId>>,
    /// The newest message, and its time.
    pub(super) last_message: Option<(MessageId, i64)>,
}

/// A message that is not written yet.
#[derive(Debug)]
pub(super) struct NewMessage {
    pub(super) conversation: ConversationId,
    pub(super) author: UserId,
    pub(super) text: String,
    pub(super) attachments: String,
    pub(super) payload: String,
    pub(super) time_ms: i64,
}

/// What changes in a message; `None` leaves it.
#[derive(Debug, Default)]
pub(super) struct MessagePatch {
    pub(super) text: Option<String>,
    pub(super) attachments: Option<String>,
    pub(super) payload: Option<String>,
    pub(super) status_code: Option<u8>,
}

/// The rating of a conversation.
#[derive(Debug)]
pub(super) struct Rating {
    pub(super) agent: Option<UserId>,
    pub(super) positive: bool,
    pub(super) time_ms: i64,
}

/// A note that is not written yet.
#[derive(Debug)]
pub(super) struct NewNote {
    pub(super) conversation: ConversationId,
    pub(super) added: Added,
    pub(super) time_ms: i64,
}

impl Changes {
    /// Folds events into changes.
    pub(crate) fn of(events: &[Recorded]) -> Self {
        let mut changes = Self::default();
        for recorded in events {
            if let Some(event) = &recorded.event {
                changes.fold(recorded, event);
            }
        }
        changes
    }

    fn fold(&mut self, recorded: &Recorded, event: &Event) {
        let (id, time_ms) = (ConversationId(recorded.stream.id), recorded.time_ms);
        match event {
            Event::ConversationCreated(created) => self.create(id, created, time_ms),
            Event::ConversationStatusChanged(changed) => {
                self.patch(id).status = Some((changed.to, time_ms));
            }
            Event::ConversationAgentAssigned(assigned) => {
                self.patch(id).agent = Some(assigned.agent);
            }
            Event::ConversationDepartmentAssigned(assigned) => {
                self.patch(id).department = Some(department(assigned.department));
            }
            Event::ConversationRated(rated) => {
                self.touched.insert(id);
                let rating = Rating {
                    agent: rated.agent,
                    positive: rated.positive,
                    time_ms,
                };
                self.rated.insert(id, rating);
            }
            Event::MessageSent(sent) => self.send(id, sent, time_ms),
            Event::MessageUpdated(updated) => self.edit(id, updated),
            Event::MessageRead(read) => {
                self.touched.insert(id);
                for message in &read.messages {
                    self.edited.entry(*message).or_default().status_code = Some(READ);
                }
            }
            Event::MessageDeleted(deleted) => self.delete_message(id, deleted.message),
            Event::NoteAdded(added) => {
                let added = added.clone();
                let note = NewNote {
                    conversation: id,
                    added,
                    time_ms,
                };
                self.noted.insert(note.added.note, note);
            }
            Event::NoteDeleted(deleted) => {
                self.noted.remove(&deleted.note);
                self.deleted_notes.insert(deleted.note);
            }
            Event::ConversationDeleted(_) => {
                self.deleted_conversations.insert(id);
                self.touched.insert(id);
            }
            Event::UserDeleted(deleted) => {
                self.deleted_users.insert(UserId(recorded.stream.id));
                self.deleted_conversations.extend(&deleted.conversations);
                self.touched.extend(&deleted.conversations);
            }
            Event::UserCreated(_)
            | Event::UserProfileUpdated(_)
            | Event::UserEmailChanged(_)
            | Event::UserPasswordChanged(_)
            | Event::UserTypeChanged(_)
            | Event::UserDetailsUpdated(_)
            | Event::UserUrlVisited(_)
            | Event::UserLoggedIn(_)
            | Event::UserLoggedOut(_)
            | Event::UserReturned(_)
            | Event::ConversationQueued(_)
            | Event::ConversationTakenOver(_)
            | Event::ReportRecorded(_)
            | topic!(deliveries)
            | topic!(channels)
            | topic!(articles)
            | topic!(workspace) => {}
        }
    }

    fn create(&mut self, id: ConversationId, created: &Created, time_ms: i64) {
        self.touched.insert(id);
        let mut created = created.clone();
        created.department = department(created.department);
        self.created
            .insert(id, NewConversation { created, time_ms });
    }

    fn patch(&mut self, id: ConversationId) -> &mut ConversationPatch {
        self.touched.insert(id);
        self.patched.entry(id).or_default()
    }

    fn send(&mut self, conversation: ConversationId, sent: &Sent, time_ms: i64) {
        let message = NewMessage {
            conversation,
            author: sent.author,
            text: sent.text.clone(),
            attachments: attachments(&sent.attachments),
            payload: sent.payload.clone(),
            time_ms,
        };
        self.sent.insert(sent.message, message);
        let last = &mut self.patch(conversation).last_message;
        *last = (*last).max(Some((sent.message, time_ms)));
    }

    fn edit(&mut self, conversation: ConversationId, updated: &Updated) {
        self.touched.insert(conversation);
        let patch = self.edited.entry(updated.message).or_default();
        if let Some(text) = &updated.text {
            patch.text = Some(text.clone());
        }
        if let Some(list) = &updated.attachments {
            patch.attachments = Some(attachments(list));
        }
        if let Some(payload) = &updated.payload {
            patch.payload = Some(payload.clone());
        }
    }

    fn delete_message(&mut self, conversation: ConversationId, message: MessageId) {
        self.touched.insert(conversation);
        self.shortened.insert(conversation);
        self.sent.remove(&message);
        self.edited.remove(&message);
        self.deleted_messages.insert(message);
    }
}

/// Department 0 is none.
fn department(department: Option<DepartmentId>) -> Option<DepartmentId> {
    department.filter(|department| department.0 != 0)
}

/// `[["name","url"],…]` as the API writes it; empty for none.
fn attachments(attachments: &[Attachment]) -> String {
    if attachments.is_empty() {
        return String::new();
    }
    let pairs: Vec<_> = attachments
        .iter()
        .map(|attachment| (&attachment.name, &attachment.url))
        .collect();
    serde_json::to_string(&pairs).expect("texts are JSON")
}
