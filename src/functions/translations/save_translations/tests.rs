//! What a save records, and what it refuses.

use events::{Event, Stream};
use serde_json::json;

use super::*;
use crate::functions::{
    conversations::histories::arguments,
    scenario::{given, happened},
};

fn save(translations: &Value) -> SaveTranslations {
    arguments(json!({ "translations": translations }))
}

fn texts_of(texts: &[(&str, &str)]) -> Texts {
    let owned = |(text, to): &(&str, &str)| ((*text).to_owned(), (*to).to_owned());
    texts.iter().map(owned).collect()
}

fn named(code: &str, name: &str) -> (Stream, Event) {
    let name = Some(name.to_owned());
    happened(
        STREAM,
        Saved {
            name,
            ..Saved::of(code)
        },
    )
}

fn saved(code: &str, area: Area, texts: &[(&str, &str)], removed: &[&str]) -> (Stream, Event) {
    let event = Saved {
        area: Some(area),
        texts: texts_of(texts),
        removed: removed.iter().map(|text| (*text).to_owned()).collect(),
        ..Saved::of(code)
    };
    happened(STREAM, event)
}

#[test]
fn only_what_changes_is_recorded() {
    let first = json!({"xx": {"name": "Xxish", "front": {"a.b": "1", "c \"d\"": ""}, "admin": {}}});
    let history = vec![
        named("xx", "Xxish"),
        saved("xx", Area::Front, &[("a.b", "1"), ("c \"d\"", "")], &[]),
        saved("xx", Area::Admin, &[], &[]),
    ];
    given([])
        .when(save(&first))
        .then(history.clone())
        .answering(json!(true));
    given(history.clone()).when(save(&first)).then([]);
    let other = json!({"XX": {"front": {"a.b": "2", "e": "3"}}});
    given(history).when(save(&other)).then([saved(
        "xx",
        Area::Front,
        &[("a.b", "2"), ("e", "3")],
        &["c \"d\""],
    )]);
}

#[test]
fn what_forms_make_of_it() {
    for translations in [
        json!({"xx": {"front": {"0": "a", "1": "b"}}}),
        json!({"xx": {"front": ["a", "b"]}}),
        json!({"xx": "{\"front\": {\"0\": \"a\", \"1\": \"b\"}}"}),
        json!("{\"xx\": {\"front\": {\"0\": \"a\", \"1\": \"b\"}}}"),
    ] {
        given([]).when(save(&translations)).then([
            named("xx", "xx"),
            saved("xx", Area::Front, &[("0", "a"), ("1", "b")], &[]),
        ]);
    }
    given([])
        .when(save(&json!({"de": [], "xx": ""})))
        .then([named("de", "German"), named("xx", "xx")]);
}

#[test]
fn much_is_cut_into_several_events() {
    let long = "x".repeat(1_000);
    let texts: Texts = (0..1_000)
        .map(|number| (format!("{number} {}", &long[..900]), long.clone()))
        .collect();
    let command = save(&json!({"xx": {"front": texts}}));
    let mut state = eventlog::Memory::default();
    let facts = crate::functions::scenario::facts(crate::presence::Presence::new(60, 10));
    let mut decision = Decision::new(&mut state, &facts);
    assert!(command.decide(&mut decision).unwrap());
    let recorded = decision.into_recorded();
    assert!(recorded.len() > 5, "{}", recorded.len());
    for (_, event) in &recorded {
        assert!(event.encode().len() < 2 * EVENT_BYTES);
    }
    assert_eq!(super::texts(&state, "xx", Area::Front).unwrap(), texts);
}

#[test]
fn refusals() {
    let refused = |translations: Value, code: &str| {
        given([]).when(save(&translations)).then_refused_with(code);
    };
    for wrong in [
        json!({"../x": {}}),
        json!({"e": {}}),
        json!({"xx": 1}),
        json!({"xx": "text"}),
        json!({"xx": {"back": {}}}),
        json!({"xx": {"front": {"a": ["b"]}}}),
        json!({"xx": {"front": {"": "b"}}}),
        json!({"xx": {}, "XX": {}}),
    ] {
        refused(wrong, "invalid-argument");
    }
    refused(
        json!({"xx": {"front": {"a": "x".repeat(10_001)}}}),
        "too-large",
    );
    refused(
        json!({"xx": {"front": {"x".repeat(1_001): "a"}}}),
        "too-large",
    );
    let letters = || ('a'..='z').flat_map(|a| ('a'..='z').map(move |b| format!("{a}{b}")));
    let many: Map<String, Value> = letters().take(201).map(|code| (code, json!({}))).collect();
    refused(Value::Object(many), "too-large");
}
