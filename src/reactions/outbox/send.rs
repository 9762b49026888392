//! One try: an order is put into words and handed to its channel.

use std::{sync::Arc, time::Duration};

use events::{
    ConversationId, Event, MessageId, Stream,
    delivery::Plan,
    message::Attachment,
    notification::{Channel, Content, EmailSent, Order, PushSent, SmsSent},
};
use projections::{MessageRow, Since};

use super::{
    orders::{Draft, ordered},
    told::is_told_by,
};
use crate::{
    adapters::{pusher_beams, smtp, twilio, vendor},
    clock,
    functions::{
        Failure, Service,
        notifications::{channels, letter::Words},
        settings::state::Settings,
    },
    reactions::deliverer::{Deliver, Tried, Verdict},
};

/// The status code of a message that was read.
const READ: u8 = 2;
/// A word with so many digits may be somebody's number.
const DIGITS_SHOWN_MAX: usize = 7;
/// How long the read models may take to hold the message that is told of.
const SETTLED_WITHIN: Duration = Duration::from_secs(10);

/// Hands orders to their channels.
pub struct Outbox {
    /// The running service.
    pub service: Arc<Service>,
}

impl Deliver for Outbox {
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
        tried.error = tried.error.map(|error| discreet(&error));
        tried
    }
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
        let (server, _) = channels::mail(leaving.settings)?;
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

/// What is wrong with the mail server or its settings, an expired password for instance, is put right by
/// somebody; only what is wrong with the mail stays so.
fn mail_said(problem: &smtp::Problem) -> Tried {
    use smtp::Problem::{Login, Refused, Unable};
    let is_curable = matches!(problem, Login(_) | Refused(_) | Unable(_));
    let may_help = problem.is_transient() || is_curable;
    failed(may_help, format!("Email: {problem}."))
}

fn vendor_said(who: &str, problem: &vendor::Problem) -> Tried {
    let text = match problem {
        vendor::Problem::Invalid(why) => why.clone(),
        vendor::Problem::Unanswered(why) => format!("{who}: {why}."),
        vendor::Problem::Said { text, .. } => {
            format!("{who} refused: {}.", text.trim_end_matches('.'))
        }
    };
    failed(problem.is_transient(), text)
}

fn failed(is_transient: bool, error: String) -> Tried {
    if is_transient {
        Tried::again(error)
    } else {
        Tried::never(error)
    }
}

/// A channel's words without addresses and numbers: what is recorded of tries outlives the users
/// whose they are.
fn discreet(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        let (bare, blank) = word.split_at(word.trim_end().len());
        let digits = bare.bytes().filter(u8::is_ascii_digit).count();
        let is_personal = bare.contains('@') || digits >= DIGITS_SHOWN_MAX;
        kept.push_str(if is_personal { "***" } else { bare });
        kept.push_str(blank);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::discreet;

    #[test]
    fn addresses_and_numbers_are_not_kept() {
        let said =
            "refused: The 'To' number +15305431221 is not valid, 550 5.1.1 <a@b.example> unknown";
        let kept = "refused: The 'To' number *** is not valid, 550 5.1.1 *** unknown";
        assert_eq!(discreet(said), kept);
    }
}
