use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

use super::{
    Change, Post, Problem, Workspace, change, channels, create, email, invite, is_active, members,
    post,
};
use crate::adapters::{
    loopback::{Peer, Received, Reply, client},
    outgoing,
    vendor::{self, base},
};

fn workspace(peer: &Peer) -> Workspace {
    Workspace {
        base_url: peer.url("/api/"),
        token: "xoxb-1".to_owned(),
        timeout: Duration::from_secs(5),
        deadline: Instant::now() + Duration::from_secs(5),
    }
}

/// A request as the fixture of Slack's own client describes it.
fn told(request: &Received) -> Value {
    let kind = request.header("content-type").unwrap();
    let fields: Map<String, Value> = match kind {
        "application/json" => serde_json::from_slice(&request.body).unwrap(),
        _ => url::form_urlencoded::parse(&request.body)
            .map(|(name, value)| (name.into_owned(), json!(value)))
            .collect(),
    };
    json!({
        "verb": request.method, "path": request.target, "kind": kind, "fields": fields,
        "authorization": request.header("authorization"),
    })
}

/// Answers as Slack does where it is asked for what the fixture's calls ask for.
fn obliging(request: &Received) -> Reply {
    let first = json!({"next_cursor": "dGVhbQ=="});
    let is_first = !request.text().contains("cursor=");
    let next = if is_first { first } else { json!({}) };
    Reply::json(
        200,
        &json!({
            "ok": true, "ts": "1.2", "channel": {"id": "C1", "name": "john-doe-3"},
            "channels": [{"id": "C1"}], "members": [{"id": "U1"}], "presence": "active",
            "user": {"id": "U1", "profile": {"email": "ada@example.com"}},
            "response_metadata": next,
        }),
    )
}

#[tokio::test]
async fn requests_are_those_of_slacks_own_client() {
    let peer = Peer::start(obliging);
    let (out, slack) = (client(), workspace(&peer));
    let john = Post {
        channel: "C1".to_owned(),
        text: "Hello & <b>".to_owned(),
        username: Some("John Doe".to_owned()),
        icon_url: Some("https://chat.example/a.png".to_owned()),
        blocks: None,
    };
    assert_eq!(post(&out, &slack, &john).await.unwrap(), "1.2");
    let blocks = json!([{"type": "section", "text": {"type": "mrkdwn", "text": "Come"}}]);
    let note = Post {
        channel: "C1".to_owned(),
        text: "Come".to_owned(),
        blocks: Some(blocks),
        ..Post::default()
    };
    post(&out, &slack, &note).await.unwrap();
    let made = create(&out, &slack, "john-doe-3").await.unwrap();
    assert_eq!((made.id.as_str(), made.name.as_str()), ("C1", "john-doe-3"));
    for what in [Change::Archive, Change::Unarchive, Change::Join] {
        change(&out, &slack, what, "C1").await.unwrap();
    }
    invite(&out, &slack, "C1", "U1").await.unwrap();
    assert_eq!(channels(&out, &slack, true).await.unwrap().len(), 2);
    assert_eq!(members(&out, &slack).await.unwrap().len(), 2);
    let address = email(&out, &slack, "U1").await.unwrap();
    assert_eq!(address.as_deref(), Some("ada@example.com"));
    assert!(is_active(&out, &slack, "U1").await.unwrap());

    let sdk: Value = serde_json::from_str(include_str!("sdk.json")).unwrap();
    let expected = sdk["requests"].as_array().unwrap();
    let received = peer.received();
    // A list's first page is asked for without a cursor, which the fixture has not.
    let is_page = |request: &&Received| request.target.contains(".list");
    let second: Vec<_> = received.iter().filter(is_page).skip(1).step_by(2).collect();
    let others = received.iter().filter(|request| !is_page(request));
    let mut sent: Vec<Value> = others.map(told).collect();
    let at = sent.len() - 2;
    sent.splice(at..at, second.into_iter().map(told));
    assert_eq!(Value::from(sent), Value::from(expected.clone()));
    assert_eq!(base(&slack.base_url), peer.url("/api"));
}

#[tokio::test]
async fn slacks_refusals_are_told_in_its_words() {
    let peer = Peer::start(|_| {
        let refusal = json!({"ok": false, "error": "missing_scope", "needed": "channels:manage"});
        Reply::json(200, &refusal)
    });
    let (out, slack) = (client(), workspace(&peer));
    let refused = create(&out, &slack, "x").await.unwrap_err();
    assert_eq!(refused.code(), Some("missing_scope"));
    assert_eq!(refused.to_string(), "missing_scope: channels:manage");
    let odd = Peer::start(|_| Reply::new(200, "<html>"));
    let refused = members(&out, &workspace(&odd)).await.unwrap_err();
    assert_eq!(refused.code(), None);
    let lacking = Peer::start(|_| Reply::json(200, &json!({"ok": true})));
    assert!(members(&out, &workspace(&lacking)).await.is_err());
    assert!(create(&out, &workspace(&lacking), "x").await.is_err());
}

#[tokio::test]
async fn a_short_pause_is_kept_and_a_long_one_told() {
    let asked = AtomicUsize::new(0);
    let peer = Peer::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::json(429, &json!({"ok": false, "error": "ratelimited"}))
            .header("Retry-After", "1"),
        1 => Reply::json(200, &json!({"ok": true, "presence": "away"})),
        _ => Reply::new(429, "").header("Retry-After", "30"),
    });
    let (out, slack) = (client(), workspace(&peer));
    let started = Instant::now();
    assert!(!is_active(&out, &slack, "U1").await.unwrap());
    assert!(started.elapsed() >= Duration::from_secs(1));
    let limited = is_active(&out, &slack, "U1").await;
    assert_eq!(limited, Err(Problem::Limited(Duration::from_secs(30))));
    assert_eq!(peer.connections(), 3, "nobody waits for half a minute");
}

#[tokio::test]
async fn nobody_there_and_silence_end_in_time() {
    let peer = Peer::start(|_| Reply::silence());
    let mut slack = workspace(&peer);
    slack.deadline = Instant::now() + Duration::from_millis(200);
    for _ in 0..2 {
        let late = is_active(&client(), &slack, "U1").await.unwrap_err();
        let timed_out = |problem: &Problem| {
            let Problem::Vendor(vendor::Problem::Unanswered(problem)) = problem else {
                return false;
            };
            matches!(problem, outgoing::Problem::TimedOut(_))
        };
        assert!(timed_out(&late), "{late:?}");
        assert!(!late.to_string().contains("xoxb-1"));
    }
    assert_eq!(peer.connections(), 1, "after the deadline nobody is asked");
}

#[tokio::test]
async fn cursors_that_never_end_do() {
    let asked = AtomicUsize::new(0);
    let peer = Peer::start(move |_| {
        let cursor = asked.fetch_add(1, Ordering::SeqCst).to_string();
        Reply::json(
            200,
            &json!({"ok": true, "channels": [], "response_metadata": {"next_cursor": cursor}}),
        )
    });
    let endless = channels(&client(), &workspace(&peer), false).await;
    assert!(
        matches!(&endless, Err(Problem::Vendor(vendor::Problem::Invalid(_)))),
        "{endless:?}"
    );
    assert_eq!(peer.connections(), 50);
}
