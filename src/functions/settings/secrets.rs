//! Secrets in settings: masked where they are shown, and taken back as they were.
//!
//! A secret is the value of a setting of type `password`. Settings may hold others, written
//! `[value, "type"]`, at any depth, so secrets are looked for at any depth.

use serde_json::Value;

use super::value::MASK;

/// The type of a secret.
const PASSWORD: &str = "password";

/// The value of a setting of this type as it is shown.
#[must_use]
pub fn masked(value: &Value, kind: &str) -> Value {
    match (kind, value) {
        (PASSWORD, Value::String(secret)) if !secret.is_empty() => MASK.into(),
        (_, Value::Array(items)) => match &items[..] {
            [value, Value::String(kind)] if kind == PASSWORD => {
                Value::Array(vec![masked(value, PASSWORD), PASSWORD.into()])
            }
            items => items.iter().map(|item| masked(item, "")).collect(),
        },
        (_, Value::Object(members)) => members
            .iter()
            .map(|(name, member)| (name.clone(), masked(member, "")))
            .collect(),
        (_, value) => value.clone(),
    }
}

/// The value with the secrets that came back masked as they were before.
#[must_use]
pub fn unmasked(value: Value, kind: &str, before: Option<&Value>) -> Value {
    match (kind, value) {
        (PASSWORD, Value::String(text)) if text == MASK => {
            before.cloned().unwrap_or_else(|| "".into())
        }
        (_, Value::Array(mut items)) => {
            if matches!(&items[..], [_, Value::String(kind)] if kind == PASSWORD) {
                items[0] = unmasked(items[0].take(), PASSWORD, before.and_then(|it| it.get(0)));
                return Value::Array(items);
            }
            let items = items.into_iter().enumerate();
            items
                .map(|(place, item)| {
                    let before = same(before, place, &item);
                    unmasked(item, "", before)
                })
                .collect()
        }
        (_, Value::Object(members)) => members
            .into_iter()
            .map(|(name, member)| {
                let before = before.and_then(|before| before.get(&name));
                (name, unmasked(member, "", before))
            })
            .collect(),
        (_, value) => value,
    }
}

/// The item of a list as it was before: the one with the same ID where items have one, since lists are
/// sorted and shortened; else the one at the same place.
fn same<'a>(before: Option<&'a Value>, place: usize, item: &Value) -> Option<&'a Value> {
    let before = before?.as_array()?;
    match item.get("id") {
        Some(id) => before.iter().find(|item| item.get("id") == Some(id)),
        None => before.get(place),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_masked_at_any_depth_and_taken_back() {
        assert_eq!(masked(&json!("s3cret"), "password"), json!(MASK));
        assert_eq!(masked(&json!(""), "password"), json!(""));
        for stored in [
            json!({"pass": ["s3cret", "password"], "host": ["mail", "text"]}),
            json!([{"id": "1", "pass": ["s3cret", "password"]}, ["x", "y"]]),
            json!({"deep": [{"er": {"pass": ["s3cret", "password"]}}]}),
            json!({"none": ["", "password"]}),
        ] {
            let seen = masked(&stored, "repeater");
            assert!(!seen.to_string().contains("s3cret"), "{seen}");
            assert_eq!(unmasked(seen, "repeater", Some(&stored)), stored);
        }
        let (mask, old) = (json!(MASK), json!("old"));
        assert_eq!(unmasked(mask.clone(), "password", Some(&old)), old);
        assert_eq!(unmasked(mask, "password", None), json!(""));
        assert_eq!(unmasked(json!("new"), "password", Some(&old)), json!("new"));
    }

    #[test]
    fn items_with_an_id_keep_their_secrets_wherever_they_stand() {
        let item = |id: &str, secret: &str| json!({"id": id, "pass": [secret, "password"]});
        let before = json!([item("1", "one"), item("2", "two")]);
        let back = json!([item("2", MASK), item("3", MASK)]);
        let expected = json!([item("2", "two"), item("3", "")]);
        assert_eq!(unmasked(back, "repeater", Some(&before)), expected);
    }
}
