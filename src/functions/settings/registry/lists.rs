//! What a workspace has several of: departments and saved replies.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Kind, Setting};

/// All of them.
pub(super) const LISTS: &[Setting] = &[DEPARTMENTS, SAVED_REPLIES];

/// The departments.
pub const DEPARTMENTS: Setting = Setting::new(
    Kind::Repeater,
    "departments",
    "The departments, as get-departments answers them: each has a department-id (a number from 1, \
     its own) and a department-name, and may have a department-color and a department-image.",
)
.checked(departments);
/// The saved replies.
pub const SAVED_REPLIES: Setting = Setting::new(
    Kind::Repeater,
    "saved-replies",
    "The saved replies, as saved-replies answers them: each has a reply-name and a reply-text.",
)
.checked(saved_replies);

fn departments(value: &Value) -> Result<(), String> {
    let mut ids = BTreeSet::new();
    for (number, item) in listed(value)? {
        let text = part(item, number, "department-id")?;
        let id = text.parse::<u64>().ok().filter(|id| *id > 0);
        let Some(id) = id.filter(|id| id.to_string() == text) else {
            return Err(format!("{text:?} is not the ID of a department"));
        };
        if !ids.insert(id) {
            return Err(format!("two departments have the ID {id}"));
        }
        part(item, number, "department-name")?;
        for name in ["department-color", "department-image"] {
            if item.get(name).is_some_and(|part| !part.is_string()) {
                return Err(format!("{name} of item {number} is not a text"));
            }
        }
    }
    Ok(())
}

fn saved_replies(value: &Value) -> Result<(), String> {
    for (number, item) in listed(value)? {
        part(item, number, "reply-name")?;
        part(item, number, "reply-text")?;
    }
    Ok(())
}

/// The items, counted from 1.
fn listed(value: &Value) -> Result<impl Iterator<Item = (usize, &Value)>, String> {
    let items = value.as_array().ok_or("a list is expected")?;
    Ok((1..).zip(items))
}

/// A part that every item has.
fn part<'a>(item: &'a Value, number: usize, name: &str) -> Result<&'a str, String> {
    let text = item.get(name).and_then(Value::as_str);
    text.filter(|text| !text.trim().is_empty())
        .ok_or_else(|| format!("item {number} has no {name}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn departments_have_their_own_id_and_a_name() {
        let fine = |value: Value| departments(&value).is_ok();
        assert!(fine(json!([])));
        assert!(fine(json!([
            {"department-id": "1", "department-name": "Sales"},
            {"department-id": "7", "department-name": "Help", "department-color": "red"},
        ])));
        for wrong in [
            json!([{"department-name": "Sales"}]),
            json!([{"department-id": "1"}]),
            json!([{"department-id": "0", "department-name": "Sales"}]),
            json!([{"department-id": "01", "department-name": "Sales"}]),
            json!([{"department-id": "x", "department-name": "Sales"}]),
            json!([{"department-id": "1", "department-name": "A"}, {"department-id": "1", "department-name": "B"}]),
            json!([{"department-id": "1", "department-name": "A", "department-color": ["red"]}]),
            json!(["Sales"]),
            json!({"a": "b"}),
        ] {
            assert!(!fine(wrong.clone()), "{wrong}");
        }
    }

    #[test]
    fn saved_replies_have_a_name_and_a_text() {
        let fine = |value: Value| saved_replies(&value).is_ok();
        assert!(fine(
            json!([{"reply-name": "hello", "reply-text": "Hello!"}])
        ));
        assert!(!fine(json!([{"reply-name": "hello"}])));
        assert!(!fine(json!([{"reply-name": " ", "reply-text": "Hello!"}])));
        assert!(!fine(json!("hello")));
    }
}
