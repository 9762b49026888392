//! Saving settings, whether they were given to save-settings or stand in a file: checked by the
//! registry, all or nothing, and nothing recorded that was so already, unless somebody waits for just
//! that.

use std::collections::BTreeMap;

use events::settings::Saved;
use serde_json::Value;

use super::{
    registry::registered,
    secrets::unmasked,
    state::{Given, STREAM, external, external_translations, setting},
    value::restored,
};
use crate::{
    functions::{Decision, Failure, Refusal},
    reactions::stops::is_awaited,
};

/// Characters of a setting's ID.
const ID_CHARS_MAX: usize = 100;
/// Bytes of one setting's value as JSON text.
pub const VALUE_BYTES_MAX: usize = 1 << 20;
/// Bytes of values in one event, but for a last one; far below what the log takes in one.
const EVENT_BYTES: usize = 4 * VALUE_BYTES_MAX;

/// What is to be saved, each by ID or name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// Values with their types.
    pub settings: Given,
    /// What is stored apart.
    pub external: Given,
    /// Translations of it.
    pub external_translations: Given,
}

impl Wanted {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.settings.len() + self.external.len() + self.external_translations.len()
    }
}

/// Records what of it is not so yet.
///
/// # Errors
/// `invalid-argument` or `too-large` for the first that is not right, or the state's own failure.
pub fn save(decision: &mut Decision<'_>, wanted: Wanted) -> Result<(), Failure> {
    let mut settings = wanted.settings;
    let mut apart = Given::new();
    for (name, value) in wanted.external {
        if registered(&name).is_some() {
            settings.entry(name).or_insert(value);
        } else {
            apart.insert(name, value);
        }
    }
    let state = decision.state();
    let mut saved = Saved::default();
    for (id, given) in settings {
        check_id(&id)?;
        let (value, kind) = restored(&id, given)?;
        check_size(&id, &value)?;
        let before = setting(state, &id)?;
        let value = unmasked(value, &kind, before.as_ref().map(|(value, _)| value));
        let stored = (value, kind);
        if before.as_ref() != Some(&stored) || is_awaited(state, &id)? {
            saved.set.insert(id, stored);
        }
    }
    saved.external = changed(apart, |name| external(state, name))?;
    saved.external_translations = changed(wanted.external_translations, |name| {
        external_translations(state, name)
    })?;
    for event in portions(saved) {
        decision.record(STREAM, event)?;
    }
    Ok(())
}

fn check_id(id: &str) -> Result<(), Refusal> {
    let fine = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if id.is_empty() || id.len() > ID_CHARS_MAX || !id.chars().all(fine) {
        return Err(Refusal::InvalidArgument(format!(
            "{id:?} is not the ID of a setting: 1 to {ID_CHARS_MAX} letters, digits, - and _"
        )));
    }
    Ok(())
}

fn check_size(id: &str, value: &Value) -> Result<(), Refusal> {
    let bytes = value.to_string().len();
    if bytes > VALUE_BYTES_MAX {
        return Err(Refusal::TooLarge(format!(
            "the setting {id} has {bytes} bytes; {VALUE_BYTES_MAX} are allowed"
        )));
    }
    Ok(())
}

fn changed(
    given: Given,
    before: impl Fn(&str) -> Result<Option<Value>, Failure>,
) -> Result<BTreeMap<String, Value>, Failure> {
    let mut set = BTreeMap::new();
    for (name, value) in given {
        check_id(&name)?;
        check_size(&name, &value)?;
        let before = before(&name)?;
        let value = unmasked(value, "", before.as_ref());
        if before.as_ref() != Some(&value) {
            set.insert(name, value);
        }
    }
    Ok(set)
}

/// The same as events that the log takes; none where nothing is saved.
fn portions(saved: Saved) -> Vec<Saved> {
    let mut portions = Portions::default();
    for (id, stored) in saved.set {
        portions.room_for(&stored.0).set.insert(id, stored);
    }
    for (name, value) in saved.external {
        portions.room_for(&value).external.insert(name, value);
    }
    for (name, value) in saved.external_translations {
        let portion = portions.room_for(&value);
        portion.external_translations.insert(name, value);
    }
    portions.all
}

#[derive(Default)]
struct Portions {
    all: Vec<Saved>,
    bytes: usize,
}

impl Portions {
    fn room_for(&mut self, value: &Value) -> &mut Saved {
        let bytes = value.to_string().len();
        self.bytes += bytes;
        if self.all.is_empty() || self.bytes > EVENT_BYTES {
            self.all.push(Saved::default());
            self.bytes = bytes;
        }
        self.all.last_mut().expect("one was put there if need be")
    }
}
