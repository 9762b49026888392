//! Where new releases are looked for, and who signs them.

use std::path::Path;

use serde_json::Value;
use url::Url;

use super::{Kind, Setting, url_or_nothing};
use crate::functions::versions::index::public_key;

/// All of them.
pub(super) const UPDATES: &[Setting] = &[UPDATE_INDEX, UPDATE_KEY, UPDATE_STAGED];

/// Where the index of releases is.
pub const UPDATE_INDEX: Setting = Setting::new(
    Kind::Text,
    "update-index",
    "The signed index of releases that updates-available and update read: a URL with http or https, \
     or a file of the server's (file:///srv/releases/index.json); empty for none.",
)
.checked(index);
/// Whose signature it must have.
pub const UPDATE_KEY: Setting = Setting::new(
    Kind::Text,
    "update-key",
    "The public key (ed25519, base64) that the index of releases must be signed with.",
)
.checked(key);
/// What was staged last.
pub const UPDATE_STAGED: Setting = Setting::new(
    Kind::Text,
    "update-staged",
    "Written by update: the release that it staged last, and what to run to install it.",
);

fn index(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    let file = Url::parse(text).ok().filter(|url| url.scheme() == "file");
    match file {
        Some(url) if url.to_file_path().is_ok_and(|path| path != Path::new("/")) => Ok(()),
        Some(_) => Err(format!("{text:?} is not the URL of a file")),
        None => url_or_nothing(value),
    }
}

fn key(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    if text.is_empty() || public_key(text).is_some() {
        return Ok(());
    }
    Err("the base64 of a public key of ed25519 is expected".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_index_is_a_url_or_a_file_and_a_key_a_key() {
        for fine in [
            "",
            "https://example.com/index.json",
            "file:///srv/index.json",
        ] {
            assert!(index(&json!(fine)).is_ok(), "{fine}");
        }
        for wrong in [
            "/srv/index.json",
            "file:///",
            "file://elsewhere/x",
            "ftp://example.com/",
        ] {
            assert!(index(&json!(wrong)).is_err(), "{wrong}");
        }
        assert!(key(&json!("")).is_ok());
        assert!(key(&json!("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")).is_ok());
        assert!(key(&json!("11qYAYKxCrfVS")).is_err());
    }
}
