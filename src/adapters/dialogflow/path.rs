//! Places below a project: paths that can name nothing else, whoever wrote them.

use url::form_urlencoded;

use crate::adapters::vendor::{Problem, is_plain};

/// The longest place, in bytes.
const PLACE_MAX: usize = 2_000;

/// A path below the project, and its query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Begins with a slash.
    path: String,
    query: Vec<(String, String)>,
}

impl Place {
    /// A path that is made of constants and checked IDs.
    ///
    /// # Errors
    /// When it has what no path below a project has.
    pub fn new(path: impl Into<String>) -> Result<Self, Problem> {
        place(&path.into())
    }

    /// With this in its query.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With the language, if there is one.
    #[must_use]
    pub fn language(self, language: Option<&str>) -> Self {
        match language {
            Some(code) => self.with("languageCode", code),
            None => self,
        }
    }

    /// Whether it is a method on the resource, such as `detectIntent`.
    #[must_use]
    pub fn is_method(&self, name: &str) -> bool {
        self.path
            .rsplit_once(':')
            .is_some_and(|(_, last)| last == name)
    }

    /// Path and query as they are sent.
    pub(super) fn text(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.query)
            .finish();
        format!("{}?{query}", self.path)
    }
}

/// A place as a caller writes it: `/agent/intents?pageSize=10`, `/agent/sessions/3:detectIntent`.
/// Segments hold letters, digits and `-_.~` and are neither empty nor `.` nor `..`, and a colon has a
/// method behind it, so that nothing outside the project can be named: no other host, no
/// credentials, no escapes.
///
/// # Errors
/// When it has anything else.
pub fn place(text: &str) -> Result<Place, Problem> {
    let wrong = || {
        Problem::invalid(
            "the address must be a path below the project, such as /agent/intents, without //, .., @, % and #",
        )
    };
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let path = path.strip_prefix('/').unwrap_or(path);
    if text.len() > PLACE_MAX || !is_path(path) {
        return Err(wrong());
    }
    let query = form_urlencoded::parse(query.as_bytes()).into_owned();
    Ok(Place {
        path: format!("/{path}"),
        query: query.collect(),
    })
}

fn is_path(text: &str) -> bool {
    let (folder, last) = text.rsplit_once('/').unzip();
    let last = last.unwrap_or(text);
    let (name, method) = last.rsplit_once(':').unwrap_or((last, "get"));
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_method && is_segment(name) && folder.is_none_or(|folder| folder.split('/').all(is_segment))
}

fn is_segment(text: &str) -> bool {
    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    !matches!(text, "" | "." | "..") && text.bytes().all(belongs)
}

/// Whether a text may be a project or the ID of a resource.
#[must_use]
pub fn is_id(text: &str) -> bool {
    is_plain(text) && text.len() <= 128
}

/// The ID of a resource of this project's agent that is given by its ID or by its whole name:
/// `projects/example/agent/intents/7b1f` with `intents`.
///
/// # Errors
/// When it is neither, or of another project.
pub fn resource_id<'a>(name: &'a str, project: &str, kind: &str) -> Result<&'a str, Problem> {
    let name = name.trim();
    let below = format!("projects/{project}/agent/{kind}/");
    let id = name.strip_prefix(&below).unwrap_or(name);
    if is_id(id) {
        return Ok(id);
    }
    Err(Problem::invalid(format!(
        "the name must be an ID, or {below} and an ID"
    )))
}
