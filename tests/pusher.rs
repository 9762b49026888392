//! An event for Pusher, whose signature is checked as Pusher checks it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::{Digest as _, Md5};
use serde_json::json;
use sha2::Sha256;

use crate::harness::{Engine, LOOPBACK, Setup, Vendor};

const KEY: &str = "278d425bdf160c739803";
const SECRET: &str = "7ad3773142a6692b25b8";
/// How far a request's time may be from Pusher's own, in seconds.
const DRIFT_MAX: u64 = 600;

#[tokio::test]
async fn an_event_is_signed_so_that_pusher_takes_it() {
    let pusher = Vendor::answering(200, json!({})).await;
    let config = format!("{LOOPBACK}pusher_channels_url = \"{}\"\n", pusher.url);
    let server = Setup::on(Engine::Sqlite).config(&config).start().await;
    let settings = json!({
        "pusher-id": "3", "pusher-key": KEY, "pusher-secret": SECRET, "pusher-cluster": "eu",
    });
    server.save(settings).await;
    let event =
        json!({"channel": "private-user-3", "event": "new", "data": {"text": "Grüße & 猫"}});
    assert_eq!(server.ok("pusher-trigger", event).await, json!(true));

    let asked = pusher.asked().remove(0);
    let (target, query) = asked.what.split_once('?').expect("a query");
    let (method, path) = target.split_once(' ').expect("a method");
    assert_eq!((method, path), ("POST", "/apps/3/events"));
    let pairs = query
        .split('&')
        .map(|pair| pair.split_once('=').expect("a pair"));
    let mut signed: BTreeMap<_, _> = pairs.collect();
    let signature = signed.remove("auth_signature").expect("a signature");
    let names: Vec<_> = signed.keys().copied().collect();
    assert_eq!(
        names,
        ["auth_key", "auth_timestamp", "auth_version", "body_md5"]
    );
    assert_eq!((signed["auth_key"], signed["auth_version"]), (KEY, "1.0"));
    assert_eq!(signed["body_md5"], hex(&Md5::digest(&asked.body)));
    let now = std::time::UNIX_EPOCH
        .elapsed()
        .expect("after 1970")
        .as_secs();
    let time: u64 = signed["auth_timestamp"].parse().expect("seconds");
    assert!(now.abs_diff(time) < DRIFT_MAX, "{time} at {now}");
    let sorted: Vec<_> = signed
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key");
    mac.update(format!("{method}\n{path}\n{}", sorted.join("&")).as_bytes());
    assert_eq!(signature, hex(&mac.finalize().into_bytes()));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes all");
        text
    })
}
