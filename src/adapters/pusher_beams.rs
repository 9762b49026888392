//! Pusher Beams: web push to all devices of some interests.
//!
//! `POST /publish_api/v1/instances/{instance}/publishes/interests` with a bearer.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    outgoing::Outgoing,
    pusher_channels::is_name,
    request::{Method, Request},
    vendor::{Problem, base, is_plain},
};

/// The most interests of one publish.
const INTERESTS_MAX: usize = 100;

/// An instance of Pusher Beams, or of a server that speaks like it.
#[derive(Clone)]
pub struct Instance {
    /// [`instance_url`], or another's.
    pub base_url: String,
    /// The instance's id.
    pub id: String,
    /// Its secret key.
    pub secret_key: String,
    /// The limit of time for a call.
    pub timeout: Duration,
}

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notification {
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
    /// URL of a picture.
    pub icon: Option<String>,
    /// URL that a click opens.
    pub deep_link: Option<String>,
}

/// Where the API of an instance is.
#[must_use]
pub fn instance_url(id: &str) -> String {
    format!("https://{id}.pushnotifications.pusher.com")
}

/// Says whether a push can go to these interests.
///
/// # Errors
/// Which of Pusher's rules they break, in a sentence.
pub fn check(interests: &[String]) -> Result<(), String> {
    if interests.is_empty() || interests.len() > INTERESTS_MAX {
        return Err("a push takes 1 to 100 interests".to_owned());
    }
    match interests.iter().find(|name| !is_name(name)) {
        Some(odd) => Err(format!("{odd:?} is no interest's name")),
        None => Ok(()),
    }
}

/// Publishes, and gives Pusher's id of the publish.
///
/// # Errors
/// When it breaks Pusher's rules, nobody answers, or Pusher refuses: then with its own text.
pub async fn publish(
    outgoing: &Outgoing,
    instance: &Instance,
    interests: &[String],
    notification: &Notification,
) -> Result<String, Problem> {
    if !is_plain(&instance.id) {
        return Err(Problem::invalid("the push instance's ID is not right"));
    }
    check(interests).map_err(Problem::Invalid)?;
    let url = format!(
        "{}/publish_api/v1/instances/{}/publishes/interests",
        base(&instance.base_url),
        instance.id
    );
    let request = Request::new(Method::Post, url)
        .bearer(&instance.secret_key)
        .json(&json!({ "interests": interests, "web": { "notification": shown(notification) } }))
        .timeout(instance.timeout);
    let answer = outgoing.ask(request).await?;
    if !answer.is_success() {
        return Err(Problem::said(&answer, "code", &["error", "description"]));
    }
    let id = answer.json().and_then(|json| {
        let id = json.get("publishId")?.as_str()?;
        Some(id.to_owned())
    });
    id.ok_or_else(|| Problem::odd(&answer, "publishId"))
}

fn shown(notification: &Notification) -> Value {
    let mut shown = json!({ "title": notification.title, "body": notification.body });
    for (name, url) in [
        ("icon", &notification.icon),
        ("deep_link", &notification.deep_link),
    ] {
        if let Some(url) = url {
            shown[name] = json!(url);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::{Instance, Notification, publish};
    use crate::adapters::{
        loopback::{Peer, Reply, client},
        vendor::Problem,
    };

    const ID: &str = "c7fe3a5d-0000-4000-8000-000000000001";

    async fn push(peer: &Peer, interests: &[&str]) -> Result<String, Problem> {
        let instance = Instance {
            base_url: peer.url(""),
            id: ID.to_owned(),
            secret_key: "s3cret".to_owned(),
            timeout: Duration::from_secs(5),
        };
        let interests: Vec<String> = interests.iter().map(|name| (*name).to_owned()).collect();
        let notification = Notification {
            title: "Ann".to_owned(),
            body: "Hello".to_owned(),
            icon: Some("https://chat.example/ann.png".to_owned()),
            deep_link: None,
        };
        publish(&client(), &instance, &interests, &notification).await
    }

    #[tokio::test]
    async fn the_request_is_as_published_and_gives_the_publish() {
        let peer = Peer::start(|_| Reply::json(200, &json!({ "publishId": "pubid-1" })));
        let id = push(&peer, &["agents", "user-12"]).await.unwrap();
        assert_eq!(id, "pubid-1");
        let request = &peer.received()[0];
        assert_eq!(request.method, "POST");
        assert_eq!(
            request.target,
            format!("/publish_api/v1/instances/{ID}/publishes/interests")
        );
        assert_eq!(request.header("authorization"), Some("Bearer s3cret"));
        let sent: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(
            sent,
            json!({
                "interests": ["agents", "user-12"],
                "web": { "notification": {
                    "title": "Ann", "body": "Hello", "icon": "https://chat.example/ann.png",
                } },
            })
        );
    }

    #[tokio::test]
    async fn pushers_refusals_are_told_in_its_words() {
        for (status, error, description) in [
            (400, "Bad request", "interests: must not be empty"),
            (401, "Unauthorized", "Incorrect API Key"),
            (404, "Instance not found", "Could not find the instance"),
            (422, "Unprocessable", "web payload too large"),
        ] {
            let answer = json!({ "error": error, "description": description });
            let peer = Peer::start(move |_| Reply::json(status, &answer));
            let refused = push(&peer, &["agents"]).await.unwrap_err();
            assert_eq!(refused.to_string(), format!("{error}: {description}"));
            assert!(!refused.is_transient());
        }
        let peer = Peer::start(|_| Reply::json(200, &json!({})));
        let odd = push(&peer, &["agents"]).await.unwrap_err();
        assert_eq!(odd.to_string(), "the answer has no publishId");
    }

    #[tokio::test]
    async fn what_beams_would_not_take_is_not_sent() {
        let peer = Peer::start(|_| Reply::json(200, &json!({ "publishId": "pubid-1" })));
        let many = vec!["a"; 101];
        for interests in [&[][..], &many, &["two words"], &["é"]] {
            let refused = push(&peer, interests).await;
            assert!(matches!(refused, Err(Problem::Invalid(_))), "{refused:?}");
        }
        assert_eq!(peer.connections(), 0);
        assert!(push(&peer, &many[..100]).await.is_ok());
    }
}
