//! A setting's value, restored to its type from what a form made of it.

use serde_json::{Map, Value};

use super::registry::registered;
use crate::functions::Refusal;

/// Shown instead of a secret; saved, it leaves the secret as it is.
pub const MASK: &str = "********";

/// A value and its type, restored from one member of save-settings' `settings`.
///
/// PHP sends `[false, "checkbox"]` as `["0", "checkbox"]` and jQuery as `["false", "checkbox"]`; a
/// registered setting has the registry's type, whatever comes with it.
///
/// # Errors
/// [`Refusal::InvalidArgument`] naming the setting.
pub fn restored(id: &str, given: Value) -> Result<(Value, String), Refusal> {
    let refused = |why: &str| Refusal::InvalidArgument(format!("the setting {id}: {why}"));
    let pair: Result<[Value; 2], Value> = match given {
        Value::Array(items) => items.try_into().map_err(Value::Array),
        other => Err(other),
    };
    let (value, kind) = match (pair, registered(id)) {
        (Ok([value, Value::String(kind)]), None) => (value, kind),
        (Ok([value, Value::String(_)]), Some(setting)) => (value, setting.kind.name().to_owned()),
        // A registered setting may come bare: its type is known.
        (Err(value), Some(setting)) if !value.is_array() => (value, setting.kind.name().to_owned()),
        _ => return Err(refused("[value, \"type\"] is expected")),
    };
    if kind.is_empty() || kind.chars().count() > 100 {
        return Err(refused("a type has 1 to 100 characters"));
    }
    let value = typed(value, &kind).map_err(|why| refused(&why))?;
    if let Some(setting) = registered(id) {
        (setting.check)(&value).map_err(|why| refused(&format!("{why}. {}", setting.help)))?;
    }
    Ok((value, kind))
}

fn typed(value: Value, kind: &str) -> Result<Value, String> {
    match (kind, value) {
        ("checkbox", value) => checkbox(&value).map(Value::Bool),
        ("number", Value::String(text)) => number(&text),
        ("mapping", value) => mapping(value),
        ("text" | "password" | "textarea" | "select" | "color" | "upload-image", value) => {
            text(value)
        }
        // Several settings in one: each member has its own type.
        ("multi-input", Value::Object(members)) => members
            .into_iter()
            .map(|(id, member)| Ok((id, member_typed(member)?)))
            .collect::<Result<Map<_, _>, String>>()
            .map(Value::Object),
        (_, value) => Ok(value),
    }
}

fn member_typed(member: Value) -> Result<Value, String> {
    match member {
        Value::Array(mut items) if items.len() == 2 && items[1].is_string() => {
            let kind = items[1].as_str().unwrap_or_default().to_owned();
            items[0] = typed(items[0].take(), &kind)?;
            Ok(Value::Array(items))
        }
        other => Ok(other),
    }
}

fn checkbox(value: &Value) -> Result<bool, String> {
    let text = match value {
        Value::Bool(flag) => return Ok(*flag),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_ascii_lowercase(),
        Value::Null => String::new(),
        Value::Array(_) | Value::Object(_) => "a list".to_owned(),
    };
    match text.as_str() {
        "" | "0" | "false" | "off" => Ok(false),
        "1" | "true" | "on" => Ok(true),
        other => Err(format!("{other:?} is neither true nor false")),
    }
}

fn number(text: &str) -> Result<Value, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Value::String(String::new()));
    }
    let whole = text.parse::<i64>().map(Value::from).ok();
    let value =
        whole.or_else(|| serde_json::Number::from_f64(text.parse().ok()?).map(Value::Number));
    value.ok_or_else(|| format!("{text:?} is not a number"))
}

fn text(value: Value) -> Result<Value, String> {
    match value {
        Value::String(_) => Ok(value),
        Value::Null => Ok(Value::String(String::new())),
        Value::Bool(_) | Value::Number(_) => Ok(Value::String(value.to_string())),
        Value::Array(_) | Value::Object(_) => Err("a text is expected".to_owned()),
    }
}

/// Texts by name: an object, or the JSON text of one. Where there are none it is the empty text.
fn mapping(value: Value) -> Result<Value, String> {
    let wrong = || "texts by name are expected, as a JSON object".to_owned();
    let value = match value {
        Value::String(text) if text.trim().is_empty() => Value::Null,
        Value::String(text) => serde_json::from_str(&text).map_err(|_| wrong())?,
        value => value,
    };
    match value {
        Value::Object(members) if !members.is_empty() => members
            .into_iter()
            .map(|(name, member)| Ok((name, text(member)?)))
            .collect::<Result<Map<_, _>, String>>()
            .map(Value::Object),
        Value::Null | Value::Object(_) => Ok("".into()),
        // An empty map of PHP's.
        Value::Array(none) if none.is_empty() => Ok("".into()),
        _ => Err(wrong()),
    }
}

/// The value as it is shown: secrets masked, inside of others as well.
#[must_use]
pub fn shown(value: &Value, kind: &str) -> Value {
    match (kind, value) {
        ("password", Value::String(secret)) if !secret.is_empty() => MASK.into(),
        ("multi-input", Value::Object(members)) => members
            .iter()
            .map(|(id, member)| (id.clone(), shown_member(member)))
            .collect(),
        _ => value.clone(),
    }
}

fn shown_member(member: &Value) -> Value {
    match member.as_array().map(Vec::as_slice) {
        Some([value, Value::String(kind)]) => {
            Value::Array(vec![shown(value, kind), Value::String(kind.clone())])
        }
        _ => member.clone(),
    }
}

/// The value with the secrets that came back masked as they were before.
#[must_use]
pub fn unmasked(value: Value, kind: &str, before: Option<&Value>) -> Value {
    match (kind, value) {
        ("password", Value::String(text)) if text == MASK => {
            before.cloned().unwrap_or_else(|| "".into())
        }
        ("multi-input", Value::Object(members)) => members
            .into_iter()
            .map(|(id, member)| {
                let before = before.and_then(|before| before.get(&id)?.get(0));
                let member = match member {
                    Value::Array(mut items) if items.len() == 2 => {
                        let kind = items[1].as_str().unwrap_or_default().to_owned();
                        items[0] = unmasked(items[0].take(), &kind, before);
                        Value::Array(items)
                    }
                    other => other,
                };
                (id, member)
            })
            .collect(),
        (_, value) => value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_form_made_of_a_value_is_undone() {
        let restored = |given| restored("some-id", given).unwrap();
        let kind = |kind: &str| kind.to_owned();
        for given in [
            json!(["0", "checkbox"]),
            json!(["false", "checkbox"]),
            json!([false, "checkbox"]),
        ] {
            assert_eq!(restored(given), (json!(false), kind("checkbox")));
        }
        assert_eq!(restored(json!(["1", "checkbox"])).0, json!(true));
        assert_eq!(restored(json!(["12", "number"])).0, json!(12));
        assert_eq!(restored(json!(["1.5", "number"])).0, json!(1.5));
        assert_eq!(restored(json!([5, "text"])).0, json!("5"));
        assert_eq!(
            restored(json!([{"a": "b"}, "repeater"])).0,
            json!({"a": "b"})
        );
        let nested = json!([{"on": ["1", "checkbox"], "name": ["x", "text"]}, "multi-input"]);
        assert_eq!(
            restored(nested).0,
            json!({"on": [true, "checkbox"], "name": ["x", "text"]})
        );
    }

    #[test]
    fn the_registry_decides_the_type() {
        let given = json!(["1", "text"]);
        let expected = (json!(true), "checkbox".to_owned());
        assert_eq!(restored("webhooks-enabled", given).unwrap(), expected);
        assert_eq!(restored("webhooks-enabled", json!("on")).unwrap(), expected);
        assert!(restored("webhooks-enabled", json!(["maybe", "checkbox"])).is_err());
        assert!(restored("webhooks-url", json!(["nonsense", "text"])).is_err());
        assert!(restored("some-id", json!("bare")).is_err());
    }

    #[test]
    fn a_mapping_comes_as_an_object_or_as_text() {
        let links = |given| restored("slack-agents", given).map(|(value, _)| value);
        let expected = json!({"U1": "445", "U2": "2"});
        for given in [
            json!({"U1": "445", "U2": 2}),
            json!([{"U1": 445, "U2": "2"}, "mapping"]),
            json!("{\"U1\": \"445\", \"U2\": 2}"),
        ] {
            assert_eq!(links(given).as_ref(), Ok(&expected));
        }
        for none in [json!(""), json!({}), json!("{}"), json!([[], "mapping"])] {
            assert_eq!(links(none), Ok(json!("")));
        }
        for wrong in [
            json!("U1=2"),
            json!("[1]"),
            json!({"U1": {}}),
            json!({"U1": "x"}),
        ] {
            assert!(links(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn secrets_are_masked_and_come_back() {
        assert_eq!(shown(&json!("s3cret"), "password"), json!(MASK));
        assert_eq!(shown(&json!(""), "password"), json!(""));
        let stored = json!({"key": ["s3cret", "password"], "name": ["x", "text"]});
        let seen = shown(&stored, "multi-input");
        assert_eq!(
            seen,
            json!({"key": [MASK, "password"], "name": ["x", "text"]})
        );
        assert_eq!(unmasked(seen, "multi-input", Some(&stored)), stored);
        assert_eq!(
            unmasked(json!(MASK), "password", Some(&json!("old"))),
            json!("old")
        );
        assert_eq!(
            unmasked(json!("new"), "password", Some(&json!("old"))),
            json!("new")
        );
    }
}
