//! Tokens from a peer on loopback that looks at what it is sent as Google does.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rsa::KeyPair,
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey},
};
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject};
use serde_json::{Value, json};

use super::{Access, Credentials, ServiceAccount, Tokens};
use crate::adapters::{
    loopback::{Peer, Reply, client},
    vendor::Problem,
};

const ACCOUNT: &str = include_str!("../../../tests/fixtures/google/service-account.json");
const SCOPE: &str = "https://www.googleapis.com/auth/dialogflow";
const NOW_S: i64 = 1_589_293_737;

fn access(peer: &Peer) -> Access {
    Access {
        base_url: peer.url("/"),
        credentials: Credentials::ServiceAccount(ServiceAccount::parse(ACCOUNT).unwrap()),
        scope: SCOPE,
        timeout: Duration::from_secs(5),
    }
}

/// Gives the tokens `t1`, `t2` and so on.
fn counting() -> Peer {
    let count = Arc::new(AtomicUsize::new(0));
    Peer::start(move |_| {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        let token = json!({
            "access_token": format!("t{number}"), "expires_in": 3_600, "token_type": "Bearer",
        });
        Reply::json(200, &token)
    })
}

fn field(form: &str, name: &str) -> String {
    let found = url::form_urlencoded::parse(form.as_bytes()).find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned()).unwrap()
}

#[tokio::test]
async fn the_assertion_is_signed_with_the_accounts_key() {
    let peer = counting();
    let (tokens, access) = (Tokens::default(), access(&peer));
    let token = tokens.token(&client(), &access, NOW_S).await.unwrap();
    assert_eq!(token, "t1");
    let request = &peer.received()[0];
    assert_eq!(
        (&*request.method, &*request.target),
        ("POST", "/token"),
        "as published"
    );
    assert_eq!(
        field(request.text(), "grant_type"),
        "urn:ietf:params:oauth:grant-type:jwt-bearer"
    );
    let assertion = field(request.text(), "assertion");
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let account: Value = serde_json::from_str(ACCOUNT).unwrap();
    let pem = account["private_key"].as_str().unwrap();
    let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).unwrap();
    let pair = KeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key());
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    public.verify(signed.as_bytes(), &signature).unwrap();
    assert!(
        public.verify(b"another text", &signature).is_err(),
        "a signature is of one text"
    );
    let part = |number: usize| -> Value {
        let text = signed.split('.').nth(number).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
    };
    assert_eq!(
        part(0),
        json!({"alg": "RS256", "typ": "JWT", "kid": "1f2e3d4c"})
    );
    assert_eq!(
        part(1),
        json!({
            "iss": "chat@example.iam.gserviceaccount.com", "scope": SCOPE,
            "aud": "https://oauth2.googleapis.com/token", "iat": NOW_S, "exp": NOW_S + 3_600,
        })
    );
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_its_end() {
    let peer = counting();
    let (tokens, access, client) = (Tokens::default(), access(&peer), client());
    for (after_s, expected) in [(0, "t1"), (3_299, "t1"), (3_300, "t2"), (6_000, "t2")] {
        let token = tokens.token(&client, &access, NOW_S + after_s).await;
        assert_eq!(token.unwrap(), expected, "after {after_s} s");
    }
    // Another's credentials have a token of their own.
    let other = Access {
        credentials: Credentials::Consent {
            client_id: "id".to_owned(),
            client_secret: "secret".to_owned(),
            refresh_token: "1//refresh".to_owned(),
        },
        ..access.clone()
    };
    let token = tokens.token(&client, &other, NOW_S).await.unwrap();
    assert_eq!(token, "t3");
    assert_eq!(
        peer.received()[2].text(),
        "grant_type=refresh_token&client_id=id&client_secret=secret&refresh_token=1%2F%2Frefresh"
    );
    // One that was refused gives way once, however many were refused it.
    let refused = |token| tokens.instead_of(token, &client, &access, NOW_S + 6_000);
    assert_eq!(refused("t2").await.unwrap(), "t4");
    assert_eq!(refused("t2").await.unwrap(), "t4");
    assert_eq!(
        tokens
            .new_token(&client, &access, NOW_S + 6_000)
            .await
            .unwrap(),
        "t5"
    );
    assert_eq!(peer.received().len(), 5);
}

#[tokio::test]
async fn many_who_ask_at_once_are_one() {
    let peer = counting();
    let (tokens, access, client) = (Tokens::default(), access(&peer), client());
    let all = (0..20).map(|_| tokens.token(&client, &access, NOW_S));
    let got = futures::future::join_all(all).await;
    assert!(got.iter().all(|token| token.as_ref().unwrap() == "t1"));
    assert_eq!(peer.received().len(), 1);
}

#[tokio::test]
async fn refusals_and_odd_answers_are_told_and_not_kept() {
    let count = Arc::new(AtomicUsize::new(0));
    let peer = Peer::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::json(
            400,
            &json!({"error": "invalid_grant", "error_description": "Bad Request"}),
        ),
        1 => Reply::json(200, &json!({"access_token": "a\r\nb"})),
        _ => Reply::json(200, &json!({"access_token": "t"})),
    });
    let (tokens, access, client) = (Tokens::default(), access(&peer), client());
    let refused = tokens.token(&client, &access, NOW_S).await.unwrap_err();
    assert_eq!(refused.to_string(), "invalid_grant: Bad Request");
    let odd = tokens.token(&client, &access, NOW_S).await.unwrap_err();
    assert!(matches!(odd, Problem::Said { status: 200, .. }), "{odd:?}");
    assert_eq!(tokens.token(&client, &access, NOW_S).await.unwrap(), "t");
}

#[test]
fn what_is_no_key_says_so_and_is_not_repeated() {
    let wrong = |change: fn(&mut Value)| {
        let mut account: Value = serde_json::from_str(ACCOUNT).unwrap();
        change(&mut account);
        ServiceAccount::parse(&account.to_string()).err().unwrap()
    };
    assert!(ServiceAccount::parse("s3cret").is_err_and(|why| !why.contains("s3cret")));
    assert!(
        wrong(|account| account["type"] = json!("authorized_user")).contains("service account")
    );
    assert!(wrong(|account| account["client_email"] = Value::Null).contains("client_email"));
    let mended = wrong(|account| account["private_key"] = json!("s3cret"));
    assert!(mended.contains("RSA") && !mended.contains("s3cret"));
    let account = ServiceAccount::parse(ACCOUNT).unwrap();
    assert_eq!(account.project(), Some("example"));
}
