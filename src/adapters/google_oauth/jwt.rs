//! A service account's key, and the assertions that it signs.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{rand::SystemRandom, rsa::KeyPair, signature::RSA_PKCS1_SHA256};
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::adapters::vendor::Problem;

/// To whom an assertion is addressed, wherever it is sent through.
const AUDIENCE: &str = "https://oauth2.googleapis.com/token";
/// The longest that Google takes one for, in seconds.
const LIFE_S: i64 = 3_600;

/// What Google's console hands out as a JSON file; the members that are used.
#[derive(Clone, Deserialize)]
pub struct ServiceAccount {
    client_email: String,
    private_key: String,
    #[serde(default)]
    private_key_id: Option<String>,
    #[serde(default)]
    project_id: Option<String>,
}

impl ServiceAccount {
    /// Reads the JSON file of a service account, and looks whether its key can sign.
    ///
    /// # Errors
    /// A sentence that says what is wrong and repeats nothing of it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let json: Value = serde_json::from_str(text)
            .map_err(|_| "a service account's key is the JSON file of Google's console")?;
        if json["type"] != "service_account" {
            return Err("the JSON file is not one of a service account".to_owned());
        }
        let account: Self = serde_json::from_value(json)
            .map_err(|_| "the service account has no client_email or no private_key")?;
        account
            .key_pair()
            .map_err(|()| "the service account's private_key is not an RSA key in PEM")?;
        Ok(account)
    }

    /// Its address.
    pub(super) fn email(&self) -> &str {
        &self.client_email
    }

    /// Its key.
    pub(super) fn private_key(&self) -> &str {
        &self.private_key
    }

    /// The project it belongs to.
    #[must_use]
    pub fn project(&self) -> Option<&str> {
        self.project_id.as_deref()
    }

    /// A JWT by which it asks for a token with this scope (RFC 7515 and 7523).
    pub(super) fn assertion(&self, scope: &str, now_s: i64) -> Result<String, Problem> {
        let mut header = json!({"alg": "RS256", "typ": "JWT"});
        if let Some(id) = &self.private_key_id {
            header["kid"] = json!(id);
        }
        let claims = json!({
            "iss": self.client_email, "scope": scope, "aud": AUDIENCE,
            "iat": now_s, "exp": now_s + LIFE_S,
        });
        let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.sign(signed.as_bytes())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, Problem> {
        let unusable = || Problem::invalid("the service account's key cannot sign");
        let pair = self.key_pair().map_err(|()| unusable())?;
        let mut signature = vec![0; pair.public().modulus_len()];
        let random = SystemRandom::new();
        pair.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature)
            .map_err(|_| unusable())?;
        Ok(signature)
    }

    fn key_pair(&self) -> Result<KeyPair, ()> {
        let key =
            PrivatePkcs8KeyDer::from_pem_slice(self.private_key.as_bytes()).map_err(|_| ())?;
        KeyPair::from_pkcs8(key.secret_pkcs8_der()).map_err(|_| ())
    }
}
