//! Google's access tokens: asked for with a service account's key or a refresh token, and kept in
//! memory until shortly before they end.
//!
//! `POST /token`: a JWT that the service account signs (RFC 7523, RS256), or the refresh token
//! (RFC 6749, section 6). Neither a key nor a token is ever written anywhere.

mod jwt;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, WeakShared},
};
use serde_json::Value;

pub use jwt::ServiceAccount;

use super::{
    outgoing::Outgoing,
    request::{Method, Request},
    vendor::{Problem, base},
};

/// Where Google's OAuth is.
pub const BASE_URL: &str = "https://oauth2.googleapis.com";
/// A token is asked for anew this long before it ends, so that none ends under way.
const MARGIN_S: i64 = 300;
/// How long a token lasts when the answer does not say.
const LIFE_S: i64 = 3_600;
/// The most tokens that are kept: credentials change by the settings alone.
const KEPT_MAX: usize = 32;

/// What proves to Google who we are.
#[derive(Clone)]
pub enum Credentials {
    /// A service account's key.
    ServiceAccount(ServiceAccount),
    /// A person's consent.
    Consent {
        /// The OAuth client's ID.
        client_id: String,
        /// Its secret.
        client_secret: String,
        /// The refresh token that the consent gave.
        refresh_token: String,
    },
}

/// Who asks for access to what.
#[derive(Clone)]
pub struct Access {
    /// [`BASE_URL`], or another's.
    pub base_url: String,
    /// Who asks.
    pub credentials: Credentials,
    /// To what; a refresh token knows that by itself.
    pub scope: &'static str,
    /// The limit of time for a call.
    pub timeout: Duration,
}

/// An access token.
#[derive(Clone)]
struct Token {
    text: String,
    ends_s: i64,
}

/// A new token under way, which all who wait for it drive; it ends with the last of them.
type Renewal = BoxFuture<'static, Result<String, Problem>>;

/// Where the token of some credentials is.
enum Place {
    Kept(Token),
    Renewed(WeakShared<Renewal>),
}

type Places = Arc<Mutex<HashMap<[u8; 32], Place>>>;

/// The access tokens that were given, by credentials.
#[derive(Default)]
pub struct Tokens(Places);

impl Tokens {
    /// A token that lasts a while yet. Of many who ask at once one speaks to Google, and all hear what
    /// that said, a failure too: nobody waits for longer than one call takes.
    ///
    /// # Errors
    /// When nobody answers, or Google refuses: then with its own words.
    pub async fn token(
        &self,
        outgoing: &Outgoing,
        access: &Access,
        now_s: i64,
    ) -> Result<String, Problem> {
        let lasts = |kept: &Token| kept.lasts(now_s);
        self.kept_or_new(lasts, outgoing, access, now_s).await
    }

    /// A new token in the place of one that was refused before its time; of all who were refused
    /// the same one, the first asks.
    ///
    /// # Errors
    /// As with [`Tokens::token`].
    pub async fn instead_of(
        &self,
        refused: &str,
        outgoing: &Outgoing,
        access: &Access,
        now_s: i64,
    ) -> Result<String, Problem> {
        let is_other = |kept: &Token| kept.text != refused && kept.lasts(now_s);
        self.kept_or_new(is_other, outgoing, access, now_s).await
    }

    /// A new token, whatever is kept; it is kept from now on.
    ///
    /// # Errors
    /// As with [`Tokens::token`].
    pub async fn new_token(
        &self,
        outgoing: &Outgoing,
        access: &Access,
        now_s: i64,
    ) -> Result<String, Problem> {
        self.kept_or_new(|_| false, outgoing, access, now_s).await
    }

    async fn kept_or_new(
        &self,
        is_good: impl FnOnce(&Token) -> bool,
        outgoing: &Outgoing,
        access: &Access,
        now_s: i64,
    ) -> Result<String, Problem> {
        let key = access.key();
        let renewal = {
            let mut places = locked(&self.0);
            let under_way = match places.get(&key) {
                Some(Place::Kept(token)) if is_good(token) => return Ok(token.text.clone()),
                // Nobody drives one whose last waiter is gone: it is not there any more.
                Some(Place::Renewed(renewal)) => renewal.upgrade(),
                Some(Place::Kept(_)) | None => None,
            };
            under_way.unwrap_or_else(|| {
                let renewal = renewed(Arc::clone(&self.0), outgoing.clone(), access.clone(), now_s);
                let renewal = renewal.boxed().shared();
                if places.len() >= KEPT_MAX && !places.contains_key(&key) {
                    places.clear();
                }
                let weak = renewal.downgrade().expect("it has not been polled yet");
                places.insert(key, Place::Renewed(weak));
                renewal
            })
        };
        renewal.await
    }
}

impl Token {
    fn lasts(&self, now_s: i64) -> bool {
        self.ends_s - MARGIN_S > now_s
    }
}

/// Nothing in here can panic halfway, so what a panic elsewhere left is whole.
fn locked(places: &Places) -> MutexGuard<'_, HashMap<[u8; 32], Place>> {
    places.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks for a token, and keeps it in its place; a failure is not kept.
async fn renewed(
    places: Places,
    outgoing: Outgoing,
    access: Access,
    now_s: i64,
) -> Result<String, Problem> {
    let asked = ask(&outgoing, &access, now_s).await;
    let mut places = locked(&places);
    places.remove(&access.key());
    let token = asked?;
    let text = token.text.clone();
    places.insert(access.key(), Place::Kept(token));
    Ok(text)
}

impl Access {
    /// Names these credentials without holding them.
    fn key(&self) -> [u8; 32] {
        let parts = match &self.credentials {
            Credentials::ServiceAccount(account) => {
                ["key", account.email(), account.private_key(), self.scope]
            }
            Credentials::Consent {
                client_id,
                client_secret,
                refresh_token,
            } => [client_id, client_secret, refresh_token, self.scope],
        };
        let mut hasher = blake3::Hasher::new();
        for part in parts.into_iter().chain([self.base_url.as_str()]) {
            hasher.update(&part.len().to_be_bytes());
            hasher.update(part.as_bytes());
        }
        *hasher.finalize().as_bytes()
    }
}

async fn ask(outgoing: &Outgoing, access: &Access, now_s: i64) -> Result<Token, Problem> {
    let assertion;
    let fields = match &access.credentials {
        Credentials::ServiceAccount(account) => {
            assertion = account.assertion(access.scope, now_s)?;
            vec![
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                ("assertion", &*assertion),
            ]
        }
        Credentials::Consent {
            client_id,
            client_secret,
            refresh_token,
        } => vec![
            ("grant_type", "refresh_token"),
            ("client_id", client_id),
            ("client_secret", client_secret),
            ("refresh_token", refresh_token),
        ],
    };
    let request = Request::new(Method::Post, format!("{}/token", base(&access.base_url)))
        .form(&fields)
        .timeout(access.timeout)
        .repeatable();
    let answer = outgoing.ask(request).await?;
    if !answer.is_success() {
        return Err(Problem::said(
            &answer,
            "error",
            &["error", "error_description"],
        ));
    }
    let json = answer.json().unwrap_or_default();
    let text = json["access_token"].as_str().unwrap_or_default();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Problem::odd(&answer, "access_token"));
    }
    let life_s = json.get("expires_in").and_then(Value::as_i64);
    Ok(Token {
        text: text.to_owned(),
        ends_s: now_s + life_s.unwrap_or(LIFE_S).clamp(0, 24 * LIFE_S),
    })
}
