//! Slack: what goes there, what comes back, and what becomes of both when Slack does not want.

mod archive;
mod incoming;
mod members;
mod outgoing;
mod refusals;

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::slack::{TOKEN, Workspace};
use crate::harness::{Answer, Engine, LOOPBACK, Server, Setup, merged};

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";

const CHANNEL: &str = "john-doe-3";

/// A service that knows a workspace, with John (3) and his conversation 1 with the agent Ada (4), and
/// the agent Bob (5). Ada is linked with the member UADA.
struct World {
    server: Server,
    slack: Workspace,
}

impl World {
    async fn start(engine: Engine) -> Self {
        let slack = Workspace::start().await;
        let config = format!(
            "{LOOPBACK}webhook_retry_seconds = [1, 1, 1]\nslack_url = \"{}\"\n",
            slack.url
        );
        let server = Setup::on(engine).config(&config).start().await;
        assert_eq!(server.user("John", "Doe", "john@example.com").await, 3);
        assert_eq!(server.agent("Ada").await, 4);
        assert_eq!(server.agent("Bob").await, 5);
        let conversation = json!({"user_id": 3, "agent_id": 4, "department": 2});
        assert_eq!(server.conversation_with(conversation).await, 1);
        let world = Self { server, slack };
        let settings = json!({
            "slack-enabled": true, "slack-token": TOKEN, "slack-signing-secret": SECRET,
            "slack-channel": "CSUPPORT", "slack-agents": {"UADA": "4"},
        });
        world.server.save(settings).await;
        world.slack.add_member("UADA", "Ada", "ada@home.example");
        world
    }

    /// Sends a message of John's to Slack, and answers the channels.
    async fn tell(&self, message: &str) -> Value {
        let arguments = json!({"user_id": 3, "conversation_id": 1, "message": message});
        self.server.ok("send-slack-message", arguments).await
    }

    /// Has Slack tell us of an event in John's channel, as it does.
    async fn hears(&self, id: &str, event: Value) -> Answer {
        let event = merged(
            json!({
                "type": "message", "channel": self.slack.named(CHANNEL).id, "user": "UADA",
                "text": "Hello John", "ts": "1503435956.000300",
            }),
            event,
        );
        let body = json!({"type": "event_callback", "event_id": id, "event": event});
        self.posts(&body.to_string(), now(), SECRET).await
    }

    /// Posts this body, signed with this secret at this time.
    async fn posts(&self, body: &str, timestamp: i64, secret: &str) -> Answer {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key");
        mac.update(format!("v0:{timestamp}:{body}").as_bytes());
        let digits = mac.finalize().into_bytes();
        let digits = digits.iter().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        });
        let request = self
            .server
            .post("/slack/events")
            .header("content-type", "application/json")
            .header("x-slack-request-timestamp", timestamp.to_string())
            .header("x-slack-signature", format!("v0={digits}"))
            .header("x-slack-retry-num", "1")
            .body(body.to_owned());
        self.server.send(request).await
    }

    /// The texts of the conversation and their authors.
    async fn chat(&self) -> Vec<(String, String)> {
        let messages = self.server.messages(1).await;
        let messages = messages.as_array().expect("a list").clone();
        let text = |row: &Value, name: &str| row[name].as_str().expect("a text").to_owned();
        messages
            .iter()
            .map(|row| (text(row, "user_id"), text(row, "message")))
            .collect()
    }
}

/// Seconds since 1970, as another server's clock has them.
fn now() -> i64 {
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    i64::try_from(now.as_secs()).expect("not that late")
}
