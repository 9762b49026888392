//! Everything is killed at random while messages and emails are sent: the service, NATS, the mail
//! server; and the webhooks' receiver fails. Each webhook and each email arrives, in order for its
//! conversation and its user, and what comes twice has one identity.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{
    Dice, Engine, MailServer, NatsServer, Receiver, Reply, Server, Setup, eventually_within, tool,
};

/// Writers, each with a user and a conversation of its own: 3 and 1, 4 and 2, and so on.
const WRITERS: u64 = 8;
/// Messages of all writers; each makes an event or two, and each tenth an email besides.
const MESSAGES: u64 = 1_000;
const CONFIG: &str = "allow_private_targets = [\"127.0.0.0/8\"]\n\
    webhook_retry_seconds = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n\
    notification_retry_seconds = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";

/// Where the running service is.
#[derive(Clone)]
struct Door {
    address: String,
    token: String,
    client: reqwest::Client,
}

impl Door {
    fn of(server: &Server) -> Self {
        Self {
            address: server.address().to_owned(),
            token: server.token.clone(),
            client: server.client(),
        }
    }

    /// Whether the call was answered as a success.
    async fn call(&self, function: &str, key: &str, arguments: &Value) -> bool {
        let request = self
            .client
            .post(format!("{}/v1/{function}", self.address))
            .bearer_auth(&self.token)
            .header("idempotency-key", key)
            .json(arguments);
        let answer = request.send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }
}

/// Sends the writer's messages from this one on, until one is not acknowledged; answers which.
async fn write(door: Door, writer: u64, first: u64) -> u64 {
    let (user, conversation) = (writer + 3, writer + 1);
    for number in first..MESSAGES / WRITERS {
        let text = format!("{writer}-{number:04}");
        let message = json!({"user_id": user, "conversation_id": conversation, "message": text});
        if !door.call("send-message", &text, &message).await {
            return number;
        }
        let letter = json!({"user_ids": [user], "subject": text, "message": "News"});
        let is_tenth = number % 10 == 9;
        if is_tenth
            && !door
                .call("direct-message", &format!("{text}-email"), &letter)
                .await
        {
            return number;
        }
    }
    MESSAGES / WRITERS
}

struct World {
    server: Server,
    nats: NatsServer,
    receiver: Receiver,
    mail: MailServer,
    /// What mail servers took that are dead by now.
    mails: Vec<Value>,
}

async fn started() -> World {
    let nats = NatsServer::started(tool("nats-server"));
    let setup = Setup::on(Engine::Sqlite).config(CONFIG);
    let server = setup.env("HAVEFUNNELS_NATS", &nats.url()).start().await;
    let (receiver, mail) = (Receiver::start().await, MailServer::start());
    let settings = json!({
        "webhooks-enabled": true, "webhooks-url": receiver.url, "webhooks-active": "message-sent",
        "email-host": "127.0.0.1", "email-port": [mail.port, "number"], "email-security": "none",
        "email-sender": "help@shop.example",
    });
    server.save(settings).await;
    for writer in 0..WRITERS {
        let email = format!("{writer}@example.com");
        assert_eq!(server.user("Name", "Of User", &email).await, writer + 3);
        assert_eq!(server.conversation(writer + 3).await, writer + 1);
    }
    World {
        server,
        nats,
        receiver,
        mail,
        mails: Vec::new(),
    }
}

impl World {
    /// One thing dies, and comes back.
    async fn strike(&mut self, dice: &mut Dice) {
        let pause = Duration::from_millis(100 + dice.roll(400));
        match dice.roll(3) {
            0 => {
                self.nats.kill9();
                tokio::time::sleep(pause).await;
                self.nats.start();
            }
            1 => {
                self.receiver
                    .answer_when("message", Some(Reply::Status(500)));
                tokio::time::sleep(pause).await;
                self.receiver.answer_when("message", None);
            }
            _ => {
                let port = self.mail.port;
                self.mails.append(&mut self.mail.end());
                tokio::time::sleep(pause).await;
                self.mail = MailServer::start_on(port);
            }
        }
    }

    fn mails(&self) -> Vec<Value> {
        let mut mails = self.mails.clone();
        mails.extend(self.mail.mails());
        mails
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_killed_everything_arrives_in_order_with_one_identity() {
    let mut world = started().await;
    let mut dice = Dice::new(24);
    let mut next = vec![0; usize::try_from(WRITERS).expect("a few")];
    while next.iter().any(|next| *next < MESSAGES / WRITERS) {
        let door = Door::of(&world.server);
        let writers: Vec<_> = (0..WRITERS)
            .zip(&next)
            .map(|(writer, first)| {
                let work = write(door.clone(), writer, *first);
                tokio::task::JoinSet::from_iter([work])
            })
            .collect();
        world.strike(&mut dice).await;
        tokio::time::sleep(Duration::from_millis(dice.roll(500))).await;
        world.server.kill9();
        next.clear();
        for mut writer in writers {
            next.push(
                writer
                    .join_next()
                    .await
                    .expect("one task")
                    .expect("no panic"),
            );
        }
        world.server.start_again();
    }
    let texts = |each: u64| {
        let numbers = (0..MESSAGES / WRITERS).filter(move |number| number % each == each - 1);
        numbers.collect::<Vec<_>>()
    };
    let expected = |each: u64| -> BTreeMap<u64, Vec<String>> {
        let of = |writer| {
            texts(each)
                .into_iter()
                .map(move |n| format!("{writer}-{n:04}"))
        };
        (0..WRITERS)
            .map(|writer| (writer, of(writer).collect()))
            .collect()
    };
    let patience = Duration::from_secs(90);
    eventually_within(patience, "each webhook has come", || async {
        firsts(&hooks(&world.receiver)) == expected(1)
    })
    .await;
    eventually_within(patience, "each email has come", || async {
        firsts(&letters(&world.mails())) == expected(10)
    })
    .await;
    one_identity_each(&hooks(&world.receiver));
    one_identity_each(&letters(&world.mails()));
    world.server.stop();
    world.server.assert_sound();
}

/// What came, in its order: the text that says which it is, and its identity.
type Came = Vec<(String, String)>;

fn hooks(receiver: &Receiver) -> Came {
    let hooks = receiver.hooks().into_iter();
    let parts = hooks.map(|hook| (text(&hook.body["data"]["message"]), hook.id));
    parts.collect()
}

fn letters(mails: &[Value]) -> Came {
    let parts = |mail: &Value| (text(&mail["subject"]), text(&mail["message-id"]));
    mails.iter().map(parts).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// By writer, the order in which things came for the first time.
fn firsts(came: &Came) -> BTreeMap<u64, Vec<String>> {
    let (mut seen, mut firsts) = (BTreeSet::new(), BTreeMap::<u64, Vec<String>>::new());
    for (text, _) in came {
        let writer = text
            .split('-')
            .next()
            .and_then(|writer| writer.parse().ok());
        if let Some(writer) = writer
            && seen.insert(text)
        {
            firsts.entry(writer).or_default().push(text.clone());
        }
    }
    firsts
}

fn one_identity_each(came: &Came) {
    let mut ids = BTreeMap::<&String, BTreeSet<&String>>::new();
    for (text, id) in came {
        ids.entry(text).or_default().insert(id);
    }
    let several: Vec<_> = ids.iter().filter(|(_, ids)| ids.len() > 1).collect();
    assert!(several.is_empty(), "{several:?}");
    let different: BTreeSet<_> = ids.values().flatten().collect();
    assert_eq!(different.len(), ids.len(), "an identity names one thing");
}
