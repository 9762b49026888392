//! The form of an UPLOAD: its fields, and the files among them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use crate::{
    adapters::{
        openai::flat,
        request::{Method, Part, Request},
    },
    functions::{Refusal, Service},
};

/// The fields of OpenAI's API that hold files.
const FILE_FIELDS: [&str; 4] = ["file", "image", "mask", "data"];
/// The most that all files of a form take, in bytes.
const BYTES_MAX: usize = 25 << 20;
/// The most files of a form.
const FILES_MAX: usize = 16;
/// What a file is when nobody says.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// A file as a caller describes it.
#[derive(Debug, PartialEq, Eq)]
enum File {
    /// Somewhere else.
    At(String),
    /// Here: its name and what is in it.
    Named(String, Vec<u8>),
}

/// The parts of a form with these fields: files are fetched, all else goes as it is.
///
/// # Errors
/// `invalid-argument` for a file that is none or cannot be fetched, `too-large` for too many or too long
/// ones.
pub async fn parts(service: &Service, fields: Map<String, Value>) -> Result<Vec<Part>, Refusal> {
    let (files, fields): (Map<_, _>, Map<_, _>) = fields
        .into_iter()
        .partition(|(name, _)| FILE_FIELDS.contains(&name.as_str()));
    let mut parts: Vec<Part> = flat(&fields)
        .into_iter()
        .map(|(name, text)| Part {
            name,
            file: None,
            bytes: text.into_bytes(),
        })
        .collect();
    let mut left = BYTES_MAX;
    for (name, file) in described(files)? {
        let (file, bytes) = match file {
            File::Named(file, bytes) => ((file, UNKNOWN_TYPE.to_owned()), bytes),
            File::At(url) => fetched(service, &name, &url, left).await?,
        };
        left = left.checked_sub(bytes.len()).ok_or_else(too_large)?;
        parts.push(Part {
            name,
            file: Some(file),
            bytes,
        });
    }
    Ok(parts)
}

/// The files by the names of their parts.
fn described(fields: Map<String, Value>) -> Result<Vec<(String, File)>, Refusal> {
    let mut files = Vec::new();
    for (name, value) in fields {
        match value {
            Value::Array(list) => {
                for one in list {
                    files.push((format!("{name}[]"), file(&name, &one)?));
                }
            }
            one => files.push((name.clone(), file(&name, &one)?)),
        }
    }
    if files.len() > FILES_MAX {
        return Err(too_large());
    }
    Ok(files)
}

fn file(field: &str, value: &Value) -> Result<File, Refusal> {
    let text = |member: &str| value.get(member).and_then(Value::as_str);
    let url = value.as_str().or_else(|| text("url"));
    if let Some(url) = url.filter(|url| url.starts_with("http://") || url.starts_with("https://")) {
        return Ok(File::At(url.to_owned()));
    }
    let name = text("name").filter(|name| !name.is_empty());
    let decoded = text("base64").map(|base64| STANDARD.decode(base64.trim()).ok());
    let plain = text("content").map(|content| Some(content.as_bytes().to_vec()));
    match (name, plain.or(decoded).flatten()) {
        (Some(name), Some(bytes)) => Ok(File::Named(name.to_owned(), bytes)),
        _ => Err(Refusal::InvalidArgument(format!(
            "post_fields: {field} must be the URL of a file (http or https), or an object with its name and \
             its content or base64"
        ))),
    }
}

/// The file at a URL: its name and type, and what is in it.
async fn fetched(
    service: &Service,
    field: &str,
    url: &str,
    bytes_max: usize,
) -> Result<((String, String), Vec<u8>), Refusal> {
    // The URL is not repeated: it may be signed.
    let refused = |why: String| Refusal::InvalidArgument(format!("post_fields: {field}: {why}"));
    let request = Request::new(Method::Get, url)
        .timeout(service.config.download_timeout())
        .answer_max(bytes_max);
    let answer = service.outgoing.send(request).await;
    let answer = answer.map_err(|problem| refused(problem.to_string()))?;
    if !answer.is_success() {
        return Err(refused(format!("its URL answers {}", answer.status)));
    }
    let kind = answer.header("content-type").unwrap_or(UNKNOWN_TYPE);
    let kind = kind.split(';').next().unwrap_or(kind).trim().to_owned();
    Ok(((file_name(url), kind), answer.body))
}

/// The last segment of a URL's path.
fn file_name(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let (_, path) = path.split_once("://").unwrap_or_default();
    let name = path.split('/').skip(1).last().unwrap_or_default();
    let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    if name.is_empty() {
        "file".to_owned()
    } else {
        name.into_owned()
    }
}

fn too_large() -> Refusal {
    Refusal::TooLarge(format!(
        "post_fields: {FILES_MAX} files and {} MiB of them are allowed at once.",
        BYTES_MAX >> 20
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: &Value) -> Result<Vec<(String, File)>, Refusal> {
        described(value.as_object().unwrap().clone())
    }

    #[test]
    fn a_file_is_a_url_or_comes_along() {
        let named = |bytes: &[u8]| File::Named("a.jsonl".to_owned(), bytes.to_vec());
        let at = |url: &str| File::At(url.to_owned());
        let given = json!({
            "file": {"name": "a.jsonl", "content": "{}"},
            "mask": {"name": "a.jsonl", "base64": "AAEC/w=="},
            "image": ["https://example.com/a.png", {"url": "http://example.com/b.png"}],
        });
        let expected = vec![
            ("file".to_owned(), named(b"{}")),
            ("mask".to_owned(), named(&[0, 1, 2, 255])),
            ("image[]".to_owned(), at("https://example.com/a.png")),
            ("image[]".to_owned(), at("http://example.com/b.png")),
        ];
        assert_eq!(fields(&given), Ok(expected));
        for wrong in [
            json!("/etc/passwd"),
            json!("file:///etc/passwd"),
            json!(5),
            json!({"name": "a"}),
            json!({"content": "x"}),
            json!({"name": "a", "base64": "?"}),
            json!([["https://example.com/a.png"]]),
        ] {
            let refused = fields(&json!({ "file": wrong }));
            assert!(
                matches!(refused, Err(Refusal::InvalidArgument(_))),
                "{refused:?}"
            );
        }
        let many = vec!["https://example.com/a.png"; FILES_MAX + 1];
        let refused = fields(&json!({ "image": many }));
        assert!(matches!(refused, Err(Refusal::TooLarge(_))), "{refused:?}");
    }

    #[test]
    fn urls_name_their_files() {
        for (url, name) in [
            ("https://example.com/a/b%20c.png?x=/d", "b c.png"),
            ("https://example.com/", "file"),
            ("https://example.com", "file"),
        ] {
            assert_eq!(file_name(url), name);
        }
    }
}
