//! Pusher Channels: triggering an event on channels.
//!
//! `POST /apps/{id}/events`, signed as the vendor publishes it: HMAC-SHA256 over method, path and
//! the sorted query, which holds the MD5 of the body.

use std::{fmt::Write as _, time::Duration};

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{
    outgoing::Outgoing,
    request::{Method, Request},
    vendor::{Problem, base, is_plain},
};

/// The limits that Pusher publishes.
const CHANNELS_MAX: usize = 100;
const NAME_MAX: usize = 164;
const EVENT_MAX: usize = 200;
const DATA_MAX: usize = 10_240;

/// An app of Pusher Channels, or of a server that speaks like it.
#[derive(Clone)]
pub struct App {
    /// [`cluster_url`], or another's.
    pub base_url: String,
    /// The app's id.
    pub id: String,
    /// Its key.
    pub key: String,
    /// Its secret.
    pub secret: String,
    /// The limit of time for a call.
    pub timeout: Duration,
}

/// One event for some channels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The channels, at least one.
    pub channels: Vec<String>,
    /// The event's name.
    pub event: String,
    /// What comes with it. A text is sent as it is, all else as JSON in a text.
    pub data: Value,
}

/// Where the API of a cluster such as `eu` is.
#[must_use]
pub fn cluster_url(cluster: &str) -> String {
    format!("https://api-{cluster}.pusher.com")
}

/// Whether this may be the name of a channel (and of an interest of Beams).
#[must_use]
pub fn is_name(text: &str) -> bool {
    let letter = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'-' | b'=' | b'@' | b',' | b'.' | b';')
    };
    !text.is_empty() && text.len() <= NAME_MAX && text.bytes().all(letter)
}

/// Triggers the event; `now_s` is the time in seconds, which Pusher compares with its own.
///
/// # Errors
/// When it breaks Pusher's rules, nobody answers, or Pusher refuses: then with its own text.
pub async fn trigger(
    outgoing: &Outgoing,
    app: &App,
    trigger: &Trigger,
    now_s: i64,
) -> Result<(), Problem> {
    let body = body(trigger)?;
    if !is_plain(&app.id) || !is_plain(&app.key) || app.secret.is_empty() {
        return Err(Problem::invalid("the Pusher app is not right"));
    }
    let path = format!("/apps/{}/events", app.id);
    let query = signed_query(app, &path, &body, now_s);
    let url = format!("{}{path}?{query}", base(&app.base_url));
    let request = Request::new(Method::Post, url)
        .body("application/json", body)
        .timeout(app.timeout);
    let answer = outgoing.ask(request).await?;
    if answer.is_success() {
        return Ok(());
    }
    Err(Problem::said(&answer, "code", &["error"]))
}

fn body(trigger: &Trigger) -> Result<String, Problem> {
    let Trigger {
        channels,
        event,
        data,
    } = trigger;
    if channels.is_empty() || channels.len() > CHANNELS_MAX {
        return Err(Problem::invalid("an event takes 1 to 100 channels"));
    }
    if let Some(odd) = channels.iter().find(|name| !is_name(name)) {
        return Err(Problem::invalid(format!("{odd:?} is no channel's name")));
    }
    if event.is_empty() || event.chars().count() > EVENT_MAX {
        return Err(Problem::invalid("an event's name has 1 to 200 characters"));
    }
    let data = match data {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if data.len() > DATA_MAX {
        return Err(Problem::invalid("an event's data takes 10 kB at most"));
    }
    Ok(json!({ "name": event, "channels": channels, "data": data }).to_string())
}

/// The query in the order in which it is signed, the signature last.
fn signed_query(app: &App, path: &str, body: &str, now_s: i64) -> String {
    let body_md5 = hex(&Md5::digest(body));
    let key = &app.key;
    let query =
        format!("auth_key={key}&auth_timestamp={now_s}&auth_version=1.0&body_md5={body_md5}");
    let mut mac = Hmac::<Sha256>::new_from_slice(app.secret.as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(format!("POST\n{path}\n{query}").as_bytes());
    let signature = hex(&mac.finalize().into_bytes());
    format!("{query}&auth_signature={signature}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::{App, Trigger, body, is_name, signed_query, trigger};
    use crate::adapters::{
        loopback::{Peer, Reply, client},
        vendor::Problem,
    };

    /// The example of Pusher's documentation of its REST API.
    fn app(base_url: String) -> App {
        App {
            base_url,
            id: "3".to_owned(),
            key: "278d425bdf160c739803".to_owned(),
            secret: "7ad3773142a6692b25b8".to_owned(),
            timeout: Duration::from_secs(5),
        }
    }

    fn documented() -> Trigger {
        Trigger {
            channels: vec!["project-3".to_owned()],
            event: "foo".to_owned(),
            data: json!({ "some": "data" }),
        }
    }

    const SIGNED: &str = "auth_key=278d425bdf160c739803&auth_timestamp=1353088179\
        &auth_version=1.0&body_md5=ec365a775a4cd0599faeb73354201b6f\
        &auth_signature=da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c";

    #[test]
    fn the_documented_example_is_signed_as_documented() {
        let body = body(&documented()).unwrap();
        assert_eq!(
            body,
            r#"{"name":"foo","channels":["project-3"],"data":"{\"some\":\"data\"}"}"#
        );
        let query = signed_query(&app(String::new()), "/apps/3/events", &body, 1_353_088_179);
        assert_eq!(query, SIGNED);
    }

    #[tokio::test]
    async fn the_request_is_the_documented_one() {
        let peer = Peer::start(|_| Reply::json(200, &json!({})));
        trigger(&client(), &app(peer.url("")), &documented(), 1_353_088_179)
            .await
            .unwrap();
        let request = &peer.received()[0];
        assert_eq!(request.method, "POST");
        assert_eq!(request.target, format!("/apps/3/events?{SIGNED}"));
        assert_eq!(request.header("content-type"), Some("application/json"));
        let sent: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(sent["data"], json!(r#"{"some":"data"}"#));
    }

    #[tokio::test]
    async fn pushers_refusal_is_told_in_its_words() {
        let peer = Peer::start(|_| Reply::new(401, "Invalid signature: you should have sent…\n"));
        let refused = trigger(&client(), &app(peer.url("")), &documented(), 0)
            .await
            .unwrap_err();
        assert_eq!(
            refused,
            Problem::Said {
                status: 401,
                code: None,
                text: "Invalid signature: you should have sent…".to_owned(),
            }
        );
    }

    #[test]
    fn pushers_limits_are_kept() {
        let with = |change: fn(&mut Trigger)| {
            let mut trigger = documented();
            change(&mut trigger);
            body(&trigger)
        };
        assert!(with(|trigger| trigger.channels = vec!["a".to_owned(); 100]).is_ok());
        assert!(with(|trigger| trigger.channels = vec!["a".to_owned(); 101]).is_err());
        assert!(with(|trigger| trigger.channels = Vec::new()).is_err());
        assert!(with(|trigger| trigger.channels = vec!["two words".to_owned()]).is_err());
        assert!(with(|trigger| trigger.data = json!("x".repeat(10_240))).is_ok());
        assert!(with(|trigger| trigger.data = json!("x".repeat(10_241))).is_err());
        assert!(with(|trigger| trigger.event = "e".repeat(201)).is_err());
        assert!(with(|trigger| trigger.event = String::new()).is_err());
        for name in [
            "private-user-12",
            "presence-a_b",
            "a=b@c,d.e;f",
            &"x".repeat(164),
        ] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "a b", "a/b", "a#b", "é", "a\n", &"x".repeat(165)] {
            assert!(!is_name(name), "{name}");
        }
    }
}
