//! The extra details of a user: `settings_extra={"phone":["+1 555","Phone"]}`.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::{Argument, Unreadable, argument, json_text, list, not, text};

const SLUG_CHARS_MAX: usize = 255;
const NAME_CHARS_MAX: usize = 255;
const VALUE_CHARS_MAX: usize = 65_535;

/// One extra detail of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraDetail {
    /// What it is called in the API, such as `phone`.
    pub slug: String,
    /// The value; empty where the caller wants the detail removed.
    pub value: String,
    /// What it is called on screens, if the caller says so.
    pub name: Option<String>,
}

/// Extra details by slug, each `["value","Name"]`, `["value"]` or `"value"`: as an object, as JSON text, or in
/// brackets. None when it isn't given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExtraDetails(pub Vec<ExtraDetail>);

impl Argument for ExtraDetails {
    type Value = Vec<ExtraDetail>;

    fn read(value: Value) -> Result<Self::Value, Unreadable> {
        if super::optional::is_false(&value) {
            return Ok(Vec::new());
        }
        match json_text::parsed(value)? {
            Value::Object(members) => members
                .into_iter()
                .map(|(slug, value)| detail(&slug, value))
                .collect(),
            Value::Array(items) if items.is_empty() => Ok(Vec::new()),
            other => Err(not(
                &other,
                r#"an object such as {"slug":["value","Name"]}"#,
            )),
        }
    }

    fn new(value: Self::Value) -> Self {
        Self(value)
    }

    fn absent() -> Option<Self::Value> {
        Some(Vec::new())
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": {
                "type": "array",
                "items": { "type": "string", "maxLength": VALUE_CHARS_MAX },
                "minItems": 1,
                "maxItems": 2,
            },
            "description": "Values and names by slug.",
            "x-also-accepts": "JSON text, and plain values in the place of the pairs",
        })
    }
}
argument!([] ExtraDetails);

fn detail(slug: &str, value: Value) -> Result<ExtraDetail, Unreadable> {
    let in_slug = |error: Unreadable| Unreadable(format!("{slug}: {error}"));
    let mut parts = match value {
        Value::Array(parts) => parts,
        Value::Object(slots) if list::is_sparse(&slots) => {
            slots.into_iter().map(|(_, part)| part).collect()
        }
        single => vec![single],
    }
    .into_iter()
    .map(|part| {
        if part.is_null() {
            Ok(String::new())
        } else {
            text::plain(part)
        }
    });
    let value = parts
        .next()
        .transpose()
        .map_err(in_slug)?
        .unwrap_or_default();
    let name = parts
        .next()
        .transpose()
        .map_err(in_slug)?
        .filter(|name| !name.is_empty());
    text::within(slug, 1, SLUG_CHARS_MAX).map_err(in_slug)?;
    text::within(&value, 0, VALUE_CHARS_MAX).map_err(in_slug)?;
    text::within(name.as_deref().unwrap_or_default(), 0, NAME_CHARS_MAX).map_err(in_slug)?;
    Ok(ExtraDetail {
        slug: slug.to_owned(),
        value,
        name,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::form;

    fn detail(slug: &str, value: &str, name: Option<&str>) -> ExtraDetail {
        ExtraDetail {
            slug: slug.to_owned(),
            value: value.to_owned(),
            name: name.map(str::to_owned),
        }
    }

    fn sent(body: &str) -> Result<Vec<ExtraDetail>, Unreadable> {
        ExtraDetails::read(
            form(body.as_bytes())
                .unwrap()
                .0
                .shift_remove("s")
                .unwrap_or_default(),
        )
    }

    #[test]
    fn one_object_in_every_writing() {
        let both = vec![
            detail("phone", "+1", Some("Phone")),
            detail("city", "Rome", None),
        ];
        let bodies = [
            "s[phone][0]=%2B1&s[phone][1]=Phone&s[city][0]=Rome",
            "s[phone][]=%2B1&s[phone][]=Phone&s[city]=Rome",
            "s={\"phone\":[\"%2B1\",\"Phone\"],\"city\":\"Rome\"}",
            "s={\"phone\":[\"%2B1\",\"Phone\"],\"city\":[\"Rome\",\"\"]}",
        ];
        for body in bodies {
            assert_eq!(sent(body), Ok(both.clone()), "{body}");
        }
        assert_eq!(
            ExtraDetails::read(json!({"age": [5, "Age"], "gone": null})),
            Ok(vec![
                detail("age", "5", Some("Age")),
                detail("gone", "", None)
            ])
        );
    }

    #[test]
    fn nothing_is_no_details() {
        for body in ["", "s", "s=[]", "s={}", "s=false", "s=0"] {
            assert_eq!(sent(body), Ok(vec![]), "{body}");
        }
    }

    #[test]
    fn refuses_other_shapes() {
        for body in [
            "s=phone",
            "s[]=phone",
            "s=[1]",
            "s[phone][x]=1",
            "s[phone][0][0]=1",
            "s={",
            "s=5",
        ] {
            assert!(sent(body).is_err(), "{body}");
        }
        assert!(ExtraDetails::read(json!({"": "x"})).is_err());
        assert!(ExtraDetails::read(json!({"x": "v".repeat(VALUE_CHARS_MAX + 1)})).is_err());
    }
}
