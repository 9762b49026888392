//! `get-setting`

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    registry::{Setting, registered},
    secrets::masked,
    state::{external, setting},
};
use crate::{
    functions::{Context, Failure, Query},
    wire::Text,
};

/// The value of one setting.
///
/// A simple setting gives its value, one of several parts an object, and one that is stored apart
/// what is stored under its name. A setting that the service acts on and that nobody has saved gives
/// its default; an unknown one gives false. Secrets are shown as `********`.
/// # Example
/// `{"setting": "webhooks-url"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetSetting {
    /// The setting's ID.
    setting: Text<100>,
}

/// What a setting holds: a text, true or false, a number, or anything more.
#[derive(Debug, Serialize)]
pub struct AnyValue(Value);

impl From<Value> for AnyValue {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl JsonSchema for AnyValue {
    fn schema_name() -> Cow<'static, str> {
        "SettingValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What the setting holds; false for an unknown one.",
            "anyOf": [
                { "type": "boolean" }, { "type": "number" }, { "type": "string" }, { "type": "null" },
                { "type": "array", "items": {} },
                { "type": "object", "additionalProperties": true },
            ],
        })
    }
}

impl Query for GetSetting {
    const NAME: &'static str = "get-setting";
    type Reply = AnyValue;

    async fn answer(self, context: &Context) -> Result<AnyValue, Failure> {
        let state = context.service.journal.reader();
        let id = self.setting.0.trim();
        if let Some((value, kind)) = setting(state, id)? {
            return Ok(AnyValue(parts(masked(&value, &kind), &kind)));
        }
        let default = registered(id).map(Setting::default);
        Ok(AnyValue(match default {
            Some(default) => default,
            None => external(state, id)?.map_or(json!(false), |value| masked(&value, "")),
        }))
    }
}

/// A setting of several parts: their values without their types.
fn parts(value: Value, kind: &str) -> Value {
    match (kind, value) {
        ("multi-input", Value::Object(members)) => members
            .into_iter()
            .map(|(id, member)| match member {
                Value::Array(mut items) if items.len() == 2 => (id, items.swap_remove(0)),
                other => (id, other),
            })
            .collect(),
        (_, value) => value,
    }
}
