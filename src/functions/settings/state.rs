//! The settings as decided, read by decisions, by queries and by what follows from events.
//!
//! They have no SQL read model: they are few, decisions need them as of now, and so does everything
//! else.

use std::collections::BTreeMap;

use eventlog::{State, View};
use events::{Event, Stream, StreamKind};
use serde_json::{Map, Value};

use super::registry::{Kind, Setting, registry};
use crate::functions::{
    Failure,
    decision::{Table, parsed, read, write},
};

/// The stream of the workspace's settings.
pub const STREAM: Stream = Stream {
    kind: StreamKind::Settings,
    id: 1,
};

/// A setting as stored: its value and the name of its type.
pub type Stored = (Value, String);

/// Settings at one moment.
#[derive(Clone, Debug, Default)]
pub struct Settings(BTreeMap<String, Stored>);

impl Settings {
    /// All of them, as of now.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn read(state: &dyn View) -> Result<Self, Failure> {
        let mut settings = BTreeMap::new();
        for (key, row) in all(state, Table::Setting)? {
            settings.insert(key, row);
        }
        Ok(Self(settings))
    }

    /// Value and type by ID: the registered ones, with their defaults, and the callers' own.
    #[must_use]
    pub fn everything(mut self) -> BTreeMap<String, Stored> {
        for setting in registry() {
            self.0
                .entry(setting.id.to_owned())
                .or_insert_with(|| (setting.default(), setting.kind.name().to_owned()));
        }
        self.0
    }

    /// Whether a checkbox is ticked.
    #[must_use]
    pub fn is_on(&self, setting: &Setting) -> bool {
        debug_assert_eq!(setting.kind, Kind::Checkbox);
        self.0
            .get(setting.id)
            .map_or(setting.default_on, |(value, _)| value == &Value::Bool(true))
    }

    /// A text or a secret; its default when nobody saved one.
    #[must_use]
    pub fn text(&self, setting: &Setting) -> &str {
        debug_assert_ne!(setting.kind, Kind::Checkbox);
        let stored = self.0.get(setting.id);
        let text = stored.and_then(|(value, _)| value.as_str());
        text.unwrap_or(setting.default_text)
    }

    /// A number; `None` when nobody saved one.
    #[must_use]
    pub fn number(&self, setting: &Setting) -> Option<i64> {
        debug_assert_eq!(setting.kind, Kind::Number);
        self.0.get(setting.id)?.0.as_i64()
    }

    /// A number with or without decimals; `None` when nobody saved one.
    #[must_use]
    pub fn decimal(&self, setting: &Setting) -> Option<f64> {
        debug_assert_eq!(setting.kind, Kind::Number);
        self.0.get(setting.id)?.0.as_f64()
    }
}

/// One setting as stored.
///
/// # Errors
/// When the table cannot be read.
pub fn setting(state: &dyn View, id: &str) -> Result<Option<Stored>, Failure> {
    read(state, &Table::Setting.key(&[id.as_bytes()]))
}

/// What is stored apart under this name.
///
/// # Errors
/// When the table cannot be read.
pub fn external(state: &dyn View, name: &str) -> Result<Option<Value>, Failure> {
    read(state, &Table::ExternalSetting.key(&[name.as_bytes()]))
}

/// Translations of what is stored apart under this name.
///
/// # Errors
/// When the table cannot be read.
pub fn external_translations(state: &dyn View, name: &str) -> Result<Option<Value>, Failure> {
    read(
        state,
        &Table::ExternalSettingTranslations.key(&[name.as_bytes()]),
    )
}

fn all(state: &dyn View, table: Table) -> Result<Vec<(String, Stored)>, Failure> {
    const PAGE: usize = 1_000;
    let prefix = table.key(&[]);
    let mut rows = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = state.scan(&prefix, after.as_deref(), PAGE)?;
        for (key, row) in &page {
            let id = String::from_utf8_lossy(&key[prefix.len()..]).into_owned();
            rows.push((id, parsed(key, row)?));
        }
        match page.into_iter().nth(PAGE - 1) {
            Some((key, _)) => after = Some(key),
            None => return Ok(rows),
        }
    }
}

/// The settings after `event`.
pub fn evolve(state: &mut dyn State, event: &Event) {
    let Event::SettingsSaved(saved) = event else {
        return;
    };
    for (id, stored) in &saved.set {
        write(state, &Table::Setting.key(&[id.as_bytes()]), stored);
    }
    for (name, value) in &saved.external {
        write(
            state,
            &Table::ExternalSetting.key(&[name.as_bytes()]),
            value,
        );
    }
    for (name, value) in &saved.external_translations {
        write(
            state,
            &Table::ExternalSettingTranslations.key(&[name.as_bytes()]),
            value,
        );
    }
}

/// What is an object of settings once it is read: by ID.
pub type Given = Map<String, Value>;
