//! What Slack tells us, by its Events API: what agents write in users' channels.
//!
//! A message becomes one of the agent who wrote it, in the user's conversation of which the channel
//! spoke last, or the newest. Who wrote it is told by the setting `slack-agents`, else by the member's
//! address, else it is the agent of the setting `slack-default-agent`. Bots (we are one), edits,
//! deletions, joins and whatever else has a subtype are nobody's message, and neither is anything in
//! a channel that is no user's. Shared files become attachments as links.
//!
//! Slack sends an event again when it has no answer after three seconds, three times at most. It is
//! stored once: what was decided is remembered under the event's id, like the answer to a caller's
//! Idempotency-Key. Whose address Slack did not tell in that time upkeep asks for, and it is known when
//! the event comes again ([`Members`](super::Members)).

use std::{sync::Arc, time::Duration};

use events::{ConversationId, EventId, UserId};
use serde_json::{Map, json};

use super::{
    event::{Envelope, Said, said},
    people::{agent_of_email, default_agent, linked_agent, name_of},
    state::{channel_of, user_of},
    talk::{Talk, not_active},
};
use crate::{
    adapters::slack::signature::is_signed,
    clock,
    functions::{
        Caller, Context, Decision, Failure, Refusal, Service, conversation,
        messages::{newest_conversation, send::send},
        settings::registry::SLACK_SIGNING_SECRET,
        users::state::known_user,
    },
};

/// How long Slack may take to tell who somebody is: it waits three seconds for us meanwhile.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// The longest ID of an event that is taken for one.
const ID_BYTES_MAX: usize = 100;

/// A request that says it is Slack's.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// `X-Slack-Request-Timestamp`
    pub timestamp: &'a str,
    /// `X-Slack-Signature`
    pub signature: &'a str,
    /// The body as it came.
    pub body: &'a [u8],
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was taken, or is nothing for us.
    Taken,
    /// Slack asks whether we are there, and wants to hear this.
    Challenge(String),
}

/// Takes a request of Slack's.
///
/// # Errors
/// `slack-not-active` while Slack is switched off or has no signing secret; `security-error` for what
/// Slack has not signed within five minutes; `invalid-argument` for what is no event; `unavailable`
/// when it is to be sent again.
pub async fn take(
    service: &Arc<Service>,
    request: EventId,
    signed: Signed<'_>,
) -> Result<Heard, Failure> {
    let talk = Talk::begin(service)?.within(PATIENCE);
    let secret = talk.settings.text(&SLACK_SIGNING_SECRET);
    if secret.is_empty() {
        return Err(not_active("slack-signing-secret").into());
    }
    let Signed {
        timestamp,
        signature,
        body,
    } = signed;
    if !is_signed(secret, timestamp, body, signature, clock::now_ms() / 1_000) {
        let why = "The request is not signed by Slack, or is older than five minutes.";
        return Err(Refusal::SecurityError(why.to_owned()).into());
    }
    let no_event = |_| Refusal::InvalidArgument("The body is no event of Slack's.".to_owned());
    match serde_json::from_slice(body).map_err(no_event)? {
        Envelope::UrlVerification { challenge } => Ok(Heard::Challenge(challenge)),
        Envelope::EventCallback { event_id, event } => {
            if let Ok(message) = serde_json::from_value(event)
                && let Some(said) = said(message, |member| name_of(&talk, member))
            {
                store(&talk, request, &event_id, said).await?;
            }
            Ok(Heard::Taken)
        }
        Envelope::Other => Ok(Heard::Taken),
    }
}

/// Makes it a message of the agent's, once.
async fn store(talk: &Talk, request: EventId, id: &str, said: Said) -> Result<(), Failure> {
    let service = &talk.service;
    if user_of(service.journal.reader(), &said.channel)?.is_none() {
        return Ok(());
    }
    if id.is_empty() || id.len() > ID_BYTES_MAX {
        let why = "The event has no ID.";
        return Err(Refusal::InvalidArgument(why.to_owned()).into());
    }
    let mut context = Context {
        service: Arc::clone(service),
        caller: Caller::default(),
        request,
        min_position: 0,
        // Callers' keys begin with the number of a user or with that of an API token.
        idempotency_key: Some(format!("slack:{id}")),
    };
    let fingerprint = context.fingerprint("slack", &Map::from_iter([("id".to_owned(), json!(id))]));
    if context.remembered(&fingerprint)?.is_some() {
        return Ok(());
    }
    let Some(agent) = agent(talk, &said.member).await? else {
        tracing::warn!(
            member = said.member,
            channel = said.channel,
            "what was said in Slack is not kept: the member is no agent, and slack-default-agent is not set"
        );
        return Ok(());
    };
    context.caller.cookie = Some(agent);
    let decide = move |decision: &mut Decision<'_>| {
        if let Some(user) = user_of(decision.state(), &said.channel)? {
            let conversation = spoken_of(decision, user)?;
            send(decision, agent, conversation, said.draft)?;
        }
        Ok(())
    };
    context.execute(fingerprint, decide).await?;
    Ok(())
}

/// The agent whose words a member's are.
async fn agent(talk: &Talk, member: &str) -> Result<Option<UserId>, Failure> {
    let reader = talk.service.journal.reader();
    if let Some(linked) = linked_agent(reader, &talk.settings, member)? {
        return Ok(Some(linked));
    }
    let email = talk.service.slack_members.email(talk, member).await;
    if let Ok(Some(email)) = &email
        && let Some(agent) = agent_of_email(reader, email)?
    {
        return Ok(Some(agent));
    }
    let stands_in = default_agent(reader, &talk.settings)?;
    match email {
        // Slack sends it again, and may say by then who it is.
        Err(problem) if stands_in.is_none() && problem.code().is_none() => {
            let why = format!("Slack does not say who {member} is: {problem}.");
            Err(Refusal::Unavailable(why).into())
        }
        Err(problem) => {
            tracing::warn!(member, "Slack does not say who it is: {problem}");
            Ok(stands_in)
        }
        Ok(_) => Ok(stands_in),
    }
}

/// The conversation of which the user's channel spoke last, else the newest, else a new one.
fn spoken_of(decision: &mut Decision<'_>, id: UserId) -> Result<ConversationId, Failure> {
    let channel = channel_of(decision.state(), id)?;
    if let Some(last) = channel.and_then(|channel| channel.conversation)
        && conversation(decision.state(), last)?.is_some_and(|last| last.user == id)
    {
        return Ok(last);
    }
    let user = known_user(decision.state(), id)?;
    newest_conversation(decision, id, &user)
}
