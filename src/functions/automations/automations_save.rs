//! `automations-save`

use std::collections::BTreeSet;

use events::{
    automation::{Automation, Saved},
    token::Scope,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    given::{Automations, Translations},
    state::{STREAM, saved},
};
use crate::{
    functions::{Command, Context, Decision, Failure, Refusal},
    secret,
    wire::Maybe,
};

/// Automations of all kinds together, translations apart.
const AUTOMATIONS_MAX: usize = 1_000;
/// Bytes of everything as JSON text.
const BYTES_MAX: usize = 1 << 20;

/// Saves all automations: those that are not given any more are gone.
///
/// `automations` is the first part of the answer of automations-get, `translations` the second. A
/// kind that is not given has none, since empty lists vanish from forms; without `translations` there
/// are none. To remove everything send `automations` as the text `{}`. A new automation needs no
/// `id`: it gets one of 5 letters and digits. IDs have at most 50 letters, digits, `-` and `_`, and
/// no two automations of any kind have the same. Members that are not known here are kept.
///
/// `datetime` conditions must be readable: `is-exactly` a date `dd/mm/yyyy` or a time
/// `dd/mm/yyyy hh:mm`, `is-between` two of these with `-` between them, all UTC; a date means its
/// whole day. `repeat` is every-day, every-week, every-month or every-year. What else does not suit
/// a condition is left for the client to judge. Wrong automations are `invalid-argument`; more than
/// 1,000, or 1 MiB as JSON, are `too-large`; nothing is saved then.
/// # Example
/// `{"automations": {"messages": [{"name": "Welcome", "message": "Hello {user_name}", "conditions": [["user_type", "is-user"]]}]}}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AutomationsSave {
    /// The automations by kind: emails, sms, messages, popups, design.
    automations: Automations,
    /// Their translations, by language and kind.
    #[serde(default)]
    translations: Maybe<Translations>,
}

impl Command for AutomationsSave {
    const NAME: &'static str = "automations-save";
    const SCOPE: Scope = Scope::Admin;
    type Reply = bool;

    /// Makes the IDs of the new ones, which takes chance.
    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let former = saved(context.service.journal.reader())?;
        let all = former
            .automations
            .values()
            .chain(self.automations.0.values());
        let mut taken: BTreeSet<String> = all.flatten().map(|one| one.id.clone()).collect();
        let given = self.automations.0.values_mut().flatten();
        for new in given.filter(|automation| automation.id.is_empty()) {
            while !taken.insert(new.id.clone()) {
                new.id = secret::new_short_id();
            }
        }
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let new = Saved {
            automations: self.automations.0,
            translations: self.translations.0.map(|given| given.0).unwrap_or_default(),
        };
        check(&new)?;
        if new != saved(decision.state())? {
            decision.record(STREAM, new)?;
        }
        Ok(true)
    }
}

fn check(saved: &Saved) -> Result<(), Refusal> {
    let all: Vec<&Automation> = saved.automations.values().flatten().collect();
    if all.len() > AUTOMATIONS_MAX {
        let count = all.len();
        let why = format!("{count} automations were given; {AUTOMATIONS_MAX} are allowed");
        return Err(Refusal::TooLarge(why));
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = all.iter().find(|one| !seen.insert(&one.id)) {
        let why = format!("automations: the id {:?} is given twice", twice.id);
        return Err(Refusal::InvalidArgument(why));
    }
    let bytes = serde_json::to_vec(saved).map_or(usize::MAX, |text| text.len());
    if bytes > BYTES_MAX {
        let why = format!("the automations have {bytes} bytes; {BYTES_MAX} are allowed");
        return Err(Refusal::TooLarge(why));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        conversations::histories::arguments,
        scenario::{given, happened},
    };

    fn save(automations: &Value, translations: &Value) -> AutomationsSave {
        arguments(json!({"automations": automations, "translations": translations}))
    }

    fn saved(automations: Value, translations: Value) -> (events::Stream, events::Event) {
        let both = json!({"automations": automations, "translations": translations});
        happened(STREAM, serde_json::from_value::<Saved>(both).unwrap())
    }

    #[test]
    fn all_are_replaced_and_only_a_change_is_recorded() {
        let one = json!({"messages": [{"id": "a", "message": "Hi", "own": "kept"}]});
        let french = json!({"fr": {"messages": [{"id": "a", "message": "Salut"}]}});
        let before = saved(one.clone(), french.clone());
        given([])
            .when(save(&one, &french))
            .then([before.clone()])
            .answering(json!(true));
        given([before.clone()])
            .when(save(&one, &french))
            .then([])
            .answering(json!(true));
        given([before])
            .when(save(&json!("{}"), &Value::Null))
            .then([saved(json!({}), json!({}))]);
    }

    #[test]
    fn refusals() {
        let refused = |automations: Value, code: &str| {
            given([])
                .when(save(&automations, &Value::Null))
                .then_refused_with(code);
        };
        let twice = json!({"messages": [{"id": "a"}], "popups": [{"id": "a"}]});
        refused(twice, "invalid-argument");
        let many: Vec<_> = (0..=AUTOMATIONS_MAX)
            .map(|number| json!({"id": number.to_string()}))
            .collect();
        refused(json!({ "sms": many }), "too-large");
        let long = json!({"id": "a", "css": "x".repeat(BYTES_MAX)});
        refused(json!({ "design": [long] }), "too-large");
    }
}
