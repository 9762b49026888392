//! How automations are written on the wire.

use std::collections::BTreeMap;

use events::automation::{Automation, ByKind, Condition, Kind, Part};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use super::{conditions, shown};
use crate::{
    functions::messages::content::TEXT_CHARS_MAX,
    wire::{Argument, JsonText, List, Text, Unreadable, argument},
};

/// Characters of an ID.
const ID_CHARS_MAX: usize = 50;
/// Characters of a name.
const NAME_CHARS_MAX: usize = 1_000;
/// Conditions of one automation, and parts of one condition.
const CONDITIONS_MAX: usize = 100;
/// Characters of a part of a condition: addresses may be long.
type PartText = Text<4096>;
type Object = JsonText<Map<String, Value>>;

/// All automations by kind, as automations-get answers them. New ones need no ID yet.
#[derive(Clone, Debug)]
pub struct Automations(pub ByKind);

impl Argument for Automations {
    type Value = ByKind;

    fn read(value: Value) -> Result<ByKind, Unreadable> {
        by_kind(Object::read(value)?)
    }

    fn new(value: ByKind) -> Self {
        Self(value)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<shown::Kinds>()
    }
}
argument!([] Automations);

/// Translations by language; each names the ID of what it translates.
#[derive(Clone, Debug)]
pub struct Translations(pub BTreeMap<String, ByKind>);

impl Argument for Translations {
    type Value = Self;

    fn read(value: Value) -> Result<Self, Unreadable> {
        let mut translations = BTreeMap::new();
        for (language, kinds) in Object::read(value)? {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            if language.is_empty() || language.len() > 20 || !language.bytes().all(plain) {
                return Err(Unreadable(format!("{language:?} is not a language")));
            }
            let within = |Unreadable(why)| Unreadable(format!("{language}: {why}"));
            let kinds = Object::read(kinds).and_then(by_kind).map_err(within)?;
            if kinds.values().flatten().any(|one| one.id.is_empty()) {
                let why = "a translation needs the id of what it translates";
                return Err(within(Unreadable(why.to_owned())));
            }
            translations.insert(language, kinds);
        }
        Ok(Self(translations))
    }

    fn new(value: Self) -> Self {
        value
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let kinds = generator.subschema_for::<shown::SomeKinds>();
        json_schema!({ "type": "object", "additionalProperties": kinds })
    }
}
argument!([] Translations);

/// One automation: its ID, or the whole of it.
#[derive(Clone, Debug)]
pub enum One {
    /// A saved one.
    Id(String),
    /// As given, which may be another than the one saved, or none.
    Whole(Automation, Option<Kind>),
}

impl Argument for One {
    type Value = Self;

    fn read(value: Value) -> Result<Self, Unreadable> {
        let is_id = match &value {
            Value::String(text) => !text.trim_start().starts_with(['{', '[']),
            Value::Number(_) => true,
            _ => false,
        };
        if is_id {
            let id = id(value)?;
            if id.is_empty() {
                return Err(Unreadable("the id is empty".to_owned()));
            }
            return Ok(Self::Id(id));
        }
        let mut members = Object::read(value)?;
        let kind = match members.shift_remove("type").unwrap_or_default() {
            Value::Null => None,
            name => Some(kind(&Text::<20>::read(name)?)?),
        };
        automation(members).map(|automation| Self::Whole(automation, kind))
    }

    fn new(value: Self) -> Self {
        value
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let whole = generator.subschema_for::<shown::Shown>();
        json_schema!({ "anyOf": [{ "type": "string", "minLength": 1 }, whole] })
    }
}
argument!([] One);

fn kind(name: &str) -> Result<Kind, Unreadable> {
    Kind::named(name.trim()).ok_or_else(|| {
        let names = Kind::ALL.map(Kind::name).join(", ");
        Unreadable(format!("{name:?} is not one of {names}"))
    })
}

fn by_kind(members: Map<String, Value>) -> Result<ByKind, Unreadable> {
    let mut by_kind = ByKind::new();
    for (name, list) in members {
        let kind = kind(&name)?;
        let list = List::<Object>::read(list).and_then(|list| {
            let numbered = list.into_iter().enumerate();
            let read = |(number, members)| {
                let at = |Unreadable(why)| Unreadable(format!("number {number}: {why}"));
                automation(members).map_err(at)
            };
            numbered.map(read).collect()
        });
        let within = |Unreadable(why)| Unreadable(format!("{name}: {why}"));
        by_kind.insert(kind, list.map_err(within)?);
    }
    Ok(by_kind)
}

fn automation(mut members: Map<String, Value>) -> Result<Automation, Unreadable> {
    // automations-run-all says it; where an automation is saved says it anyway.
    members.shift_remove("type");
    let mut take = |name: &str| members.shift_remove(name).filter(|value| !value.is_null());
    let within = |name: &'static str| move |Unreadable(why)| Unreadable(format!("{name}: {why}"));
    let id = id(take("id").unwrap_or_default()).map_err(within("id"))?;
    let conditions = take("conditions").map(conditions).transpose();
    let conditions = conditions.map_err(within("conditions"))?;
    let name = take("name").map(Text::<NAME_CHARS_MAX>::read).transpose();
    let name = name.map_err(within("name"))?;
    let message = take("message").map(Text::<TEXT_CHARS_MAX>::read);
    let message = message.transpose().map_err(within("message"))?;
    Ok(Automation {
        id,
        conditions,
        name,
        message,
        more: members,
    })
}

/// The ID; empty where there is none yet.
fn id(value: Value) -> Result<String, Unreadable> {
    if value.is_null() {
        return Ok(String::new());
    }
    let id = Text::<ID_CHARS_MAX>::read(value)?.trim().to_owned();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if !id.bytes().all(plain) {
        let why = format!("{id:?} is not an id: letters, digits, - and _");
        return Err(Unreadable(why));
    }
    Ok(id)
}

fn conditions(value: Value) -> Result<Vec<Condition>, Unreadable> {
    let conditions = List::<OneCondition>::read(value)?;
    if conditions.len() > CONDITIONS_MAX {
        let why = format!("there are more than {CONDITIONS_MAX} conditions");
        return Err(Unreadable(why));
    }
    Ok(conditions.into_iter().map(|one| one.0).collect())
}

struct OneCondition(Condition);

impl Argument for OneCondition {
    type Value = Self;

    fn read(value: Value) -> Result<Self, Unreadable> {
        let parts = List::<OnePart>::read(value)?;
        if parts.len() > CONDITIONS_MAX {
            let why = format!("a condition has more than {CONDITIONS_MAX} parts");
            return Err(Unreadable(why));
        }
        let condition = Condition(parts.into_iter().map(|part| part.0).collect());
        conditions::check(&condition).map_err(Unreadable)?;
        Ok(Self(condition))
    }

    fn new(value: Self) -> Self {
        value
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array" })
    }
}

struct OnePart(Part);

impl Argument for OnePart {
    type Value = Self;

    fn read(value: Value) -> Result<Self, Unreadable> {
        match value {
            Value::Array(_) | Value::Object(_) => {
                List::<PartText>::read(value).map(|list| Self(Part::List(list)))
            }
            value => PartText::read(value).map(|text| Self(Part::Text(text))),
        }
    }

    fn new(value: Self) -> Self {
        value
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let (text, list) = (
            PartText::schema(generator),
            List::<PartText>::schema(generator),
        );
        json_schema!({ "anyOf": [text, list] })
    }
}

#[cfg(test)]
mod tests;
