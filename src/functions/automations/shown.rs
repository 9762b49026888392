//! How automations are answered.

use std::{borrow::Cow, collections::BTreeMap};

use events::automation::{Automation, ByKind, Condition, Kind};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// An automation with its conditions, and what its kind has besides.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Shown {
    #[serde(flatten)]
    automation: Automation,
    /// The kind, where it does not follow from the place.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
}

impl Shown {
    /// With its kind, and with these conditions in place of its own.
    pub fn left(kind: Kind, automation: Automation, left: Vec<Condition>) -> Self {
        Self {
            automation: Automation {
                conditions: Some(left),
                ..automation
            },
            kind: Some(kind),
        }
    }
}

impl JsonSchema for Shown {
    fn schema_name() -> Cow<'static, str> {
        "Automation".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An automation; what else it has depends on its kind.",
            "type": "object",
            "properties": {
                "id": { "type": "string", "description": "Made by the service where a new one has none." },
                "conditions": conditions_schema(),
                "name": { "type": "string" },
                "message": { "type": "string" },
                "type": { "enum": Kind::ALL.map(Kind::name) },
            },
            "additionalProperties": true,
        })
    }
}

/// Conditions of an automation.
#[derive(Clone, Debug, Serialize)]
pub struct Conditions(pub Vec<Condition>);

impl JsonSchema for Conditions {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Conditions".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        conditions_schema()
    }
}

fn conditions_schema() -> Schema {
    let words = json!({ "type": "array", "items": { "type": "string" } });
    let part = json!({ "anyOf": [{ "type": "string" }, words] });
    json_schema!({
        "description": "All must hold: `[\"user_type\", \"is-user\"]`.",
        "type": "array",
        "items": { "type": "array", "items": part, "minItems": 1 },
    })
}

/// All five kinds.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Kinds {
    /// Sent by email.
    emails: Vec<Shown>,
    /// Sent as text messages.
    sms: Vec<Shown>,
    /// Sent in the chat.
    messages: Vec<Shown>,
    /// Shown by the client.
    popups: Vec<Shown>,
    /// Changes of the chat's look, made by the client.
    design: Vec<Shown>,
}

impl From<ByKind> for Kinds {
    fn from(mut by_kind: ByKind) -> Self {
        let mut of = |kind| shown(by_kind.remove(&kind).unwrap_or_default());
        Self {
            emails: of(Kind::Emails),
            sms: of(Kind::Sms),
            messages: of(Kind::Messages),
            popups: of(Kind::Popups),
            design: of(Kind::Design),
        }
    }
}

/// The kinds of which there are translations.
pub type SomeKinds = BTreeMap<String, Vec<Shown>>;

/// Translations as they were saved.
pub fn some(by_kind: ByKind) -> SomeKinds {
    by_kind
        .into_iter()
        .map(|(kind, list)| (kind.name().to_owned(), shown(list)))
        .collect()
}

fn shown(list: Vec<Automation>) -> Vec<Shown> {
    let shown = |automation| Shown {
        automation,
        kind: None,
    };
    list.into_iter().map(shown).collect()
}

/// An automation in a language: what its translation says goes before what it says itself.
pub fn translated(automation: &Automation, translation: Option<&Automation>) -> Automation {
    let Some(translation) = translation else {
        return automation.clone();
    };
    let text = |own: &Option<String>, other: &Option<String>| {
        let other = other.clone().filter(|text| !text.is_empty());
        other.or_else(|| own.clone())
    };
    let said = translation.more.iter();
    let said = said.filter(|(_, value)| value.as_str() != Some(""));
    let mut more: Map<String, Value> = automation.more.clone();
    more.extend(said.map(|(name, value)| (name.clone(), value.clone())));
    Automation {
        id: automation.id.clone(),
        conditions: automation.conditions.clone(),
        name: text(&automation.name, &translation.name),
        message: text(&automation.message, &translation.message),
        more,
    }
}
