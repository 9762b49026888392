//! Google's OAuth: a token for an assertion that the service account has signed, or for a consent.

use std::collections::{HashMap, HashSet};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rsa::KeyPair;
use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject};
use serde_json::{Value, json};

/// The service account that is known here, as Google's console writes it. The key opens nothing.
pub const ACCOUNT: &str = include_str!("../../fixtures/google/service-account.json");
/// The OAuth client that is known here.
pub const CLIENT_ID: &str = "1000.apps.googleusercontent.com";
/// Its secret.
pub const CLIENT_SECRET: &str = "GOCSPX-s3cret";
/// The consent that was given to it.
pub const REFRESH_TOKEN: &str = "1//r3fresh";

/// The tokens that were given.
#[derive(Default)]
pub struct Tokens {
    given: usize,
    good: HashSet<String>,
}

impl Tokens {
    pub fn is_good(&self, token: &str) -> bool {
        self.good.contains(token)
    }

    pub fn given(&self) -> usize {
        self.given
    }

    pub fn revoke(&mut self) {
        self.good.clear();
    }

    /// Answers a request for a token.
    pub fn give(&mut self, body: &[u8]) -> (u16, Value) {
        let form: HashMap<String, String> =
            url::form_urlencoded::parse(body).into_owned().collect();
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        let right = match field("grant_type") {
            "refresh_token" => {
                field("client_id") == CLIENT_ID
                    && field("client_secret") == CLIENT_SECRET
                    && field("refresh_token") == REFRESH_TOKEN
            }
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => {
                is_signed(field("assertion")).is_some()
            }
            _ => false,
        };
        if !right {
            let refused = json!({
                "error": "invalid_grant", "error_description": "Invalid JWT Signature.",
            });
            return (400, refused);
        }
        self.given += 1;
        let token = format!("ya29.t0ken-{}", self.given);
        self.good.insert(token.clone());
        let answer = json!({"access_token": token, "expires_in": 3_599, "token_type": "Bearer"});
        (200, answer)
    }
}

/// Whether a JWT is the service account's, for Dialogflow, and of now.
fn is_signed(assertion: &str) -> Option<()> {
    let account: Value = serde_json::from_str(ACCOUNT).expect("the account is JSON");
    let (signed, signature) = assertion.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let pem = account["private_key"].as_str().expect("a key");
    let key = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).expect("a key in PEM");
    let pair = KeyPair::from_pkcs8(key.secret_pkcs8_der()).expect("an RSA key");
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key())
        .verify(signed.as_bytes(), &signature)
        .ok()?;
    let (head, claims) = signed.split_once('.')?;
    let part = |text: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    };
    let (head, claims) = (part(head)?, part(claims)?);
    let (from, until) = (claims["iat"].as_i64()?, claims["exp"].as_i64()?);
    let now = now_s();
    let right = head["alg"] == "RS256"
        && head["kid"] == account["private_key_id"]
        && claims["iss"] == account["client_email"]
        && claims["aud"] == "https://oauth2.googleapis.com/token"
        && claims["scope"] == "https://www.googleapis.com/auth/dialogflow"
        && until - from <= 3_600
        && (from - 60..until).contains(&now);
    right.then_some(())
}

#[expect(clippy::disallowed_methods, reason = "Google has a clock of its own")]
fn now_s() -> i64 {
    chrono::Utc::now().timestamp()
}
