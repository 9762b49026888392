//! Everybody that a service speaks to, on this machine.

use serde_json::{Value, json};

use super::{Engine, Google, LOOPBACK, MailServer, Releases, Server, Setup, Vendor, WordPress};

/// A mail server, and one that answers for all vendors.
pub struct Peers {
    /// Takes emails.
    pub mail: MailServer,
    /// Answers for the SMS gateway, the push service, Pusher, OpenAI and Google Translate.
    pub vendor: Vendor,
    /// OAuth and Dialogflow.
    pub google: Google,
    /// Has a new release.
    pub releases: Releases,
    /// Has users.
    pub wordpress: WordPress,
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
        let wordpress = WordPress::start().await;
        wordpress.add("Wanda", "Press", "wanda@shop.example");
        for (method, answer) in slack() {
            vendor.answer_at(method, answer);
        }
        Self {
            mail: MailServer::start(),
            wordpress,
            vendor,
            google: Google::start().await,
            releases: Releases::start().await,
        }
    }

    /// Starts a service that knows them, with these settings of its own.
    pub async fn service(&self, engine: Engine) -> Server {
        let config = format!(
            "{LOOPBACK}twilio_url = \"{0}\"\n\
             pusher_beams_url = \"{0}\"\npusher_channels_url = \"{0}\"\n\
             slack_url = \"{0}\"\nopenai_url = \"{0}/v1\"\ngoogle_translate_url = \"{0}\"\n{1}",
            self.vendor.url,
            self.google.config()
        );
        let server = Setup::on(engine).config(&config).start().await;
        server.save(self.settings()).await;
        server.save(Google::settings()).await;
        server
    }

    fn settings(&self) -> Value {
        json!({
            "email-host": "127.0.0.1", "email-port": self.mail.port, "email-security": "none",
            "email-sender": "help@shop.example", "email-sender-name": "Shop",
            "sms-account": "AC1", "sms-token": "t0ken", "sms-sender": "+15104564545",
            "push-enabled": true, "push-instance": "inst-1", "push-secret": "s3cret",
            "update-index": self.releases.index(), "update-key": self.releases.key(),
            "wordpress-url": self.wordpress.url, "wordpress-user": WordPress::USER,
            "wordpress-password": WordPress::PASSWORD,
            "pusher-id": "3", "pusher-key": "278d425bdf160c739803",
            "pusher-secret": "7ad3773142a6692b25b8", "pusher-cluster": "eu",
            "open-ai-key": "sk-test", "google-key": "AIza-test",
            "slack-enabled": true, "slack-token": "xoxb-1",
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

/// What Slack answers, by method.
fn slack() -> [(&'static str, Value); 6] {
    let channel = |id: &str, name: &str, is_general: bool| {
        json!({
            "id": id, "name": name, "is_channel": true, "is_group": false, "is_im": false,
            "created": 1_449_252_889, "creator": "U012A3CDE", "is_archived": false,
            "is_general": is_general, "unlinked": 0, "name_normalized": name, "is_shared": false,
            "is_ext_shared": false, "is_org_shared": false, "pending_shared": [],
            "is_pending_ext_shared": false, "is_member": true, "is_private": false,
            "is_mpim": false, "updated": 1_678_229_664_302_u64,
            "topic": {"value": "Topic", "creator": "", "last_set": 0},
            "purpose": {"value": "Purpose", "creator": "", "last_set": 0},
            "previous_names": [], "num_members": 4,
        })
    };
    let channels = [
        channel("C012AB3CD", "general", true),
        channel("C061EG9T2", "random", false),
    ];
    let members = json!([
        {"id": "U328T701Z", "name": "john", "real_name": "John Doe"},
        {"id": "UR5F0GK7T", "name": "jane", "real_name": "Jane Doe"},
    ]);
    let made = json!({"ok": true, "channel": {"id": "C011JFFGSKY", "name": "john-doe-3"}});
    [
        ("/conversations.create", made),
        (
            "/chat.postMessage",
            json!({"ok": true, "ts": "1503435956.000247"}),
        ),
        (
            "/conversations.list",
            json!({"ok": true, "channels": channels}),
        ),
        ("/conversations.archive", json!({"ok": true})),
        ("/users.list", json!({"ok": true, "members": members})),
        (
            "/users.getPresence",
            json!({"ok": true, "presence": "active"}),
        ),
    ]
}
