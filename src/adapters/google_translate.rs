//! Google Cloud Translation, Basic (v2): translating texts, and recognising the language of one.
//!
//! `POST /language/translate/v2` and `/v2/detect` with an API key in a header, where no log of addresses
//! sees it. What is sent and read is held to Google's own description (`google_translate/translate.v2.json`).

use std::{ops::Range, time::Duration};

use serde_json::{Value, json};

use super::{
    outgoing::Outgoing,
    request::{Method, Request, Response},
    vendor::{Problem, base},
};

/// Where Google's API is.
pub const BASE_URL: &str = "https://translation.googleapis.com";
/// The most texts of one request.
const TEXTS_MAX: usize = 128;
/// The characters of a request beyond which Google is slow; a longer text goes alone.
const CHARS_GOOD: usize = 5_000;
/// The longest text: with the most that JSON makes of it, a request stays below Google's 100 kB.
pub const CHARS_MAX: usize = 15_000;

/// A project of Google's cloud, or a server that speaks like its translation.
#[derive(Clone)]
pub struct Project {
    /// [`BASE_URL`], or another's.
    pub base_url: String,
    /// The API key.
    pub key: String,
    /// The limit of time for a call.
    pub timeout: Duration,
}

/// One text in another language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// The text.
    pub text: String,
    /// The language it was in; empty where nobody knows.
    pub from: String,
}

/// The texts in the language `to`, in their order. Blank texts stay as they are: Google takes none.
/// Plain text is meant, so nothing in it is taken for HTML, and nothing comes back escaped.
///
/// # Errors
/// When a text is longer than [`CHARS_MAX`], nobody answers, or Google refuses: then with its own text.
pub async fn translate(
    outgoing: &Outgoing,
    project: &Project,
    texts: &[String],
    to: &str,
) -> Result<Vec<Translation>, Problem> {
    let spoken: Vec<&String> = texts.iter().filter(|text| !is_blank(text)).collect();
    let mut translated = Vec::with_capacity(spoken.len());
    for batch in batches(&spoken)? {
        let asked = json!({ "q": spoken[batch.clone()], "target": to, "format": "text" });
        let answer = ask(outgoing, project, "v2", &asked).await?;
        let json = answer.json().unwrap_or_default();
        let found = json.pointer("/data/translations").and_then(Value::as_array);
        let read: Option<Vec<_>> = found.and_then(|list| list.iter().map(translation).collect());
        let read = read.filter(|read| read.len() == batch.len());
        translated.extend(read.ok_or_else(|| Problem::odd(&answer, "translation of each text"))?);
    }
    let mut translated = translated.into_iter();
    let in_order = texts.iter().map(|text| {
        let translated = (!is_blank(text)).then(|| translated.next()).flatten();
        translated.unwrap_or_else(|| Translation {
            text: text.clone(),
            from: String::new(),
        })
    });
    Ok(in_order.collect())
}

/// The language of a text, such as `it` or `zh-CN`; `None` where Google recognises none.
///
/// # Errors
/// When the text is longer than [`CHARS_MAX`], nobody answers, or Google refuses: then with its own
/// text.
pub async fn detect(
    outgoing: &Outgoing,
    project: &Project,
    text: &str,
) -> Result<Option<String>, Problem> {
    if is_blank(text) {
        return Ok(None);
    }
    within_limit(text)?;
    let answer = ask(outgoing, project, "v2/detect", &json!({ "q": [text] })).await?;
    let json = answer.json().unwrap_or_default();
    let found = json.pointer("/data/detections/0/0/language");
    let language = found
        .and_then(Value::as_str)
        .ok_or_else(|| Problem::odd(&answer, "detected language"))?;
    // What Google says of a text in no language.
    Ok((language != "und").then(|| language.to_owned()))
}

async fn ask(
    outgoing: &Outgoing,
    project: &Project,
    path: &str,
    asked: &Value,
) -> Result<Response, Problem> {
    let url = format!("{}/language/translate/{path}", base(&project.base_url));
    let request = Request::new(Method::Post, url)
        .header("x-goog-api-key", &project.key)
        .json(asked)
        .timeout(project.timeout)
        .repeatable();
    let answer = outgoing.ask(request).await?;
    if answer.is_success() {
        return Ok(answer);
    }
    Err(Problem::said_error(&answer, "status", &["message"]))
}

/// Portions that Google takes at once, in order.
fn batches(texts: &[&String]) -> Result<Vec<Range<usize>>, Problem> {
    let mut batches = Vec::new();
    let (mut start, mut chars) = (0, 0);
    for (at, text) in texts.iter().enumerate() {
        let more = within_limit(text)?;
        if at > start && (at - start == TEXTS_MAX || chars + more > CHARS_GOOD) {
            batches.push(start..at);
            (start, chars) = (at, 0);
        }
        chars += more;
    }
    if start < texts.len() {
        batches.push(start..texts.len());
    }
    Ok(batches)
}

/// The characters of a text that is not too long.
fn within_limit(text: &str) -> Result<usize, Problem> {
    let chars = text.chars().count();
    if chars <= CHARS_MAX {
        return Ok(chars);
    }
    Err(Problem::invalid(format!(
        "Google Translate takes texts of {CHARS_MAX} characters at most"
    )))
}

fn translation(value: &Value) -> Option<Translation> {
    let from = value.get("detectedSourceLanguage");
    Some(Translation {
        text: value.get("translatedText")?.as_str()?.to_owned(),
        from: from.and_then(Value::as_str).unwrap_or_default().to_owned(),
    })
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

#[cfg(test)]
mod tests;
