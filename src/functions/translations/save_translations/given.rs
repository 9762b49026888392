//! Translations as they are given: from JSON, from JSON text, from a form's brackets.

use serde_json::{Map, Value};

use crate::functions::{
    Refusal,
    translations::language::{Texts, code},
};

/// The most texts at once.
const TEXTS_MAX: usize = 100_000;
/// Characters of a text.
const TEXT_CHARS_MAX: usize = 1_000;
/// Characters of a translation.
const TRANSLATION_CHARS_MAX: usize = 10_000;
/// Characters of a language's name.
const NAME_CHARS_MAX: usize = 100;

/// A language as given; what is `None` stays as it is.
#[derive(Debug, PartialEq, Eq)]
pub struct Given {
    pub code: String,
    pub name: Option<String>,
    pub front: Option<Texts>,
    pub admin: Option<Texts>,
}

/// All languages that are given.
///
/// # Errors
/// `invalid-argument` or `too-large`, saying where.
pub fn read(translations: Map<String, Value>) -> Result<Vec<Given>, Refusal> {
    let mut languages: Vec<Given> = Vec::with_capacity(translations.len());
    let mut count = 0;
    for (given, value) in translations {
        let Some(code) = code(&given) else {
            let what = "is not the code of a language, such as es or pt-br";
            return Err(wrong(&format!("{given:?} {what}")));
        };
        if languages.iter().any(|language| language.code == code) {
            return Err(wrong(&format!("{code} is given twice")));
        }
        let language = one(code, value)?;
        let sizes =
            [&language.front, &language.admin].map(|texts| texts.as_ref().map_or(0, Texts::len));
        count += sizes.iter().sum::<usize>();
        if count > TEXTS_MAX {
            return Err(too_large(&format!("{TEXTS_MAX} texts are allowed at once")));
        }
        languages.push(language);
    }
    Ok(languages)
}

fn one(code: String, value: Value) -> Result<Given, Refusal> {
    let mut language = Given {
        name: None,
        front: None,
        admin: None,
        code,
    };
    for (member, value) in members(value, &language.code)? {
        match member.as_str() {
            "name" => {
                let name = text(value, &language.code, "name", NAME_CHARS_MAX)?;
                language.name = (!name.trim().is_empty()).then_some(name);
            }
            "front" => language.front = Some(texts(value, &language.code)?),
            "admin" => language.admin = Some(texts(value, &language.code)?),
            _ => {
                let what = format!(
                    "{}: {member:?} is none of name, front and admin",
                    language.code
                );
                return Err(wrong(&what));
            }
        }
    }
    Ok(language)
}

fn texts(value: Value, code: &str) -> Result<Texts, Refusal> {
    let mut texts = Texts::new();
    for (key, value) in members(value, code)? {
        if key.is_empty() {
            return Err(wrong(&format!("{code}: a text is empty")));
        }
        if key.chars().count() > TEXT_CHARS_MAX {
            let what = format!("{code}: a text is longer than {TEXT_CHARS_MAX} characters");
            return Err(too_large(&what));
        }
        let translation = text(value, code, &key, TRANSLATION_CHARS_MAX)?;
        texts.insert(key, translation);
    }
    Ok(texts)
}

/// The members of an object, which a form may have written as JSON text, as nothing, or, where its
/// keys are numbers, as a list.
fn members(value: Value, code: &str) -> Result<Map<String, Value>, Refusal> {
    match value {
        Value::Object(members) => Ok(members),
        Value::Array(items) => {
            let numbered = items.into_iter().enumerate();
            Ok(numbered
                .map(|(number, item)| (number.to_string(), item))
                .collect())
        }
        Value::Null => Ok(Map::new()),
        Value::String(text) if text.trim().is_empty() => Ok(Map::new()),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => members(value, code),
            _ => Err(wrong(&format!("{code}: an object is expected"))),
        },
        Value::Bool(_) | Value::Number(_) => Err(wrong(&format!("{code}: an object is expected"))),
    }
}

fn text(value: Value, code: &str, key: &str, chars_max: usize) -> Result<String, Refusal> {
    let text = match value {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return Err(wrong(&format!(
                "{code}: {} is not translated by a text",
                shown(key)
            )));
        }
    };
    if text.chars().count() > chars_max {
        let what = format!(
            "{code}: {} is longer than {chars_max} characters",
            shown(key)
        );
        return Err(too_large(&what));
    }
    Ok(text)
}

/// The beginning of a text, for an error message.
fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(40).collect::<String>())
}

fn wrong(what: &str) -> Refusal {
    Refusal::InvalidArgument(format!("translations: {what}"))
}

fn too_large(what: &str) -> Refusal {
    Refusal::TooLarge(format!("translations: {what}."))
}
