//! A setting's value, restored to its type from what a form made of it.

use serde_json::{Map, Value};

use super::registry::{Kind, Setting, registered};
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
    let known = registered(id);
    let (value, kind) = match (parted(given, known), known) {
        ((value, Some(kind)), None) => (value, kind),
        ((value, Some(_)), Some(setting)) => (value, setting.kind.name().to_owned()),
        // A registered setting may come bare: its type is known.
        ((value, None), Some(setting)) if !value.is_array() || setting.kind == Kind::Repeater => {
            (value, setting.kind.name().to_owned())
        }
        _ => return Err(refused("[value, \"type\"] is expected")),
    };
    if kind.is_empty() || kind.chars().count() > 100 {
        return Err(refused("a type has 1 to 100 characters"));
    }
    let value = typed(value, &kind).map_err(|why| refused(&why))?;
    // A mask stands for a secret that was checked when it was saved.
    let is_masked = kind == Kind::Password.name() && value == MASK;
    if let Some(setting) = known.filter(|_| !is_masked) {
        (setting.check)(&value).map_err(|why| refused(&format!("{why}. {}", setting.help)))?;
    }
    Ok((value, kind))
}

/// The value, and the type that came with it. Neither PHP nor jQuery sends an empty list: what comes
/// of `[[], "repeater"]` is the type alone, as number 1 (PHP) or as the only item (jQuery).
fn parted(given: Value, known: Option<&Setting>) -> (Value, Option<String>) {
    let is_left_alone = |kind: &str| {
        ["repeater", "multi-input"].contains(&kind)
            || known.is_some_and(|setting| setting.kind.name() == kind)
    };
    match given {
        Value::Array(mut items) => match items.as_slice() {
            [_, Value::String(kind)] => {
                let kind = kind.clone();
                (items.swap_remove(0), Some(kind))
            }
            [Value::String(kind)] if is_left_alone(kind) => (Value::Null, Some(kind.clone())),
            _ => (Value::Array(items), None),
        },
        Value::Object(members) if members.len() == 1 => match members.get("1") {
            Some(Value::String(kind)) if is_left_alone(kind) => (Value::Null, Some(kind.clone())),
            _ => (Value::Object(members), None),
        },
        other => (other, None),
    }
}

fn typed(value: Value, kind: &str) -> Result<Value, String> {
    match (kind, value) {
        ("repeater", value) => items(value),
        ("multi-input", Value::Null) => Ok(Value::Object(Map::new())),
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
    match parted(member, None) {
        (value, Some(kind)) => Ok(Value::Array(vec![typed(value, &kind)?, kind.into()])),
        (bare, None) => Ok(bare),
    }
}

/// A list of things of several parts each, such as departments. All parts are texts: that is what a
/// form makes of them, and nothing says which were numbers.
fn items(value: Value) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Array(Vec::new())),
        Value::String(text) if text.is_empty() => Ok(Value::Array(Vec::new())),
        Value::Array(_) | Value::Object(_) => Ok(in_texts(value)),
        Value::String(_) | Value::Bool(_) | Value::Number(_) => {
            Err("a list is expected".to_owned())
        }
    }
}

fn in_texts(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(in_texts).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, member)| (name, in_texts(member)))
            .collect(),
        Value::Bool(yes) => u8::from(yes).to_string().into(),
        Value::Number(number) => number.to_string().into(),
        Value::Null => "".into(),
        text @ Value::String(_) => text,
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

#[cfg(test)]
mod tests;
