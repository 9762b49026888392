//! The index of releases: one signed JSON text. Nothing in it is looked at before its signature was.
//!
//! The file is `{"signed": "<JSON text>", "signature": "<base64>"}`; the signature is ed25519 over the
//! bytes of the text, which says `{"releases": [{"version": "1.2.3", "files": [{"platform":
//! "linux-x86_64", "url": "https://…", "sha256": "<hex>", "bytes": 123}]}]}`.

use std::path::PathBuf;

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::Deserialize;
use url::Url;

use super::number::Version;
use crate::{
    adapters::download,
    functions::{
        Context, Failure, Refusal,
        settings::{
            registry::{UPDATE_INDEX, UPDATE_KEY},
            state::Settings,
        },
    },
};

/// The largest index, in bytes.
const BYTES_MAX: usize = 1 << 20;
/// What an ed25519 key begins with where it is written as openssl does (DER, RFC 8410).
const DER: [u8; 12] = [48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0];

/// What was signed.
#[derive(Debug, Deserialize)]
pub struct Index {
    releases: Vec<Release>,
    /// Whether it is a file of this machine's, so that its releases may be too.
    #[serde(skip)]
    pub is_local: bool,
}

/// One release.
#[derive(Debug, Deserialize)]
struct Release {
    version: Version,
    files: Vec<Program>,
}

/// The program of a release for one platform.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Program {
    platform: String,
    /// Where it is.
    pub url: String,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

#[derive(Deserialize)]
struct Envelope {
    signed: String,
    signature: String,
}

impl Index {
    /// The newest release for this platform.
    #[must_use]
    pub fn newest(&self, platform: &str) -> Option<(Version, &Program)> {
        let fitting = self.releases.iter().filter_map(|release| {
            let mut files = release.files.iter();
            let program = files.find(|program| program.platform == platform)?;
            Some((release.version, program))
        });
        fitting.max_by_key(|(version, _)| *version)
    }
}

/// The platform of this program, such as `linux-x86_64`.
#[must_use]
pub fn platform() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

/// The public key that is written so: base64 of its 32 bytes, or of them as openssl writes them.
#[must_use]
pub fn public_key(text: &str) -> Option<[u8; 32]> {
    let bytes = STANDARD.decode(text.trim()).ok()?;
    let key = bytes.strip_prefix(DER.as_slice()).unwrap_or(&bytes);
    key.try_into().ok()
}

/// What a vendor of releases is refused as.
pub fn wrong(why: impl Into<String>) -> Refusal {
    Refusal::Vendor("update-error", why.into())
}

/// The index that the settings name.
///
/// # Errors
/// `unavailable` where the settings name none, `update-error` where it does not come or is not right.
pub async fn read(context: &Context) -> Result<Index, Failure> {
    let settings = context.service.settings()?;
    let key = configured(&settings)?;
    let place = settings.text(&UPDATE_INDEX).trim();
    let file = local(place);
    let bytes = match &file {
        Some(path) => local_file(path, BYTES_MAX as u64)
            .await
            .map_err(|why| wrong(format!("The index of releases cannot be read: {why}.")))?,
        None => downloaded(context, place)
            .await
            .map_err(|why| wrong(format!("The index of releases did not come: {why}.")))?,
    };
    let mut index = verified(&bytes, &key)?;
    index.is_local = file.is_some();
    Ok(index)
}

async fn downloaded(context: &Context, url: &str) -> Result<Vec<u8>, download::Problem> {
    let service = &context.service;
    let timeout = service.config.download_timeout();
    download::from_vendor(&service.outgoing, url, BYTES_MAX, timeout).await
}

fn configured(settings: &Settings) -> Result<[u8; 32], Refusal> {
    let place = settings.text(&UPDATE_INDEX).trim();
    public_key(settings.text(&UPDATE_KEY))
        .filter(|_| !place.is_empty())
        .ok_or_else(|| {
            let why = "Updates are not configured: save the settings update-index and update-key.";
            Refusal::Unavailable(why.to_owned())
        })
}

/// The path that a `file:` URL names.
#[must_use]
pub fn local(url: &str) -> Option<PathBuf> {
    let url = Url::parse(url).ok().filter(|url| url.scheme() == "file")?;
    url.to_file_path().ok()
}

/// A file of this machine's, of at most `max` bytes.
///
/// # Errors
/// Why not, without saying more of the machine.
pub async fn local_file(path: &std::path::Path, max: u64) -> Result<Vec<u8>, &'static str> {
    let metadata = tokio::fs::metadata(path).await;
    let metadata = metadata.ok().filter(std::fs::Metadata::is_file);
    match metadata {
        None => Err("there is no such file"),
        Some(metadata) if metadata.len() > max => Err("the file is too large"),
        Some(_) => {
            let bytes = tokio::fs::read(path).await;
            bytes.map_err(|_| "there is no such file")
        }
    }
}

fn verified(bytes: &[u8], key: &[u8; 32]) -> Result<Index, Refusal> {
    let envelope: Envelope = serde_json::from_slice(bytes)
        .map_err(|_| wrong("The index of releases is not a signed index."))?;
    let forged = || wrong("The signature of the index of releases is not of the update-key.");
    let signature = STANDARD
        .decode(envelope.signature.trim())
        .map_err(|_| forged())?;
    UnparsedPublicKey::new(&ED25519, key)
        .verify(envelope.signed.as_bytes(), &signature)
        .map_err(|_| forged())?;
    serde_json::from_str(&envelope.signed).map_err(|error| {
        wrong(format!(
            "The index of releases is signed, but not right: {error}."
        ))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ring::signature::{Ed25519KeyPair, KeyPair};
    use serde_json::json;

    use super::*;

    fn pair(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn key(seed: u8) -> [u8; 32] {
        pair(seed).public_key().as_ref().try_into().unwrap()
    }

    fn signed(text: &str) -> Vec<u8> {
        let signature = STANDARD.encode(pair(1).sign(text.as_bytes()));
        json!({"signed": text, "signature": signature})
            .to_string()
            .into_bytes()
    }

    fn releases() -> String {
        let file = |platform: &str| json!({"platform": platform, "url": "https://example.com/x", "sha256": "00", "bytes": 1});
        json!({"releases": [
            {"version": "1.9.0", "files": [file("linux-x86_64"), file("linux-aarch64")]},
            {"version": "1.10.0", "files": [file("linux-x86_64")]},
        ]})
        .to_string()
    }

    #[test]
    fn the_newest_release_of_a_platform_is_found() {
        let index = verified(&signed(&releases()), &key(1)).unwrap();
        let newest = |platform: &str| {
            let newest = index.newest(platform)?;
            Some(newest.0.to_string())
        };
        assert_eq!(newest("linux-x86_64").as_deref(), Some("1.10.0"));
        assert_eq!(newest("linux-aarch64").as_deref(), Some("1.9.0"));
        assert_eq!(newest("windows-x86_64"), None);
    }

    #[test]
    fn keys_are_read_as_bytes_and_as_openssl_writes_them() {
        let bytes = key(1);
        let der: Vec<u8> = DER.iter().chain(&bytes).copied().collect();
        assert_eq!(public_key(&STANDARD.encode(bytes)), Some(bytes));
        assert_eq!(public_key(&STANDARD.encode(der)), Some(bytes));
        assert_eq!(public_key(""), None);
        assert_eq!(public_key("nonsense"), None);
    }

    #[test]
    fn what_is_not_signed_by_the_key_is_not_looked_at() {
        let good = signed(&releases());
        assert!(verified(&good, &key(2)).is_err(), "another's key");
        for wrong in [
            json!({}),
            json!({"signed": releases(), "signature": ""}),
            json!({"signed": releases(), "signature": "nonsense"}),
            json!({"signed": releases(), "signature": STANDARD.encode([0; 64])}),
        ] {
            assert!(verified(wrong.to_string().as_bytes(), &key(1)).is_err());
        }
        for odd in [
            "",
            "{}",
            r#"{"releases": [{"version": "../x", "files": []}]}"#,
        ] {
            assert!(verified(&signed(odd), &key(1)).is_err(), "{odd}");
        }
    }

    proptest! {
        #[test]
        fn no_changed_byte_goes_unnoticed(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let text = releases();
            let mut changed = text.clone().into_bytes();
            let at = at.index(changed.len());
            changed[at] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(changed) else {
                return Ok(());
            };
            let signature = STANDARD.encode(pair(1).sign(text.as_bytes()));
            let envelope = json!({"signed": changed, "signature": signature});
            prop_assert!(verified(envelope.to_string().as_bytes(), &key(1)).is_err());
        }
    }
}
