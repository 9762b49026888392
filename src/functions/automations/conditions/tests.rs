use serde_json::{Value, json};

use super::*;
use crate::functions::scenario::NOW_MS;

fn conditions(written: Value) -> Vec<Condition> {
    serde_json::from_value(written).unwrap()
}

/// A user of yesterday's yesterday who speaks Spanish and looks at the prices.
fn person() -> Person {
    let detail = |slug: &str, value: &str| Detail {
        slug: slug.to_owned(),
        name: String::new(),
        value: value.to_owned(),
    };
    Person {
        user_type: UserType::User,
        details: vec![
            detail("browser_language", "es-MX"),
            detail("country_code", "MX"),
            detail("current_url", "https://www.example.com/Pricing/?a=1"),
            detail("referring", "https://search.example/"),
        ],
        came_ms: Some(NOW_MS - 2 * FIRST_TIME_MS),
    }
}

fn verdict(written: Value) -> Verdict {
    validate(&conditions(written), &person(), NOW_MS)
}

fn holds(written: Value) -> bool {
    matches!(verdict(written), Verdict::Open { left, .. } if left.is_empty())
}

fn later(written: Value) -> bool {
    let all = conditions(written.clone());
    matches!(verdict(written), Verdict::Open { left, .. } if left == all)
}

#[test]
fn no_conditions_are_valid() {
    assert!(holds(json!([])));
}

#[test]
fn time_in_and_out() {
    assert!(holds(json!([[
        "datetime",
        "is-between",
        "10/05/2020 - 13/05/2020"
    ]])));
    assert!(holds(json!([["datetime", "is-exactly", "12/05/2020"]])));
    assert!(holds(json!([[
        "datetime",
        "is-exactly",
        "12/05/2020 14:28"
    ]])));
    for out in ["11/05/2020", "13/05/2020", "12/05/2020 14:29", "nonsense"] {
        let written = json!([["user_type", "is-lead"], ["datetime", "is-exactly", out]]);
        assert_eq!(verdict(written), Verdict::Invalid, "{out}");
    }
}

#[test]
fn repeating_says_its_period() {
    let written = json!([
        ["datetime", "is-exactly", "12/05/2018"],
        ["repeat", "every-year"]
    ]);
    let period = "2020-05-12".to_owned();
    let left = Vec::new();
    assert_eq!(verdict(written), Verdict::Open { left, period });
    let without = json!([["repeat", "every-day"]]);
    let (left, period) = (Vec::new(), String::new());
    assert_eq!(verdict(without), Verdict::Open { left, period });
}

#[test]
fn pages() {
    let url = |name: &str, operator: &str, value: &str| json!([[name, operator, value]]);
    assert!(holds(url(
        "include_urls",
        "contains",
        "https://example.com/pricing"
    )));
    assert!(holds(url(
        "include_urls",
        "contains",
        "/nowhere, example.com"
    )));
    assert!(later(url("include_urls", "contains", "/nowhere")));
    assert!(holds(url("include_urls", "does-not-contain", "/nowhere")));
    assert!(holds(url(
        "include_urls",
        "is-exactly",
        "http://example.com/pricing/?a=1"
    )));
    assert!(later(url("include_urls", "is-exactly", "example.com")));
    assert!(holds(url("include_urls", "is-not", "example.com")));
    assert!(holds(url("exclude_urls", "contains", "/nowhere")));
    assert!(later(url("exclude_urls", "contains", "/pricing")));
    assert!(holds(url(
        "exclude_urls",
        "is-not",
        "EXAMPLE.com/pricing/?a=1"
    )));
    assert!(holds(url("referring", "is-exactly", "search.example")));
    assert!(later(url("referring", "contains", "other.example")));
    let mut nowhere = person();
    nowhere.details.clear();
    for name in ["include_urls", "exclude_urls", "referring"] {
        let written = conditions(url(name, "does-not-contain", "x"));
        let verdict = validate(&written, &nowhere, NOW_MS);
        let period = String::new();
        let left = written;
        assert_eq!(verdict, Verdict::Open { left, period }, "{name} is unknown");
    }
}

#[test]
fn types() {
    for (operator, expected) in [
        ("is-user", true),
        ("is-not-visitor", true),
        ("is-not-lead", true),
        ("is-visitor", false),
        ("is-lead", false),
        ("is-not-user", false),
        ("is-nonsense", false),
    ] {
        let written = json!([["user_type", operator]]);
        assert_eq!(holds(written.clone()), expected, "{operator}");
        assert_eq!(later(written), !expected, "{operator}");
    }
}

#[test]
fn lists() {
    for written in [
        json!(["languages", "es"]),
        json!(["languages", "fr, es-ES"]),
        json!(["languages", "fr", "es"]),
        json!(["countries", ["fr", "mx"]]),
        json!(["countries", ""]),
    ] {
        assert!(holds(json!([written])), "{written}");
    }
    assert_eq!(verdict(json!([["languages", "en"]])), Verdict::Invalid);
    assert_eq!(verdict(json!([["countries", "us,fr"]])), Verdict::Invalid);
    assert!(later(json!([["cities", "Rome"]])), "the city is unknown");
}

#[test]
fn returning() {
    assert!(holds(json!([["returning_visitor", "is-returning"]])));
    assert!(later(json!([["returning_visitor", "is-first-time"]])));
    let mut new = person();
    new.came_ms = Some(NOW_MS - 1);
    let written = conditions(json!([["returning_visitor", "is-first-time"]]));
    let (left, period) = (Vec::new(), String::new());
    assert_eq!(
        validate(&written, &new, NOW_MS),
        Verdict::Open { left, period }
    );
}

#[test]
fn what_is_the_clients_is_left_to_it() {
    let written = json!([
        ["user_type", "is-user"],
        ["browsing_time", "20"],
        ["scroll_position", "50"],
        ["languages", "es"],
    ]);
    let left = conditions(json!([["browsing_time", "20"], ["scroll_position", "50"]]));
    let period = String::new();
    assert_eq!(verdict(written), Verdict::Open { left, period });
}

#[test]
fn popups_are_left_all_that_does_not_hold() {
    let written = conditions(json!([
        ["datetime", "is-exactly", "01/01/2000"],
        ["user_type", "is-user"],
        ["languages", "en"],
    ]));
    let left = conditions(json!([
        ["datetime", "is-exactly", "01/01/2000"],
        ["languages", "en"],
    ]));
    assert_eq!(open(&written, &person(), NOW_MS), left);
}
