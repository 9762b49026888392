//! A publisher of releases on this machine: an index that it signs, and the program that it names.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use super::Vendor;

/// The publisher; it ends when dropped.
pub struct Releases {
    pair: Ed25519KeyPair,
    vendor: Vendor,
}

impl Releases {
    /// Starts, with a release that is newer than any.
    pub async fn start() -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed");
        let vendor = Vendor::answering(200, json!({})).await;
        vendor.answer_at("/program", Self::program());
        let releases = Self { pair, vendor };
        releases.publish(&json!([releases.release("999.0.0")]));
        releases
    }

    /// What the program is; its bytes are those of the JSON text.
    pub fn program() -> Value {
        json!("the new program")
    }

    /// The public key, as the settings have it.
    pub fn key(&self) -> String {
        STANDARD.encode(self.pair.public_key())
    }

    /// Where the index is.
    pub fn index(&self) -> String {
        format!("{}/index.json", self.vendor.url)
    }

    /// A release for this platform.
    pub fn release(&self, version: &str) -> Value {
        let program = Self::program().to_string();
        let hash = ring::digest::digest(&ring::digest::SHA256, program.as_bytes());
        let hash = hash.as_ref().iter().fold(String::new(), |mut hash, byte| {
            write!(hash, "{byte:02x}").expect("a String takes all");
            hash
        });
        let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
        json!({"version": version, "files": [{
            "platform": platform, "url": format!("{}/program", self.vendor.url),
            "sha256": hash, "bytes": program.len(),
        }]})
    }

    /// Makes these the releases, signed.
    pub fn publish(&self, releases: &Value) {
        self.vendor.answer(200, self.signed(releases));
    }

    /// The index with these releases.
    pub fn signed(&self, releases: &Value) -> Value {
        let text = json!({ "releases": releases }).to_string();
        let signature = STANDARD.encode(self.pair.sign(text.as_bytes()));
        json!({"signed": text, "signature": signature})
    }

    /// Answers this instead of an index.
    pub fn answer(&self, status: u16, answer: Value) {
        self.vendor.answer(status, answer);
    }

    /// How often the program was fetched.
    pub fn fetched(&self) -> usize {
        let asked = self.vendor.asked();
        asked
            .iter()
            .filter(|asked| asked.what == "GET /program")
            .count()
    }
}
