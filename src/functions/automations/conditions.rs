//! Whether an automation's conditions hold for a user, now: pure.

use events::{
    automation::{Condition, Part},
    user::{Detail, UrlVisited, UserType},
};

use super::period::{self, Repeat, Window};
use crate::functions::users::get_user_language::{code, language};

/// Until then after coming to be, a user is here for the first time.
const FIRST_TIME_MS: i64 = 24 * 3_600_000;
/// The detail that says where a user came from, where a client has saved it.
const REFERRING: &str = "referring";

/// What conditions are about.
#[derive(Clone, Debug)]
pub struct Person {
    /// What the user is.
    pub user_type: UserType,
    /// The additional details.
    pub details: Vec<Detail>,
    /// When the user came to be, in milliseconds since the Unix epoch, where that is known.
    pub came_ms: Option<i64>,
}

/// What the conditions come to.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// They do not hold, and what they are about does not change by the client's doing.
    Invalid,
    /// These do not hold yet, or are the client's to look at; with none left the automation may run.
    Open {
        /// In the order saved.
        left: Vec<Condition>,
        /// The key of the period, of an automation that repeats; empty otherwise.
        period: String,
    },
}

/// How one condition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Holds,
    /// Not now, or not known here.
    Later,
    Fails,
}

impl From<bool> for Stand {
    fn from(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Later }
    }
}

/// All conditions must hold. A time that is not now and a language, country or city that is known to
/// be another are invalid; everything else that does not hold may do so later.
pub fn validate(conditions: &[Condition], person: &Person, now_ms: i64) -> Verdict {
    let repeat = repeat(conditions);
    let (mut left, mut period) = (Vec::new(), String::new());
    for condition in conditions {
        let stand = match begun_ms(condition, repeat, now_ms) {
            Some(None) => Stand::Fails,
            Some(Some(begun_ms)) => {
                if repeat.is_some() && period.is_empty() {
                    period = period::key(begun_ms);
                }
                Stand::Holds
            }
            None => stand(condition, person, now_ms),
        };
        match stand {
            Stand::Holds => {}
            Stand::Later => left.push(condition.clone()),
            Stand::Fails => return Verdict::Invalid,
        }
    }
    Verdict::Open { left, period }
}

/// For popups and designs, which the client is always given: every condition that does not hold.
pub fn open(conditions: &[Condition], person: &Person, now_ms: i64) -> Vec<Condition> {
    let repeat = repeat(conditions);
    let holds = |condition: &Condition| match begun_ms(condition, repeat, now_ms) {
        Some(begun_ms) => begun_ms.is_some(),
        None => stand(condition, person, now_ms) == Stand::Holds,
    };
    conditions
        .iter()
        .filter(|condition| !holds(condition))
        .cloned()
        .collect()
}

/// Whether time alone can make these hold.
pub fn is_about_time(conditions: &[Condition]) -> bool {
    conditions
        .iter()
        .any(|condition| name(condition) == "datetime")
}

/// Why a condition cannot be saved: what the service alone looks at must be readable.
pub fn check(condition: &Condition) -> Result<(), String> {
    match name(condition) {
        "" => Err("a condition begins with its name".to_owned()),
        "datetime" => Window::read(word(condition, 1), word(condition, 2)).map(|_| ()),
        "repeat" if Repeat::named(word(condition, 1)).is_none() => Err(format!(
            "{:?} is not every-day, every-week, every-month or every-year",
            word(condition, 1)
        )),
        _ => Ok(()),
    }
}

fn repeat(conditions: &[Condition]) -> Option<Repeat> {
    conditions
        .iter()
        .filter(|condition| name(condition) == "repeat")
        .find_map(|condition| Repeat::named(word(condition, 1)))
}

/// When the time of a condition on time began; `None` inside where it is not now.
fn begun_ms(condition: &Condition, repeat: Option<Repeat>, now_ms: i64) -> Option<Option<i64>> {
    if name(condition) != "datetime" {
        return None;
    }
    let window = Window::read(word(condition, 1), word(condition, 2)).ok();
    Some(window.and_then(|window| window.begun_ms(repeat, now_ms)))
}

fn stand(condition: &Condition, person: &Person, now_ms: i64) -> Stand {
    let operator = word(condition, 1);
    match name(condition) {
        // It says how `datetime` comes back, and nothing by itself.
        "repeat" => Stand::Holds,
        "include_urls" => url(condition, person.detail(UrlVisited::SLUG)).into(),
        "exclude_urls" => {
            let excluded = url(condition, person.detail(UrlVisited::SLUG));
            excluded.map_or(Stand::Later, |excluded| (!excluded).into())
        }
        "referring" => url(condition, person.detail(REFERRING)).into(),
        "user_type" => is_of_type(operator, person.user_type).into(),
        "returning_visitor" => {
            let first_time = person.came_ms.map(|came| now_ms - came < FIRST_TIME_MS);
            match (operator, first_time) {
                ("is-first-time", Some(first_time)) => first_time.into(),
                ("is-returning", Some(first_time)) => (!first_time).into(),
                _ => Stand::Later,
            }
        }
        "languages" => {
            let spoken = language(|slug| person.detail(slug));
            let same = |listed: &str| code(listed).unwrap_or_else(|| listed.to_lowercase());
            among(condition, spoken.as_deref(), same)
        }
        "countries" => among(condition, person.detail("country_code"), str::to_lowercase),
        "cities" => among(condition, person.detail("city"), str::to_lowercase),
        // `browsing_time`, and what a newer client knows.
        _ => Stand::Later,
    }
}

impl From<Option<bool>> for Stand {
    fn from(holds: Option<bool>) -> Self {
        holds.map_or(Self::Later, Self::from)
    }
}

impl Person {
    fn detail(&self, slug: &str) -> Option<&str> {
        let found = self.details.iter().find(|detail| detail.slug == slug);
        found
            .map(|detail| detail.value.trim())
            .filter(|value| !value.is_empty())
    }
}

/// Whether a page is what the condition says; `None` where the page or the condition is unknown.
/// Several pages may be listed, with commas between them.
fn url(condition: &Condition, page: Option<&str>) -> Option<bool> {
    let page = address(page?);
    let listed: Vec<String> = values(condition, 2).map(|url| address(&url)).collect();
    let contains = listed.iter().any(|listed| page.contains(listed));
    let bare = |url: &str| url.trim_end_matches('/').to_owned();
    let is = listed.iter().any(|listed| bare(listed) == bare(&page));
    match word(condition, 1) {
        "contains" => Some(contains),
        "does-not-contain" => Some(!contains),
        "is-exactly" => Some(is),
        "is-not" => Some(!is),
        _ => None,
    }
}

/// An address as people mean it: without regard to case, scheme and `www.`.
fn address(url: &str) -> String {
    let url = url.trim().to_lowercase();
    let bare = url.split_once("://").map_or(&*url, |(_, rest)| rest);
    bare.strip_prefix("www.").unwrap_or(bare).to_owned()
}

fn is_of_type(operator: &str, user_type: UserType) -> Option<bool> {
    if let Some(other) = operator.strip_prefix("is-not-") {
        return Some(UserType::named(other)? != user_type);
    }
    Some(UserType::named(operator.strip_prefix("is-")?)? == user_type)
}

/// Whether what a user has is in the condition's list; an empty list asks for nothing.
fn among(condition: &Condition, own: Option<&str>, same: impl Fn(&str) -> String) -> Stand {
    let mut listed = values(condition, 1).peekable();
    if listed.peek().is_none() {
        return Stand::Holds;
    }
    let Some(own) = own.map(&same) else {
        return Stand::Later;
    };
    if listed.any(|one| same(&one) == own) {
        Stand::Holds
    } else {
        Stand::Fails
    }
}

fn name(condition: &Condition) -> &str {
    word(condition, 0)
}

fn word(condition: &Condition, number: usize) -> &str {
    match condition.0.get(number) {
        Some(Part::Text(text)) => text.trim(),
        Some(Part::List(_)) | None => "",
    }
}

/// What is listed from this part on, be it in parts, in a list or with commas.
fn values(condition: &Condition, from: usize) -> impl Iterator<Item = String> {
    let texts = condition.0.iter().skip(from).flat_map(|part| match part {
        Part::Text(text) => std::slice::from_ref(text),
        Part::List(texts) => texts.as_slice(),
    });
    texts
        .flat_map(|text| text.split(','))
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
