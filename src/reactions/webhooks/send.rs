//! Signing and sending: one try of one webhook.
//!
//! A receiver that answers 410 (Gone) wants no more, and webhooks stop ([`stops`]): that answer is the
//! receiver's own word, where all other failures may be an accident on the way. What is pending by then
//! is given up, and what happens from then on is not planned, so that nothing is left to retry at a
//! receiver that may be gone for years. Whoever has put it right, at three in the morning, does one
//! thing more: the replay that the log line, `status` and `/readyz` name. It sends what was missed, and
//! has all that comes after it sent again. Saving one of the settings of webhooks, be it as it is, does
//! the latter alone. A receiver that answers 410 still stops them once more.
//!
//! [`stops`]: mod@crate::reactions::stops
//!
//! Signed as the Standard Webhooks specification (standardwebhooks.com, version 1.0) has it: headers
//! `webhook-id`, `webhook-timestamp` and `webhook-signature`, the latter `v1,` and the base64 of an
//! HMAC-SHA256 over `id.timestamp.body`.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use events::{EventId, delivery::Plan};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use super::{
    Webhook,
    payload::{Owners, View, data},
};
use crate::{
    adapters::{
        outgoing::Problem,
        request::{Method, Request, Response},
    },
    clock,
    functions::{
        Failure, Fault, Service,
        settings::registry::{WEBHOOKS_ENABLED, WEBHOOKS_KEY, WEBHOOKS_URL},
    },
    journal,
    reactions::deliverer::{Deliver, Tried, Verdict},
};

/// An answer that is longer is a failure: nothing in it matters, and nobody should send it.
const ANSWER_MAX: usize = 1 << 20;

/// Conversations whose owners are kept.
const OWNERS_MAX: usize = 10_000;

/// Sends webhooks to the URL of the settings.
pub struct Webhooks {
    service: Arc<Service>,
    owners: Owners,
}

/// A webhook ready to be sent.
struct Message {
    id: String,
    url: String,
    key: String,
    body: String,
}

impl Deliver for Webhooks {
    async fn deliver(&self, plan: &Plan) -> Tried {
        match self.message(plan) {
            Ok(Ok(message)) => self.send(message).await,
            Ok(Err(why)) => Tried::unsent(why),
            Err(failure) => {
                tracing::error!(
                    delivery = plan.delivery,
                    "a webhook is not made: {failure:?}"
                );
                Tried::again("the webhook could not be made")
            }
        }
    }
}

impl Webhooks {
    /// Those of the running service.
    #[must_use]
    pub fn new(service: Arc<Service>) -> Self {
        Self {
            service,
            owners: Owners::new(OWNERS_MAX),
        }
    }

    /// The webhook of a plan, or why it is never sent.
    fn message(&self, plan: &Plan) -> Result<Result<Message, &'static str>, Failure> {
        let reader = self.service.journal.reader();
        let settings = self.service.settings()?;
        let url = settings.text(&WEBHOOKS_URL);
        if !settings.is_on(&WEBHOOKS_ENABLED) || url.is_empty() {
            return Ok(Err("webhooks are switched off"));
        }
        let Some(webhook) = Webhook::named(&plan.name) else {
            return Ok(Err("this release does not know the webhook"));
        };
        let event = journal::at(reader, plan.source).map_err(Fault::Unreadable)?;
        let Some(event) = event else {
            return Ok(Err("the event is not in the log"));
        };
        let view = View {
            reader,
            public_url: &self.service.public_url,
            owners: &self.owners,
        };
        let Some(data) = data(&view, webhook, plan.part, &event)? else {
            return Ok(Err("there is nothing to tell any more"));
        };
        let key = settings.text(&WEBHOOKS_KEY).to_owned();
        let body = json!({
            "function": webhook.function(),
            "key": key,
            "sender-url": self.service.public_url,
            "data": data,
        });
        Ok(Ok(Message {
            id: id(event.id, webhook, plan.part),
            url: url.to_owned(),
            key,
            body: body.to_string(),
        }))
    }

    async fn send(&self, message: Message) -> Tried {
        let timestamp = (clock::now_ms() / 1_000).to_string();
        let signature = signature(&message.key, &message.id, &timestamp, &message.body);
        let timeout = self.service.config.webhook_timeout_seconds;
        let request = Request::new(Method::Post, message.url.as_str())
            .header("webhook-id", message.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body("application/json", message.body)
            .timeout(Duration::from_secs(timeout.into()))
            .answer_max(ANSWER_MAX);
        let tried = judged(self.service.outgoing.send(request).await);
        match tried.verdict {
            Verdict::Stop if !self.is_where_to(&message.url) => Tried {
                verdict: Verdict::Again,
                ..tried
            },
            _ => tried,
        }
    }

    /// Whether webhooks go to this URL still: what the receiver at another one says holds there alone.
    fn is_where_to(&self, url: &str) -> bool {
        let settings = self.service.settings();
        settings.is_ok_and(|settings| settings.text(&WEBHOOKS_URL) == url)
    }
}

/// The webhook's stable id: the same for every try and every replay.
fn id(event: EventId, webhook: Webhook, part: u32) -> String {
    match part {
        0 => format!("{event}_{}", webhook.function()),
        part => format!("{event}_{}_{part}", webhook.function()),
    }
}

fn signature(key: &str, id: &str, timestamp: &str, body: &str) -> String {
    // Keys made for the specification say so, and are base64; any other text is its own bytes.
    let encoded = key.strip_prefix("whsec_");
    let decoded = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
    let key = decoded.unwrap_or_else(|| key.as_bytes().to_vec());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
    for part in [id, ".", timestamp, ".", body] {
        mac.update(part.as_bytes());
    }
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

fn judged(answer: Result<Response, Problem>) -> Tried {
    let response = match answer {
        Ok(response) => response,
        Err(problem) => return Tried::again(problem.to_string()),
    };
    let error = format!("the receiver answered {}", response.status);
    match response.status {
        200..300 => Tried::taken(Some(response.status)),
        410 => Tried {
            status: Some(response.status),
            verdict: Verdict::Stop,
            ..Tried::never(error)
        },
        status => Tried {
            status: Some(status),
            retry_after: response.retry_after(clock::now_ms()),
            ..Tried::again(error)
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference libraries.
    #[test]
    fn signatures_are_those_of_the_specification() {
        let signature = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn answers_are_judged() {
        let answer = |status| judged(Ok(Response::bare(status, "retry-after", "7")));
        assert_eq!(answer(204).verdict, Verdict::Taken);
        for status in [301, 404, 429, 500, 503] {
            assert_eq!(answer(status).verdict, Verdict::Again, "{status}");
            assert_eq!(answer(status).retry_after, Some(Duration::from_secs(7)));
        }
        assert_eq!(answer(410).verdict, Verdict::Stop);
    }

    #[test]
    fn ids_name_event_webhook_and_part() {
        let event = EventId([0xab; 16]);
        let text = "abababab-abab-abab-abab-abababababab";
        assert_eq!(id(event, Webhook::Login, 0), format!("{text}_login"));
        assert_eq!(
            id(event, Webhook::RichMessage, 2),
            format!("{text}_rich-message_2")
        );
    }
}
