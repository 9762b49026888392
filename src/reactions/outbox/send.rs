//! One try: an order is put into words and handed to its channel.

use std::{sync::Arc, time::Duration};

use events::{
    ConversationId, Event, MessageId, Stream,
    delivery::Plan,
    message::Attachment,
    notification::{Channel, Content, EmailSent, Order, PushSent, SmsSent},
    report::Name,
};
use projections::{MessageRow, Since};

use super::{
    orders::{Draft, ordered},
    said::{discreet, mail_said, vendor_said},
    told::is_told_by,
};
use crate::{
    adapters::{pusher_beams, twilio},
    clock,
    functions::{
        Failure, Service,
        notifications::{channels, letter::Words},
        reports::more,
        settings::state::Settings,
    },
    reactions::deliverer::{Deliver, Tried, Verdict},
};

/// The status code of a message that was read.
const READ: u8 = 2;
/// How long the read models may take to hold the message that is told of.
const SETTLED_WITHIN: Duration = Duration::from_secs(10);

/// Hands orders to their channels.
pub struct Outbox {
    /// The running service.
    pub service: Arc<Service>,
    /// By which they leave.
    pub channel: Channel,
}

impl Deliver for Outbox {
    fn is_for(&self, plan: &Plan) -> bool {
        plan.name == self.channel.name()
    }

    async fn deliver(&self, plan: &Plan) -> Tried {
        let (waited_for, tried) = match ordered(self.service.journal.reader(), plan.delivery) {
            Ok(Some((stream, order))) => {
                let waited_for = order.ticket.is_some();
                let tried = self.hand_over(stream, order).await;
                (waited_for, tried)
            }
            Ok(None) => return Tried::never("the order is gone"),
            Err(failure) => (false, Err(failure)),
        };
        let mut tried = match tried {
            Ok(tried) => tried,
            Err(Failure::Refused(refusal)) => Tried::never(refusal.to_string()),
            Err(failure) => {
                tracing::error!(delivery = plan.delivery, "nothing is sent: {failure:?}");
                Tried::again("it could not be put into words")
            }
        };
        // Somebody waits for the outcome, and will not wait for another try.
        if waited_for && tried.verdict == Verdict::Again {
            tried.verdict = Verdict::Never;
        }
        if waited_for {
            let counted = counted(&tried.follows);
            tried.follows.extend(counted);
        }
        tried.error = tried.error.map(|error| discreet(&error));
        tried
    }
}

/// What a report counts of what a caller had sent: text messages that the gateway took. Those that the
/// service sends by itself are no direct ones, and direct emails are counted where they are ordered.
fn counted(follows: &[(Stream, Event)]) -> Option<(Stream, Event)> {
    let sms = |(_, event): &(Stream, Event)| matches!(event, Event::SmsSent(_));
    let report = Name::DirectSms;
    follows
        .iter()
        .any(sms)
        .then(|| (report.into(), more(report, 1).into()))
}

/// What leaves, and all that is known of it.
struct Leaving<'a> {
    delivery: u64,
    draft: &'a Draft,
    settings: &'a Settings,
    said: Option<(String, Vec<Attachment>)>,
}

impl Outbox {
    fn words<'a>(&'a self, leaving: &Leaving<'a>) -> Words<'a> {
        Words {
            state: self.service.journal.reader(),
            settings: leaving.settings,
            public_url: &self.service.public_url,
            said: leaving.said.clone(),
        }
    }

    async fn hand_over(&self, stream: Stream, order: Order) -> Result<Tried, Failure> {
        let service = &self.service;
        let said = match &order.content {
            Content::Message { .. } => match self.message(&order).await? {
                Ok(said) => Some(said),
                Err(tried) => return Ok(tried),
            },
            _ => None,
        };
        let settings = service.journal.settings()?;
        let (delivery, draft) = (order.delivery, Draft::from(order));
        let leaving = Leaving {
            delivery,
            draft: &draft,
            settings: &settings,
            said,
        };
        let happened = match draft.channel {
            Channel::Email => self.email(&leaving).await?,
            Channel::Sms => self.sms(&leaving).await?,
            Channel::Push => self.push(&leaving).await?,
        };
        Ok(match happened {
            Ok(event) => Tried {
                follows: vec![(stream, event)],
                ..Tried::taken(None)
            },
            Err(tried) => tried,
        })
    }

    async fn email(&self, leaving: &Leaving<'_>) -> Result<Result<Event, Tried>, Failure> {
        let server = channels::mail(&self.service.config, leaving.settings)?;
        let (mut mail, message) = self.words(leaving).email(leaving.draft)?;
        mail.message_id = self.service.message_id(leaving.delivery);
        mail.time_ms = clock::now_ms();
        if let Err(problem) = self.service.mailer.send(&server, &mail).await {
            return Ok(Err(mail_said(&problem)));
        }
        Ok(Ok(EmailSent {
            delivery: Some(leaving.delivery),
            recipient: leaving.draft.recipients.first().copied(),
            to: mail.to.address,
            subject: mail.subject,
            message,
        }
        .into()))
    }

    async fn sms(&self, leaving: &Leaving<'_>) -> Result<Result<Event, Tried>, Failure> {
        let service = &self.service;
        let (account, from) = channels::sms(&service.config, leaving.settings)?;
        let sms = self.words(leaving).sms(leaving.draft, from)?;
        Ok(
            match twilio::send(&service.outgoing, &account, &sms).await {
                Ok(response) => Ok(SmsSent {
                    delivery: Some(leaving.delivery),
                    recipient: leaving.draft.recipients.first().copied(),
                    to: sms.to,
                    message: sms.body,
                    response,
                }
                .into()),
                Err(problem) => Err(vendor_said("The SMS gateway", &problem)),
            },
        )
    }

    async fn push(&self, leaving: &Leaving<'_>) -> Result<Result<Event, Tried>, Failure> {
        let service = &self.service;
        let Some(instance) = channels::push(&service.config, leaving.settings)? else {
            return Ok(Err(Tried::never("push notifications are switched off")));
        };
        let (interests, shown) = self.words(leaving).push(leaving.draft)?;
        let published = pusher_beams::publish(&service.outgoing, &instance, &interests, &shown);
        Ok(match published.await {
            Ok(publish_id) => Ok(PushSent {
                delivery: Some(leaving.delivery),
                interests,
                title: shown.title,
                message: shown.body,
                conversation: conversation(leaving.draft),
                publish_id,
            }
            .into()),
            Err(problem) => Err(vendor_said("The push service", &problem)),
        })
    }

    /// Text and files of the message that an order tells of, or what is to be done without. Where that
    /// is gone or was read, it is the newest one that came after and was not told of for its sake.
    async fn message(
        &self,
        order: &Order,
    ) -> Result<Result<(String, Vec<Attachment>), Tried>, Failure> {
        let Content::Message {
            conversation,
            message,
        } = order.content
        else {
            return Ok(Err(Tried::never("it tells of no message")));
        };
        let service = &self.service;
        let head = service.journal.reader().head();
        if service.reads.wait_for(head, SETTLED_WITHIN).await.is_err() {
            return Ok(Err(Tried::again("the read models are behind")));
        }
        let after = MessageId(message.0.saturating_sub(1));
        let page = service.reads.messages_page(conversation, after, 1).await?;
        let said = |row: MessageRow| (row.message, files(&row.attachments));
        let why = match page.into_iter().find(|row| row.id == message) {
            Some(row) if row.status_code != READ => return Ok(Ok(said(row))),
            Some(_) => "it was read meanwhile",
            None => "the message is gone",
        };
        if !is_told_by(service.journal.reader(), order)? {
            return Ok(Err(Tried::never(why)));
        }
        let later = service
            .reads
            .messages_after(conversation, Since::Id(message))
            .await?;
        let is_news =
            |row: &MessageRow| Some(row.user_id) == order.sender && row.status_code != READ;
        let newest = later.into_iter().rfind(is_news);
        Ok(newest.map(said).ok_or_else(|| Tried::never(why)))
    }
}

/// Files as the read model has them: `[["name","url"],…]`, or nothing.
fn files(json: &str) -> Vec<Attachment> {
    let pairs: Vec<(String, String)> = serde_json::from_str(json).unwrap_or_default();
    let pairs = pairs.into_iter();
    pairs.map(|(name, url)| Attachment { name, url }).collect()
}

fn conversation(draft: &Draft) -> Option<ConversationId> {
    match draft.content {
        Content::Html { .. } => None,
        Content::Text { conversation, .. } => conversation,
        Content::Message { conversation, .. } | Content::Assigned { conversation, .. } => {
            Some(conversation)
        }
    }
}
