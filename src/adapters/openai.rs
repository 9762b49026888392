//! OpenAI: a chat completion, and any other call of its API.
//!
//! `POST /chat/completions` and whatever the caller names, with a bearer. Answers that come as a stream of
//! events are put together: callers here want the whole. What the requests look like is held to what
//! OpenAI's own client sends (`openai/requests.json`).

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    outgoing::Outgoing,
    request::{Method, Part, Request, Response},
    vendor::{Problem, base},
};

mod address;
mod stream;

use address::address;

/// Where OpenAI's API is.
pub const BASE_URL: &str = "https://api.openai.com/v1";

/// An account with OpenAI, or with a server that speaks like it.
#[derive(Clone)]
pub struct Account {
    /// [`BASE_URL`], or another's.
    pub base_url: String,
    /// The secret key.
    pub key: String,
    /// The limit of time for a call.
    pub timeout: Duration,
}

/// What the model is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// The model.
    pub model: String,
    /// How it is to answer; empty for nothing said.
    pub instructions: String,
    /// What was said before, in its order.
    pub earlier: Vec<Turn>,
    /// What somebody says.
    pub message: String,
    /// The most tokens of the answer.
    pub max_tokens: u32,
    /// How freely it answers, 0 to 2.
    pub temperature: Option<f64>,
    /// How much it avoids what it said, -2 to 2.
    pub presence_penalty: Option<f64>,
    /// How much it avoids what it said often, -2 to 2.
    pub frequency_penalty: Option<f64>,
}

/// What was said before, and on whose side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// By those who ask.
    Asked(String),
    /// By those who answer: the model, or whoever it stands in for.
    Answered(String),
}

/// What the model answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The text; never empty.
    pub text: String,
    /// The whole answer of the API.
    pub response: Value,
}

/// How a call of the API goes out.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// With these in the query.
    Get(Map<String, Value>),
    /// With this as JSON.
    Post(Map<String, Value>),
    /// With these as a form of files and fields.
    Upload(Vec<Part>),
}

/// Asks the model.
///
/// # Errors
/// When nobody answers, OpenAI refuses (then with its own code and text), or there is no text in the
/// answer.
pub async fn chat(
    outgoing: &Outgoing,
    account: &Account,
    question: &Question,
) -> Result<Answer, Problem> {
    let url = format!("{}/chat/completions", base(&account.base_url));
    let request = Request::new(Method::Post, url)
        .bearer(&account.key)
        .json(&asked(question))
        .timeout(account.timeout);
    let answer = outgoing.ask(request).await?;
    if !answer.is_success() {
        return Err(Problem::said_error(&answer, "code", &["message"]));
    }
    let response = whole(&answer)?;
    if let Some(error) = response.pointer("/error/message").and_then(Value::as_str) {
        return Err(said(&answer, error));
    }
    let message = response.pointer("/choices/0/message");
    let text = |name: &str| {
        let text = message?.get(name)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    match (text("content"), text("refusal")) {
        (Some(text), _) => Ok(Answer { text, response }),
        (None, Some(refusal)) => Err(said(&answer, &refusal)),
        (None, None) => Err(Problem::odd(&answer, "text")),
    }
}

fn asked(question: &Question) -> Value {
    let mut messages = Vec::new();
    if !question.instructions.is_empty() {
        messages.push(json!({ "role": "system", "content": question.instructions }));
    }
    messages.extend(question.earlier.iter().map(|turn| match turn {
        Turn::Asked(text) => json!({ "role": "user", "content": text }),
        Turn::Answered(text) => json!({ "role": "assistant", "content": text }),
    }));
    messages.push(json!({ "role": "user", "content": question.message }));
    let mut asked = json!({
        "model": question.model,
        "messages": messages,
        // What OpenAI calls max_tokens since it counts the tokens of thinking too.
        "max_completion_tokens": question.max_tokens,
    });
    for (name, number) in [
        ("temperature", question.temperature),
        ("presence_penalty", question.presence_penalty),
        ("frequency_penalty", question.frequency_penalty),
    ] {
        if let Some(number) = number {
            asked[name] = json!(number);
        }
    }
    asked
}

/// What a call of the API came to: JSON, or a text where it is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// It was done.
    Done(Value),
    /// It was not: OpenAI's own error.
    Refused(Value),
}

/// Calls the API and gives what it answers.
///
/// # Errors
/// When `url_part` leads out of the API, nobody answers, or what answers is not the API.
pub async fn call(
    outgoing: &Outgoing,
    account: &Account,
    url_part: &str,
    call: Call,
) -> Result<Said, Problem> {
    let mut url = address(&account.base_url, url_part)?;
    let request = match call {
        Call::Get(fields) => {
            let query = query(&fields);
            if !query.is_empty() {
                url.push(if url.contains('?') { '&' } else { '?' });
                url.push_str(&query);
            }
            Request::new(Method::Get, url)
        }
        Call::Post(fields) => Request::new(Method::Post, url).json(&Value::Object(fields)),
        Call::Upload(parts) => Request::new(Method::Post, url).multipart(&parts),
    };
    let request = request.bearer(&account.key).timeout(account.timeout);
    let answer = outgoing.ask(request).await?;
    if !answer.is_success() {
        return match answer.json() {
            Some(error) if error.get("error").is_some() => Ok(Said::Refused(error)),
            _ => Err(Problem::said_error(&answer, "code", &["message"])),
        };
    }
    match whole(&answer) {
        Ok(json) => Ok(Said::Done(json)),
        Err(problem) if is_stream(&answer) => Err(problem),
        // Files are given back as they are.
        Err(_) => Ok(Said::Done(Value::String(answer.text()))),
    }
}

fn query(fields: &Map<String, Value>) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in flat(fields) {
        pairs.append_pair(&name, &value);
    }
    pairs.finish()
}

/// Fields of a form, as OpenAI's own client writes what is nested: `a[b]` for a member, `a[]` for an
/// item. Null is left out.
#[must_use]
pub fn flat(fields: &Map<String, Value>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in fields {
        flatten(name.clone(), value, &mut pairs);
    }
    pairs
}

fn flatten(name: String, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::String(text) => pairs.push((name, text.clone())),
        Value::Bool(_) | Value::Number(_) => pairs.push((name, value.to_string())),
        Value::Array(items) => {
            for item in items {
                flatten(format!("{name}[]"), item, pairs);
            }
        }
        Value::Object(members) => {
            for (member, value) in members {
                flatten(format!("{name}[{member}]"), value, pairs);
            }
        }
    }
}

/// The JSON of an answer, put together where it came as a stream.
fn whole(answer: &Response) -> Result<Value, Problem> {
    if is_stream(answer) {
        let text = answer.text();
        return stream::whole(&text).ok_or_else(|| Problem::odd(answer, "end"));
    }
    answer
        .json()
        .ok_or_else(|| Problem::odd(answer, "JSON object"))
}

fn is_stream(answer: &Response) -> bool {
    let kind = answer.header("content-type").unwrap_or_default();
    kind.starts_with("text/event-stream")
}

fn said(answer: &Response, text: &str) -> Problem {
    Problem::Said {
        status: answer.status,
        code: None,
        text: super::vendor::short(text),
    }
}

#[cfg(test)]
mod tests;
