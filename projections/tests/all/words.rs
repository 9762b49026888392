//! Writing a history in short words: one for each type of event.

use events::conversation::{
    AgentAssigned, Created as ConversationCreated, Deleted as ConversationDeleted,
    DepartmentAssigned, Rated, Source as From_, Status, StatusChanged,
};
use events::message::{Attachment, Deleted as MessageDeleted, Read, Sent, Updated};
use events::note::{Added as NoteAdded, Deleted as NoteDeleted};
use events::report::{Name, Recorded as Row};
use events::user::{
    Created as UserCreated, Deleted as UserDeleted, Detail, DetailsUpdated, EmailChanged, LoggedIn,
    LoginMethod, ProfileUpdated, TypeChanged, UrlVisited, UserType,
};
use events::{ConversationId, DepartmentId, MessageId, NoteId, UserId};

use crate::history::History;

impl History {
    pub fn user(&self, id: u64, user_type: UserType, first_name: &str, last_name: &str) -> &Self {
        self.user_with(id, user_type, first_name, last_name, None, &[])
    }

    pub fn user_with(
        &self,
        id: u64,
        user_type: UserType,
        first_name: &str,
        last_name: &str,
        email: Option<&str>,
        details: &[(&str, &str)],
    ) -> &Self {
        let created = UserCreated {
            user_type,
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            email: email.map(str::to_owned),
            profile_image: String::new(),
            password_hash: None,
            token: format!("{id:040x}"),
            department: None,
            details: details
                .iter()
                .map(|(slug, value)| detail(slug, value))
                .collect(),
        };
        self.add(UserId(id), created)
    }

    pub fn profile(&self, id: u64, update: ProfileUpdated) -> &Self {
        self.add(UserId(id), update)
    }

    pub fn email(&self, id: u64, email: Option<&str>) -> &Self {
        self.add(
            UserId(id),
            EmailChanged {
                email: email.map(str::to_owned),
                first: false,
            },
        )
    }

    pub fn user_type(&self, id: u64, from: UserType, to: UserType) -> &Self {
        self.add(UserId(id), TypeChanged { from, to })
    }

    pub fn details(&self, id: u64, set: &[(&str, &str)], removed: &[&str]) -> &Self {
        let set = set
            .iter()
            .map(|(slug, value)| detail(slug, value))
            .collect();
        let removed = removed.iter().map(|slug| (*slug).to_owned()).collect();
        self.add(UserId(id), DetailsUpdated { set, removed })
    }

    pub fn logged_in(&self, id: u64) -> &Self {
        self.add(
            UserId(id),
            LoggedIn {
                method: LoginMethod::Password,
            },
        )
    }

    pub fn visited(&self, id: u64) -> &Self {
        self.add(
            UserId(id),
            UrlVisited {
                url: "https://example.com/".to_owned(),
            },
        )
    }

    pub fn user_deleted(&self, id: u64, user_type: UserType, conversations: &[u64]) -> &Self {
        let conversations = conversations.iter().copied().map(ConversationId).collect();
        self.add(
            UserId(id),
            UserDeleted {
                user_type,
                conversations,
            },
        )
    }

    pub fn conversation(&self, id: u64, user: u64, title: &str) -> &Self {
        self.conversation_from(id, user, title, None, None, None)
    }

    pub fn conversation_from(
        &self,
        id: u64,
        user: u64,
        title: &str,
        department: Option<u64>,
        agent: Option<u64>,
        source: Option<From_>,
    ) -> &Self {
        let created = ConversationCreated {
            user: UserId(user),
            title: title.to_owned(),
            status: Status::Live,
            department: department.map(DepartmentId),
            agent: agent.map(UserId),
            source,
            extra: String::new(),
        };
        self.add(ConversationId(id), created)
    }

    pub fn conversation_deleted(&self, id: u64, user: u64) -> &Self {
        let user = UserId(user);
        self.add(ConversationId(id), ConversationDeleted { user })
    }

    pub fn status(&self, id: u64, from: Status, to: Status) -> &Self {
        self.add(ConversationId(id), StatusChanged { from, to })
    }

    pub fn assigned(&self, id: u64, agent: Option<u64>) -> &Self {
        self.add(
            ConversationId(id),
            AgentAssigned {
                agent: agent.map(UserId),
                message: None,
            },
        )
    }

    pub fn department(&self, id: u64, department: Option<u64>) -> &Self {
        let department = department.map(DepartmentId);
        self.add(
            ConversationId(id),
            DepartmentAssigned {
                department,
                message: None,
            },
        )
    }

    pub fn rated(&self, id: u64, positive: bool, agent: Option<u64>) -> &Self {
        self.add(
            ConversationId(id),
            Rated {
                positive,
                agent: agent.map(UserId),
            },
        )
    }

    pub fn noted(&self, id: u64, note: u64, author: u64, text: &str) -> &Self {
        let added = NoteAdded {
            note: NoteId(note),
            author: UserId(author),
            name: format!("note {note}"),
            text: text.to_owned(),
        };
        self.add(ConversationId(id), added)
    }

    pub fn note_deleted(&self, id: u64, note: u64) -> &Self {
        let note = NoteId(note);
        self.add(ConversationId(id), NoteDeleted { note })
    }

    pub fn sent(&self, id: u64, message: u64, author: u64, text: &str) -> &Self {
        self.sent_with(id, message, author, text, &[])
    }

    pub fn sent_with(
        &self,
        id: u64,
        message: u64,
        author: u64,
        text: &str,
        files: &[&str],
    ) -> &Self {
        let sent = Sent {
            message: MessageId(message),
            author: UserId(author),
            author_type: self.type_of(author),
            text: text.to_owned(),
            attachments: files.iter().map(|name| attachment(name)).collect(),
            payload: String::new(),
            asked_status: None,
            first_of_customer: false,
            recipient: None,
        };
        self.add(ConversationId(id), sent)
    }

    pub fn edited(
        &self,
        id: u64,
        message: u64,
        text: Option<&str>,
        payload: Option<&str>,
    ) -> &Self {
        let updated = Updated {
            message: MessageId(message),
            text: text.map(str::to_owned),
            attachments: None,
            payload: payload.map(str::to_owned),
        };
        self.add(ConversationId(id), updated)
    }

    pub fn refiled(&self, id: u64, message: u64, files: &[&str]) -> &Self {
        let attachments = Some(files.iter().map(|name| attachment(name)).collect());
        let updated = Updated {
            message: MessageId(message),
            text: None,
            attachments,
            payload: None,
        };
        self.add(ConversationId(id), updated)
    }

    pub fn read(&self, id: u64, messages: &[u64]) -> &Self {
        self.add(
            ConversationId(id),
            Read {
                messages: messages.iter().copied().map(MessageId).collect(),
            },
        )
    }

    pub fn report(&self, name: Name, value: Option<&str>, external_id: Option<&str>) -> &Self {
        let row = Row {
            name,
            value: value.map(str::to_owned),
            external_id: external_id.map(str::to_owned),
            extra: None,
        };
        self.add(name, row)
    }

    pub fn message_deleted(&self, id: u64, message: u64) -> &Self {
        self.add(
            ConversationId(id),
            MessageDeleted {
                message: MessageId(message),
            },
        )
    }
}

fn detail(slug: &str, value: &str) -> Detail {
    Detail {
        slug: slug.to_owned(),
        name: format!("Name of {slug}"),
        value: value.to_owned(),
    }
}

fn attachment(name: &str) -> Attachment {
    Attachment {
        name: name.to_owned(),
        url: format!("https://example.com/{name}"),
    }
}
