//! Calls, pages and refusals with a peer on loopback; and places that lead nowhere else.

use std::time::Duration;

use serde_json::json;

use super::{Agent, Call, Place, SCOPE, place, resource_id};
use crate::adapters::{
    google_oauth::{Access, Credentials, Tokens},
    loopback::{Peer, Received, Reply, client},
    vendor::Problem,
};

/// Gives tokens that tell how many were given, and hands everything else on.
fn google(answer: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Peer {
    let given = std::sync::atomic::AtomicUsize::new(0);
    Peer::start(move |request| {
        if request.target == "/token" {
            let number = given.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
            let token = json!({"access_token": format!("t{number}"), "expires_in": 3_600});
            return Reply::json(200, &token);
        }
        answer(request)
    })
}

struct Rig {
    outgoing: super::Outgoing,
    tokens: Tokens,
}

impl Rig {
    fn new() -> Self {
        Self {
            outgoing: client(),
            tokens: Tokens::default(),
        }
    }

    fn agent(&self, peer: &Peer) -> Agent<'_> {
        let timeout = Duration::from_secs(5);
        Agent {
            outgoing: &self.outgoing,
            tokens: &self.tokens,
            access: Access {
                base_url: peer.url(""),
                credentials: Credentials::Consent {
                    client_id: "id".to_owned(),
                    client_secret: "s3cret".to_owned(),
                    refresh_token: "r3fresh".to_owned(),
                },
                scope: SCOPE,
                timeout,
            },
            base_url: peer.url("/"),
            project: "example".to_owned(),
            given: None,
            timeout,
        }
    }
}

fn asked(peer: &Peer) -> Vec<String> {
    let line = |request: &Received| {
        let token = request.header("authorization").unwrap_or_default();
        format!("{} {} {token}", request.method, request.target)
    };
    let received = peer.received();
    let mut lines: Vec<_> = received.iter().map(line).collect();
    lines.retain(|line| !line.starts_with("POST /token"));
    lines
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let peer = google(|request| {
        let page = match request.target.split("pageToken=").nth(1) {
            None => json!({"intents": [{"n": 1}, {"n": 2}], "nextPageToken": "a b"}),
            Some("a+b") => json!({"nextPageToken": "c"}),
            Some("c") => json!({"intents": [{"n": 3}]}),
            Some(other) => panic!("{other}"),
        };
        Reply::json(200, &page)
    });
    let rig = Rig::new();
    let place = Place::new("/agent/intents").unwrap().language(Some("es"));
    let rows = rig.agent(&peer).list(&place, "intents").await.unwrap();
    assert_eq!(rows, [json!({"n": 1}), json!({"n": 2}), json!({"n": 3})]);
    let first = "GET /v2/projects/example/agent/intents?languageCode=es&pageSize=1000";
    assert_eq!(
        asked(&peer),
        [
            format!("{first} Bearer t1"),
            format!("{first}&pageToken=a+b Bearer t1"),
            format!("{first}&pageToken=c Bearer t1"),
        ]
    );
    let endless = google(|_| Reply::json(200, &json!({"nextPageToken": "again"})));
    let refused = rig.agent(&endless).list(&place, "intents").await;
    assert!(matches!(refused, Err(Problem::Said { .. })), "{refused:?}");
    assert_eq!(asked(&endless).len(), 10);
}

#[tokio::test]
async fn a_refused_token_gives_way_once() {
    let peer = google(|request| match request.header("authorization") {
        Some("Bearer t2") => Reply::json(200, &json!({"displayName": "Shop"})),
        _ => Reply::json(401, &json!({"error": {"code": 401, "message": "Expired."}})),
    });
    let rig = Rig::new();
    let call = Call::get(Place::new("/agent").unwrap());
    let agent = rig.agent(&peer).call(&call).await.unwrap();
    assert_eq!(agent["displayName"], "Shop");
    let mut with_theirs = rig.agent(&peer);
    with_theirs.given = Some("theirs".to_owned());
    with_theirs.call(&call).await.unwrap();
    let tokens: Vec<_> = asked(&peer)
        .iter()
        .map(|line| line.rsplit(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(tokens, ["t1", "t2", "theirs", "t2"]);
    let never = google(|_| Reply::json(401, &json!({"error": {"message": "Never."}})));
    let refused = rig.agent(&never).call(&call).await.unwrap_err();
    assert_eq!(refused.to_string(), "Never.");
    assert_eq!(asked(&never).len(), 2);
}

#[tokio::test]
async fn dialogflows_refusal_is_told_in_its_words() {
    let peer = google(|_| {
        let error = json!({"error": {"code": 404, "message": "No\nAgent.", "status": "NOT_FOUND"}});
        Reply::json(404, &error)
    });
    let rig = Rig::new();
    let call = Call::get(Place::new("/agent").unwrap());
    let refused = rig.agent(&peer).call(&call).await.unwrap_err();
    let expected = Problem::Said {
        status: 404,
        code: Some("NOT_FOUND".to_owned()),
        text: "No Agent.".to_owned(),
    };
    assert_eq!(refused, expected);
    let odd = google(|_| Reply::new(200, "[1]"));
    let refused = rig.agent(&odd).call(&call).await.unwrap_err();
    assert_eq!(refused.to_string(), "the answer has no JSON object");
}

#[test]
fn a_place_is_below_the_project() {
    let text = |given: &str| place(given).unwrap().text();
    assert_eq!(text("agent"), "/agent");
    assert_eq!(
        text("/agent/environments/-/users/-/sessions/3:detectIntent"),
        "/agent/environments/-/users/-/sessions/3:detectIntent"
    );
    assert_eq!(
        text("/agent/intents?languageCode=pt-BR&pageToken=a/../b@c"),
        "/agent/intents?languageCode=pt-BR&pageToken=a%2F..%2Fb%40c"
    );
    for wrong in [
        "",
        "/",
        "//evil.example",
        "//evil.example/agent",
        "/agent//intents",
        "/agent/",
        "..",
        "/../other",
        "/agent/../../other",
        "/agent/./x",
        "/agent/..",
        "@evil.example",
        "/a@evil.example",
        "https://evil.example/",
        "http:/\\evil",
        "http:/evil.example",
        "/agent:x/y",
        "/agent:",
        "/agent:8080",
        "\\\\evil",
        "/agent/%2e%2e/x",
        "/agent#x",
        "/agent x",
        "/agent\n",
        "/agent/\u{ff0e}\u{ff0e}/x",
        "/agent/é",
        "?x=1",
        " /agent",
    ] {
        assert!(place(wrong).is_err(), "{wrong:?}");
    }
    let detect = place("/agent/sessions/3:detectIntent").unwrap();
    assert!(detect.is_method("detectIntent") && !detect.is_method("Intent"));
}

#[test]
fn resources_are_named_by_id_or_by_their_whole_name() {
    let id = |name| resource_id(name, "example", "intents");
    assert_eq!(id("7b1f-22"), Ok("7b1f-22"));
    assert_eq!(id(" projects/example/agent/intents/7b1f"), Ok("7b1f"));
    for wrong in [
        "projects/other/agent/intents/7b1f",
        "projects/example/agent/entityTypes/7b1f",
        "projects/example/agent/intents/",
        "../x",
        "",
    ] {
        assert!(id(wrong).is_err(), "{wrong:?}");
    }
}
