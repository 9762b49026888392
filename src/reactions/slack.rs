//! What follows for Slack: a channel is archived with the conversation that it speaks of, and users'
//! messages go there by themselves if the setting `slack-forward` says so.
//!
//! Both are delivered as webhooks are: planned once, in order for each conversation, tried again for
//! three days (`webhook_retry_seconds`), with Slack's Retry-After obeyed. A user's conversations share a
//! channel, but none waits for another. A message that Slack took just before the service was killed may
//! come twice.

use std::{sync::Arc, time::Duration};

use eventlog::{Limit, Reader};
use events::{
    ConversationId, Event, Recorded, UserId,
    conversation::{Status, StatusChanged},
    delivery::Plan,
    message::Sent,
};

use super::{
    deliverer::{Deliver, Tried, Verdict},
    ledger::Wanted,
};
use crate::{
    adapters::{slack::Problem, vendor},
    functions::{
        Decision, Failure, Fault, Refusal, Service, conversation,
        settings::{
            registry::{SLACK_ENABLED, SLACK_FORWARD},
            state::Settings,
        },
        slack::{Stopped, Talk, Words, state::channel_of},
        user,
    },
    journal,
};

/// Events of a user's that are looked at at once.
const PAGE: usize = 500;
/// The names of deliveries.
const ARCHIVE: &str = "slack-archive";
const FORWARD: &str = "slack-forward";

/// What is to be done for this event under these settings: pure.
#[must_use]
pub fn plan(event: &Recorded, settings: &Settings) -> Vec<Wanted> {
    if !settings.is_on(&SLACK_ENABLED) {
        return Vec::new();
    }
    let name = match &event.event {
        Some(Event::ConversationStatusChanged(StatusChanged {
            to: Status::Archived,
            ..
        })) => ARCHIVE,
        Some(Event::MessageSent(sent))
            if sent.author_type.is_customer() && settings.is_on(&SLACK_FORWARD) =>
        {
            FORWARD
        }
        _ => return Vec::new(),
    };
    vec![Wanted {
        source: event.position,
        name,
        part: 0,
        lane: event.stream.to_string(),
    }]
}

/// Does it.
pub struct Slack {
    /// The running service.
    pub service: Arc<Service>,
}

impl Deliver for Slack {
    async fn deliver(&self, plan: &Plan) -> Tried {
        match self.try_once(plan).await {
            Ok(()) => tried(Verdict::Taken, None, None),
            Err(Stopped::Slack(problem)) => judged(&problem),
            Err(Stopped::Here(Failure::Refused(Refusal::Unavailable(why)))) => {
                tried(Verdict::Again, Some(why), None)
            }
            // Slack was switched off, or who it is about has gone.
            Err(Stopped::Here(Failure::Refused(refusal))) => {
                tried(Verdict::Never, Some(refusal.to_string()), None)
            }
            Err(Stopped::Here(failure)) => {
                tracing::error!(delivery = plan.delivery, "Slack is not told: {failure:?}");
                tried(
                    Verdict::Again,
                    Some("it could not be made".to_owned()),
                    None,
                )
            }
        }
    }
}

fn tried(verdict: Verdict, error: Option<String>, retry_after: Option<Duration>) -> Tried {
    Tried {
        verdict,
        error,
        retry_after,
        ..Tried::taken(None)
    }
}

/// What Slack refuses today it may take tomorrow, when its owner has mended rights or tokens; but not
/// what breaks its rules.
fn judged(problem: &Problem) -> Tried {
    let (verdict, retry_after) = match problem {
        Problem::Limited(asked) => (Verdict::Again, Some(*asked)),
        Problem::Vendor(vendor::Problem::Invalid(_)) => (Verdict::Never, None),
        Problem::Vendor(_) => match problem.code() {
            Some("msg_too_long" | "no_text" | "invalid_name") => (Verdict::Never, None),
            _ => (Verdict::Again, None),
        },
    };
    tried(verdict, Some(problem.to_string()), retry_after)
}

impl Slack {
    async fn try_once(&self, plan: &Plan) -> Result<(), Stopped> {
        let mut talk = Talk::begin(&self.service)?;
        talk.because = plan.source;
        let reader = self.service.journal.reader();
        let found = journal::at(reader, plan.source).map_err(Fault::Unreadable);
        let found = found.map_err(Failure::from)?;
        let Some((id, event)) = found.and_then(|found| {
            let id = ConversationId(found.stream.id);
            Some((id, found.event?))
        }) else {
            // It was erased: there is nothing to tell any more.
            return Ok(());
        };
        match (plan.name.as_str(), event) {
            (ARCHIVE, _) => archive(&talk, id).await,
            (FORWARD, Event::MessageSent(sent)) => forward(&talk, id, sent).await,
            _ => Ok(()),
        }
    }
}

/// Archives the channel that speaks of a conversation, if that is still archived.
async fn archive(talk: &Talk, id: ConversationId) -> Result<(), Stopped> {
    let reader = talk.service.journal.reader();
    let Some(archived) = conversation(reader, id)?.filter(|it| it.status == Status::Archived)
    else {
        return Ok(());
    };
    let speaks_of_it = |of: Option<ConversationId>| of.is_none_or(|of| of == id);
    let channel = channel_of(reader, archived.user)?
        .filter(|channel| !channel.archived && speaks_of_it(channel.conversation));
    let Some(channel) = channel else {
        return Ok(());
    };
    talk.archive(&channel.id).await?;
    talk.note_archived(archived.user, channel.id).await
}

/// Sends a user's message to the user's channel.
async fn forward(talk: &Talk, id: ConversationId, sent: Sent) -> Result<(), Stopped> {
    let reader = talk.service.journal.reader();
    let (Some(known), Some(_)) = (user(reader, sent.author)?, conversation(reader, id)?) else {
        return Ok(());
    };
    let whose = sent.author;
    let newest = channel_of(reader, whose)?.and_then(|channel| channel.forwarded);
    let may_be_told = newest.is_some_and(|newest| newest >= sent.message);
    if may_be_told && was_told(reader.clone(), whose, talk.because).await? {
        return Ok(());
    }
    let words = Words {
        conversation: Some(id),
        text: sent.text,
        attachments: sent.attachments,
        name: known.full_name(),
        picture: known.profile_image,
    };
    let mut told = talk.say(whose, &words).await?;
    told.message = Some(sent.message);
    let decide = move |decision: &mut Decision<'_>| {
        if user(decision.state(), whose)?.is_some() {
            decision.record(whose, told)?;
        }
        Ok(())
    };
    let journal = &talk.service.journal;
    Ok(journal.decide_because(talk.because, decide).await?)
}

/// Whether Slack took what follows from the event at `because`, and a kill kept only the delivery's end
/// from being recorded. That a newer message went says nothing: it may be another conversation's.
async fn was_told(reader: Reader, whose: UserId, because: u64) -> Result<bool, Failure> {
    let look = move || -> Result<bool, Failure> {
        let stream = journal::stream_of(whose.into());
        let limit = Limit {
            events: PAGE,
            ..Limit::default()
        };
        let mut version = 0;
        loop {
            let page = reader.read_stream(stream, version, limit)?;
            let Some(last) = page.last() else {
                return Ok(false);
            };
            version = last.header.version;
            for record in page.iter().filter(|it| it.header.causation == because) {
                let follows = journal::decode(record).map_err(Fault::Unreadable)?;
                if matches!(follows.event, Some(Event::SlackMessageSent(_))) {
                    return Ok(true);
                }
            }
        }
    };
    let looked = tokio::task::spawn_blocking(look).await;
    looked.map_err(|_| Fault::Task("looking for what Slack took"))?
}

#[cfg(test)]
mod tests {
    use eventlog::{Log, Options};
    use events::slack::MessageSent;

    use super::*;
    use crate::{journal::Journal, presence::Presence};

    #[tokio::test]
    async fn only_what_follows_from_the_message_tells_that_it_was_told() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(folder.path(), Options::default()).unwrap();
        let journal = Journal::new(log, Arc::new(Presence::new(60, 10)));
        let sent = || MessageSent {
            channel: "C1".to_owned(),
            text: "Hello".to_owned(),
            conversation: None,
            message: None,
            ts: "1.2".to_owned(),
        };
        for (whose, because) in [
            (UserId(3), 0),
            (UserId(3), 0),
            (UserId(3), 2),
            (UserId(4), 1),
        ] {
            let sent = sent();
            let decide = move |decision: &mut Decision<'_>| decision.record(whose, sent);
            journal.decide_because(because, decide).await.unwrap();
        }
        let told = |because| was_told(journal.reader().clone(), UserId(3), because);
        assert!(told(2).await.unwrap());
        assert!(!told(1).await.unwrap(), "another's");
    }

    #[test]
    fn slacks_refusals_are_judged() {
        let said = |status, code: Option<&str>| {
            judged(&Problem::Vendor(vendor::Problem::Said {
                status,
                code: code.map(ToOwned::to_owned),
                text: "no".to_owned(),
            }))
        };
        assert_eq!(said(200, Some("msg_too_long")).verdict, Verdict::Never);
        assert_eq!(said(200, Some("missing_scope")).verdict, Verdict::Again);
        assert_eq!(said(503, None).verdict, Verdict::Again);
        let pause = Duration::from_secs(30);
        let limited = judged(&Problem::Limited(pause));
        assert_eq!(
            (limited.verdict, limited.retry_after),
            (Verdict::Again, Some(pause))
        );
    }
}
