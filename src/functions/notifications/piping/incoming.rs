//! What becomes of a mail, decided on the state as of now.

use std::fmt;

use eventlog::View;
use events::{
    ConversationId, UserId,
    conversation::{Created, Source, Status},
    file::{self, Purpose},
    mailbox::Received,
    user::{self, UserType},
};

use super::{
    files::Stored,
    state::{Identity, STREAM, received},
    take::Outcome,
};
use crate::{
    adapters::mail::Person,
    functions::{
        Decision, Failure,
        conversations::{open::open, state::conversation},
        decision::{Numbered, next_id},
        files,
        messages::send::{Draft, send},
        users::state::{known_user, user_of_email},
    },
};

/// The longest name and title, in characters, as the functions take them.
const FIELD_CHARS_MAX: usize = 255;

/// A mail, as far as decisions need to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// By which it is known when it comes again.
    pub identity: Identity,
    /// The mails of the same sender that it answers, the nearest first.
    pub answers: Vec<Identity>,
    /// Who sent it; the address is one.
    pub from: Person,
    /// The user and the conversation that the receiver's name names.
    pub named: Option<(UserId, ConversationId)>,
    /// The subject.
    pub subject: String,
    /// What was written.
    pub text: String,
    /// Whether the sender is not who it claims to be.
    pub is_forged: bool,
    /// Whether it may begin a conversation.
    pub may_begin: bool,
}

/// Why a mail becomes no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It cannot be read, or it is from no address.
    Unreadable,
    /// A program wrote it.
    Automatic,
    /// The service sent it.
    Own,
    /// It says nothing.
    Empty,
    /// It claims to be an agent's.
    Forged,
    /// An agent's that is no reply.
    Agent,
    /// It is no reply.
    NoReply,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "it cannot be read or is from no address",
            Self::Automatic => "a program wrote it",
            Self::Own => "it is from the service's own address",
            Self::Empty => "it says nothing",
            Self::Forged => "it claims to be an agent's, and its server found it forged",
            Self::Agent => "it is an agent's and answers nothing",
            Self::NoReply => "it answers nothing, and email-piping-all is off",
        })
    }
}

/// Where a mail belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It was received before.
    Before,
    /// In a conversation, as a message of this user.
    In(ConversationId, UserId),
    /// In a new conversation of this user, or of a new one.
    New(Option<UserId>),
    /// Nowhere.
    Nowhere(Reason),
}

/// Where a mail belongs, as of now.
///
/// # Errors
/// When the table cannot be read.
pub fn place(state: &dyn View, mail: &Incoming) -> Result<Place, Failure> {
    if received(state, &mail.identity)?.is_some() {
        return Ok(Place::Before);
    }
    let author = user_of_email(state, &mail.from.address)?;
    let Some(author) = author else {
        return Ok(match mail.may_begin {
            true => Place::New(None),
            false => Place::Nowhere(Reason::NoReply),
        });
    };
    let is_staff = known_user(state, author)?.user_type.is_staff();
    if is_staff && mail.is_forged {
        return Ok(Place::Nowhere(Reason::Forged));
    }
    // A name can be written by anybody: what it opens depends on who writes.
    if let Some((named, id)) = mail.named
        && let Some(owner) = owner(state, id)?
        && (is_staff || (named == author && owner == author))
    {
        return Ok(Place::In(id, author));
    }
    for answered in &mail.answers {
        if let Some(id) = received(state, answered)?
            && owner(state, id)? == Some(author)
        {
            return Ok(Place::In(id, author));
        }
    }
    Ok(match (is_staff, mail.may_begin) {
        (true, _) => Place::Nowhere(Reason::Agent),
        (false, true) => Place::New(Some(author)),
        (false, false) => Place::Nowhere(Reason::NoReply),
    })
}

fn owner(state: &dyn View, id: ConversationId) -> Result<Option<UserId>, Failure> {
    Ok(conversation(state, id)?.map(|conversation| conversation.user))
}

/// Makes a message of a mail, where it belongs. `token` is for a new user.
///
/// # Errors
/// The state's own failure.
pub fn receive(
    decision: &mut Decision<'_>,
    mail: Incoming,
    attachments: Vec<Stored>,
    token: String,
) -> Result<Outcome, Failure> {
    let place = place(decision.state(), &mail)?;
    let (found, author, text) = match place {
        Place::Before => return Ok(Outcome::Before),
        Place::Nowhere(reason) => return Ok(Outcome::Left(reason)),
        Place::In(conversation, author) => (Some(conversation), Some(author), mail.text),
        // Some people write all they have to say into the subject.
        Place::New(author) if mail.text.is_empty() && attachments.is_empty() => {
            (None, author, mail.subject.clone())
        }
        Place::New(author) => (None, author, mail.text),
    };
    if text.is_empty() && attachments.is_empty() {
        return Ok(Outcome::Left(Reason::Empty));
    }
    let author = match author {
        Some(author) => author,
        None => create(decision, &mail.from, token)?,
    };
    let conversation = match found {
        Some(conversation) => conversation,
        None => open(decision, begun(author, &mail.subject))?,
    };
    for stored in &attachments {
        let created = file::Created {
            purpose: Purpose::EmailAttachment,
            path: stored.path.clone(),
            bytes: stored.bytes,
            conversation: Some(conversation),
            user: Some(author),
        };
        files::record(decision, created)?;
    }
    let draft = Draft {
        text,
        attachments: attachments.into_iter().map(|it| it.attachment).collect(),
        ..Draft::default()
    };
    let message = send(decision, author, conversation, draft)?.message;
    let received = Received {
        identity: mail.identity.into_text(),
        conversation,
        message,
    };
    decision.record(STREAM, received)?;
    Ok(Outcome::Taken)
}

fn begun(user: UserId, subject: &str) -> Created {
    Created {
        user,
        title: subject.chars().take(FIELD_CHARS_MAX).collect(),
        status: Status::Live,
        department: None,
        agent: None,
        source: Some(Source::Em),
        extra: String::new(),
    }
}

fn create(decision: &mut Decision<'_>, from: &Person, token: String) -> Result<UserId, Failure> {
    let id = UserId(next_id(decision.state(), Numbered::User)?);
    let (first_name, last_name) = names(from);
    let created = user::Created {
        user_type: UserType::User,
        first_name,
        last_name,
        email: Some(from.address.clone()),
        profile_image: String::new(),
        password_hash: None,
        token,
        department: None,
        details: Vec::new(),
    };
    decision.record(id, created)?;
    Ok(id)
}

/// The first word of the sender's name, and the rest; without a name what stands before the @.
fn names(from: &Person) -> (String, String) {
    let name = match from.name.trim() {
        "" => from.address.split('@').next().unwrap_or_default(),
        name => name,
    };
    let (first, last) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
    let short = |name: &str| name.trim().chars().take(FIELD_CHARS_MAX).collect();
    (short(first), short(last))
}

#[cfg(test)]
mod tests;
