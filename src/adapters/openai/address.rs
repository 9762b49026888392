//! The address of a call that a caller names: a part of the API, and nothing else.

use crate::adapters::vendor::{Problem, base};

/// The longest part of a URL that a caller may name.
const URL_PART_MAX: usize = 500;

/// The address of `part` of the API. Only letters, digits and `-._~:` make segments, so that no writing
/// of another host, of a folder above, or of either in disguise can be among them.
///
/// # Errors
/// For anything else.
pub(super) fn address(base_url: &str, part: &str) -> Result<String, Problem> {
    let part = part.trim();
    let (path, query) = match part.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (part, None),
    };
    let path = path.strip_prefix('/').unwrap_or(path);
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte);
    let is_segment = |segment: &str| {
        !segment.is_empty()
            && segment.bytes().all(letter)
            && !segment.bytes().all(|byte| byte == b'.')
    };
    let is_query = |query: &str| {
        query
            .bytes()
            .all(|byte| letter(byte) || b"=&,+%[]".contains(&byte))
    };
    let fine = part.len() <= URL_PART_MAX
        && path
            .strip_suffix('/')
            .unwrap_or(path)
            .split('/')
            .all(is_segment)
        && query.is_none_or(is_query);
    if !fine {
        return Err(Problem::invalid(
            "url_part must be what follows /v1/ in an address of the API, such as completions",
        ));
    }
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    Ok(format!("{}/{path}{query}", base(base_url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stays_in_the_api() {
        let base_url = "https://api.openai.com/v1/";
        for (part, expected) in [
            ("completions", "completions"),
            (" chat/completions ", "chat/completions"),
            ("/models", "models"),
            (
                "models/ft:gpt-3.5-turbo:acme::7p4lURel",
                "models/ft:gpt-3.5-turbo:acme::7p4lURel",
            ),
            (
                "files?limit=2&after=file-a%20b",
                "files?limit=2&after=file-a%20b",
            ),
            ("models/", "models/"),
        ] {
            let address = address(base_url, part).unwrap();
            assert_eq!(address, format!("https://api.openai.com/v1/{expected}"));
            let parsed = url::Url::parse(&address).unwrap();
            assert_eq!(parsed.host_str(), Some("api.openai.com"));
            assert!(parsed.path().starts_with("/v1/"), "{parsed}");
        }
        for part in [
            "",
            "/",
            " ",
            "//evil.example",
            "//evil.example/v1/models",
            "///evil",
            "/\\evil.example",
            "\\\\evil.example",
            "models\\..\\..",
            "..",
            "../admin",
            "models/../../admin",
            "a/./b",
            "...",
            "%2e%2e/admin",
            "models/%2e%2e/%2E%2E/admin",
            "%2f%2fevil.example",
            "a%2f..%2fb",
            "a%5cb",
            "@evil.example",
            "user:pass@evil.example/",
            "x@evil",
            "https://evil.example/v1",
            "http://evil.example",
            "//api.openai.com@evil.example",
            "HTTPS://EVIL.EXAMPLE",
            "ftp://evil",
            "javascript:alert(1)//",
            "models#x",
            "models?x#y",
            "models?a=//b@c",
            "a b",
            "a\tb",
            "a\r\nHost: b",
            "a\0b",
            "a;b",
            "mödels",
            "．．/admin",
            "a//b",
        ] {
            let refused = address(base_url, part);
            assert!(
                matches!(refused, Err(Problem::Invalid(_))),
                "{part:?}: {refused:?}"
            );
        }
        assert!(address(base_url, &"a".repeat(501)).is_err());
    }
}
