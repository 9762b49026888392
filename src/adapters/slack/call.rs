//! One call of Slack's Web API, or as many as a list has pages.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::{Problem, Workspace};
use crate::{
    adapters::{
        outgoing::{self, Outgoing},
        request::{Method, Request},
        vendor::{self, base},
    },
    clock,
};

/// Items asked for on a page. Slack takes less than 1,000.
const PAGE: &str = "500";
/// Pages read at most, whatever the cursor says.
const PAGES_MAX: usize = 50;
/// The shortest pause after 429.
const PAUSE_MIN: Duration = Duration::from_millis(100);

/// Reads page after page, as far as the cursors go.
pub(super) async fn pages(
    outgoing: &Outgoing,
    workspace: &Workspace,
    method: &str,
    fields: &[(&str, &str)],
    member: &'static str,
) -> Result<Vec<Map<String, Value>>, Problem> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    for _ in 0..PAGES_MAX {
        let mut asked = vec![("limit", PAGE)];
        asked.extend(fields);
        if !cursor.is_empty() {
            asked.push(("cursor", &cursor));
        }
        let mut answer = form(outgoing, workspace, method, &asked).await?;
        let Some(Value::Array(page)) = answer.remove(member) else {
            return Err(lacking(member));
        };
        items.extend(page.into_iter().filter_map(|item| match item {
            Value::Object(item) => Some(item),
            _ => None,
        }));
        let next = answer.get("response_metadata");
        let next = next.and_then(|data| data.get("next_cursor")?.as_str());
        match next.filter(|next| !next.is_empty() && *next != cursor) {
            Some(next) => cursor = next.to_owned(),
            None => return Ok(items),
        }
    }
    let why = format!("Slack has more than {PAGES_MAX} pages of {member}");
    Err(vendor::Problem::invalid(why).into())
}

/// Calls a method with a form.
pub(super) async fn form(
    outgoing: &Outgoing,
    workspace: &Workspace,
    method: &str,
    fields: &[(&str, &str)],
) -> Result<Map<String, Value>, Problem> {
    call(outgoing, workspace, method, |request| request.form(fields)).await
}

/// Calls a method, and gives its answer where Slack says ok.
pub(super) async fn call(
    outgoing: &Outgoing,
    workspace: &Workspace,
    method: &str,
    filled: impl Fn(Request) -> Request,
) -> Result<Map<String, Value>, Problem> {
    let url = format!("{}/{method}", base(&workspace.base_url));
    loop {
        let left = || workspace.deadline.saturating_duration_since(Instant::now());
        if left().is_zero() {
            return Err(outgoing::Problem::TimedOut("Slack".to_owned()).into());
        }
        let request = Request::new(Method::Post, url.clone())
            .bearer(&workspace.token)
            .timeout(workspace.timeout.min(left()));
        let answer = outgoing.ask(filled(request)).await?;
        if answer.status == 429 {
            let asked = answer.retry_after(clock::now_ms()).unwrap_or(PAUSE_MIN);
            if asked >= left() {
                return Err(Problem::Limited(asked));
            }
            tokio::time::sleep(asked.max(PAUSE_MIN)).await;
            continue;
        }
        return match answer.json() {
            Some(Value::Object(said)) if said.get("ok") == Some(&Value::Bool(true)) => Ok(said),
            Some(Value::Object(_)) => {
                Err(vendor::Problem::said(&answer, "error", &["error", "needed"]).into())
            }
            _ => Err(vendor::Problem::odd(&answer, "JSON object").into()),
        };
    }
}

/// A text of an answer; empty where there is none.
pub(super) fn text(object: &Map<String, Value>, name: &str) -> String {
    let text = object.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// An answer of success that lacks what it must have.
pub(super) fn lacking(member: &str) -> Problem {
    let said = vendor::Problem::Said {
        status: 200,
        code: None,
        text: format!("the answer has no {member}"),
    };
    said.into()
}
