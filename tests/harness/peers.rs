//! Everybody that a service speaks to, on this machine.

use serde_json::{Value, json};

use super::{Engine, MailServer, Server, Setup, Vendor};

/// A mail server, and one that answers for all vendors.
pub struct Peers {
    /// Takes emails.
    pub mail: MailServer,
    /// Answers for the SMS gateway, the push service, Pusher, OpenAI and Google.
    pub vendor: Vendor,
}

impl Peers {
    /// Starts them.
    pub async fn start() -> Self {
        let answer = json!({
            "sid": "SM1f0e8ae6ade43cb3c0ce4525424e404f", "account_sid": "ACXX",
            "date_created": "Fri, 13 Aug 2010 01:16:24 +0000",
            "date_updated": "Fri, 13 Aug 2010 01:16:24 +0000", "date_sent": null,
            "to": "+15305431221", "from": "+15104564545", "body": "A Test Message",
            "status": "queued", "flags": ["outbound"], "api_version": "2010-04-01", "price": null,
            "uri": "/2010-04-01/Accounts/ACXX/Messages/SM1f.json",
        });
        let vendor = Vendor::answering(200, answer).await;
        let publish = json!({"publishId": "pubid-781799f5-6el4-4789-bc60-ee293543781"});
        vendor.answer_at("/publishes/", publish);
        vendor.answer_at("/completions", completion());
        vendor.answer_at("/translate/v2/detect", detection());
        vendor.answer_at("/translate/v2", translations());
        Self {
            mail: MailServer::start(),
            vendor,
        }
    }

    /// Starts a service that knows them, with these settings of its own.
    pub async fn service(&self, engine: Engine) -> Server {
        let config = format!(
            "allow_private_targets = [\"127.0.0.0/8\"]\ntwilio_url = \"{0}\"\n\
             pusher_beams_url = \"{0}\"\npusher_channels_url = \"{0}\"\n\
             openai_url = \"{0}/v1\"\ngoogle_translate_url = \"{0}\"\n",
            self.vendor.url
        );
        let server = Setup::on(engine).config(&config).start().await;
        let saved = server.ok("save-settings", json!({ "settings": self.settings() }));
        assert_eq!(saved.await, json!(true));
        server
    }

    fn settings(&self) -> Value {
        json!({
            "email-host": "127.0.0.1", "email-port": self.mail.port, "email-security": "none",
            "email-sender": "help@shop.example", "email-sender-name": "Shop",
            "sms-account": "AC1", "sms-token": "t0ken", "sms-sender": "+15104564545",
            "push-enabled": true, "push-instance": "inst-1", "push-secret": "s3cret",
            "pusher-id": "3", "pusher-key": "278d425bdf160c739803",
            "pusher-secret": "7ad3773142a6692b25b8", "pusher-cluster": "eu",
            "open-ai-key": "sk-test", "google-key": "AIza-test",
        })
    }
}

fn completion() -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini",
        "choices": [{
            "index": 0, "message": {"role": "assistant", "content": "Two days."}, "finish_reason": "stop",
        }],
    })
}

fn translations() -> Value {
    json!({"data": {"translations": [
        {"translatedText": "Ciao mondo", "detectedSourceLanguage": "en"},
        {"translatedText": "Come stai?", "detectedSourceLanguage": "en"},
    ]}})
}

fn detection() -> Value {
    json!({"data": {"detections": [[{"language": "it", "confidence": 0.98, "isReliable": false}]]}})
}
