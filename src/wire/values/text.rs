//! Texts: free ones with a limit, and words that name something.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::{Argument, Unreadable, argument, not};

/// A free text of `MIN` to `MAX` characters. JSON callers may also send a number or a boolean for it.
///
/// The empty text is a text (unless `MIN` forbids it): an optional one is `Option<Text<…>>` where emptying
/// means something, and `Maybe<Text<…>>` where empty is the same as not given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text<const MAX: usize, const MIN: usize = 0>(pub String);

impl<const MAX: usize, const MIN: usize> Argument for Text<MAX, MIN> {
    type Value = String;

    fn read(value: Value) -> Result<String, Unreadable> {
        let text = plain(value)?;
        within(&text, MIN, MAX)?;
        Ok(text)
    }

    fn new(value: String) -> Self {
        Self(value)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        if MIN == 0 {
            return json_schema!({ "type": "string", "maxLength": MAX });
        }
        json_schema!({ "type": "string", "minLength": MIN, "maxLength": MAX })
    }
}
argument!([const MAX: usize, const MIN: usize] Text<MAX, MIN>);

/// A word of 1 to `MAX` characters that names something: a slug, a column, a user type. Blanks around it are
/// taken off, and a comma separates several.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Word<const MAX: usize>(pub String);

impl<const MAX: usize> Argument for Word<MAX> {
    type Value = String;
    const SEPARATED_BY_COMMAS: bool = true;

    fn read(value: Value) -> Result<String, Unreadable> {
        let text = plain(value)?;
        let word = text.trim();
        within(word, 1, MAX)?;
        Ok(word.to_owned())
    }

    fn new(value: String) -> Self {
        Self(value)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX })
    }
}
argument!([const MAX: usize] Word<MAX>);

/// The text that a plain value is.
pub(super) fn plain(value: Value) -> Result<String, Unreadable> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(not(&value, "a text")),
    }
}

/// Refuses a text with fewer or more characters. The text isn't repeated: it may be a password.
pub(super) fn within(text: &str, chars_min: usize, chars_max: usize) -> Result<(), Unreadable> {
    // Characters take a byte or more, so most texts needn't be counted.
    if text.len() > chars_max && text.chars().nth(chars_max).is_some() {
        return Err(Unreadable(format!(
            "the text is longer than {chars_max} characters"
        )));
    }
    if chars_min > 0 && text.chars().nth(chars_min - 1).is_none() {
        let what = if text.is_empty() {
            "empty".to_owned()
        } else {
            format!("shorter than {chars_min} characters")
        };
        return Err(Unreadable(format!("the text is {what}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_values_are_texts() {
        let read = Text::<9>::read;
        assert_eq!(read(json!(" a ")), Ok(" a ".to_owned()));
        assert_eq!(read(json!("")), Ok(String::new()));
        assert_eq!(read(json!(5)), Ok("5".to_owned()));
        assert_eq!(read(json!(true)), Ok("true".to_owned()));
        assert!(read(json!(null)).is_err() && read(json!(["a"])).is_err());
    }

    #[test]
    fn the_limits_count_characters() {
        let read = Text::<3, 2>::read;
        assert_eq!(read(json!("é😀ü")), Ok("é😀ü".to_owned()));
        assert_eq!(
            read(json!("abcd")).unwrap_err().to_string(),
            "the text is longer than 3 characters"
        );
        assert_eq!(
            read(json!("é")).unwrap_err().to_string(),
            "the text is shorter than 2 characters"
        );
        assert_eq!(
            read(json!("")).unwrap_err().to_string(),
            "the text is empty"
        );
    }

    #[test]
    fn words_are_trimmed_and_never_empty() {
        let read = Word::<5>::read;
        assert_eq!(read(json!(" phone ")), Ok("phone".to_owned()));
        assert!(read(json!("  ")).is_err() && read(json!("phones")).is_err());
    }
}
