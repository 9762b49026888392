//! Human takeover: people answer, and the bot holds back.
//!
//! It begins when the conversation is handed over, and with every reply of an agent; it is over once
//! the conversation is archived or deleted. While the agent of the conversation is online the bot is
//! silent, and for ten days it does not say that it has not understood.

mod state;

use eventlog::View;
use events::{
    ConversationId, MessageId, UserId,
    conversation::{Status, TakenOver},
};
use projections::ReadModels;
use serde_json::json;

use state::takeover;
pub use state::{evolve, last_reply};

use crate::functions::{
    Context, Decision, Failure, Refusal,
    conversations::{
        route::route,
        state::{Conversation, known_conversation},
    },
    messages::send::{Ask, Draft, send},
    notifications::announce,
    settings::{
        registry::{
            DIALOGFLOW_FOLLOW_UP_MESSAGE, DIALOGFLOW_OFFLINE_MESSAGE, DIALOGFLOW_SUBSCRIBE_MESSAGE,
            DIALOGFLOW_TAKEOVER_MESSAGE, Setting,
        },
        state::setting,
    },
    translations::translated_for,
    users::{
        first::bot,
        state::{known_user, user},
    },
};

/// For so long a taken over conversation is spared what the bot says when it has not understood, and
/// what it says when people take over.
const TAKEOVER_MS: i64 = 10 * 24 * 3_600_000;

/// What the bot may say in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Anything.
    Free,
    /// Anything but that it has not understood.
    NoFallback,
    /// Nothing: an agent is there.
    Silent,
}

/// The time of an agent's last reply, read before the decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replied(Option<(MessageId, i64)>);

impl Replied {
    /// Reads it.
    ///
    /// # Errors
    /// When the state or the read models cannot be read.
    pub async fn read(context: &Context, id: ConversationId) -> Result<Self, Failure> {
        let known = takeover(context.service.journal.reader(), id)?;
        let Some(reply) = known.and_then(|takeover| takeover.reply) else {
            return Ok(Self(None));
        };
        context.settled().await?;
        let time_ms = time_of(&context.service.reads, id, reply).await?;
        Ok(Self(Some((reply, time_ms.unwrap_or(0)))))
    }
}

#[cfg(test)]
impl Replied {
    /// As if it had been read.
    pub fn at(reply: MessageId, time_ms: i64) -> Self {
        Self(Some((reply, time_ms)))
    }
}

/// When a message was written; `None` for one that was deleted.
async fn time_of(
    reads: &ReadModels,
    id: ConversationId,
    message: MessageId,
) -> Result<Option<i64>, Failure> {
    let before = MessageId(message.0.saturating_sub(1));
    let rows = reads.messages_page(id, before, 1).await?;
    let row = rows.first().filter(|row| row.id == message);
    Ok(row.map(|row| row.creation_time))
}

/// What the bot may say now; `is_online` tells who is there.
///
/// # Errors
/// When the table cannot be read.
pub fn voice(
    state: &dyn View,
    id: ConversationId,
    conversation: &Conversation,
    replied: Replied,
    now_ms: i64,
    is_online: impl Fn(UserId) -> bool,
) -> Result<Voice, Failure> {
    let Some(takeover) = takeover(state, id)? else {
        return Ok(Voice::Free);
    };
    let agent = match takeover.reply {
        Some(_) => conversation.last_agent,
        None => conversation.agent,
    };
    if agent.is_some_and(is_online) {
        return Ok(Voice::Silent);
    }
    // A reply that came while the vendor was thinking is as new as can be.
    let replied_ms = takeover.reply.map(|reply| match replied.0 {
        Some((known, time_ms)) if known == reply => time_ms,
        _ => now_ms,
    });
    let since_ms = takeover.at_ms.max(replied_ms).unwrap_or(0);
    if now_ms - since_ms < TAKEOVER_MS {
        return Ok(Voice::NoFallback);
    }
    Ok(Voice::Free)
}

/// Hands a conversation over: it waits for an agent from now on, and the bot says so, which puts it
/// on top; agents in charge who are not there are told. With `auto_messages` also what is said while
/// nobody is there, and to a user without an email address. Where all that was said already, since the
/// conversation was in the inbox and not long ago, the bot has nothing to add. True for the takeover and
/// for each message.
///
/// # Errors
/// `conversation-not-found`, or the state's own failure.
pub fn hand_over(
    decision: &mut Decision<'_>,
    id: ConversationId,
    auto_messages: bool,
) -> Result<Vec<bool>, Failure> {
    let conversation = known_conversation(decision.state(), id)?;
    let Some(author) = bot(decision.state())? else {
        let why = "The workspace has no bot yet; try again in a moment.";
        return Err(Refusal::Unavailable(why.to_owned()).into());
    };
    let at_ms = decision.facts().now_ms;
    let texts = match was_handed_over(decision.state(), id, at_ms)? {
        true => vec![String::new()],
        false => texts(decision, &conversation, auto_messages)?,
    };
    decision.record(id, TakenOver { at_ms })?;
    let mut done = vec![true];
    for (number, text) in texts.into_iter().enumerate() {
        let is_first = number == 0;
        if text.is_empty() && !is_first {
            continue;
        }
        let payload = json!({"human-takeover": true});
        let draft = Draft {
            text,
            // Clients show nothing of a message without a text; it is there to be the newest.
            payload: payload.to_string(),
            status: Ask::Status(Status::WaitingAgent),
            ..Draft::default()
        };
        send(decision, author, id, draft)?;
        done.push(true);
    }
    // As after a customer's message: somebody is to have it, and whoever that is is told.
    route(decision, id, !conversation.status.is_inbox())?;
    let now = known_conversation(decision.state(), id)?;
    announce::handed_over(decision, author, (id, &now))?;
    Ok(done)
}

/// Whether a conversation was handed over already, and people still have it.
fn was_handed_over(state: &dyn View, id: ConversationId, now_ms: i64) -> Result<bool, Failure> {
    let at_ms = takeover(state, id)?.and_then(|takeover| takeover.at_ms);
    Ok(at_ms.is_some_and(|at_ms| now_ms - at_ms < TAKEOVER_MS))
}

fn texts(
    decision: &Decision<'_>,
    conversation: &Conversation,
    auto_messages: bool,
) -> Result<Vec<String>, Failure> {
    let text = |which: &Setting| text(decision, conversation.user, which);
    let mut texts = vec![text(&DIALOGFLOW_TAKEOVER_MESSAGE)?];
    if !auto_messages {
        return Ok(texts);
    }
    if !somebody_is_there(decision)? {
        texts.push(text(&DIALOGFLOW_OFFLINE_MESSAGE)?);
    }
    if known_user(decision.state(), conversation.user)?
        .email
        .is_none()
    {
        texts.push(text(&DIALOGFLOW_FOLLOW_UP_MESSAGE)?);
        texts.push(text(&DIALOGFLOW_SUBSCRIBE_MESSAGE)?);
    }
    Ok(texts)
}

/// Whether an agent or an admin is online.
fn somebody_is_there(decision: &Decision<'_>) -> Result<bool, Failure> {
    let facts = decision.facts();
    for id in facts.presence.online(facts.now_ms) {
        if user(decision.state(), id)?.is_some_and(|known| known.user_type.is_staff()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a setting says, in the language of whom it is said to.
fn text(decision: &Decision<'_>, to: UserId, which: &Setting) -> Result<String, Failure> {
    let stored = setting(decision.state(), which.id)?;
    let text = stored.and_then(|(value, _)| value.as_str().map(str::to_owned));
    let text = text.unwrap_or_else(|| which.default_text.to_owned());
    translated_for(decision.state(), to, &text)
}
