//! `reports-update`

use events::report::{Name, Recorded};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    name::ReportName,
    sheets::{Measure, Shape, sheet},
};
use crate::{
    functions::{Command, Decision, Failure, Refusal},
    wire::{Maybe, OrFalse, Text, Word},
};

/// The longest time a row may say, in seconds: 31 years.
const SECONDS_MAX: u64 = 1_000_000_000;

/// Adds a row to a report.
///
/// The row counts now, and as one more, but for these reports. `direct-sms`, `direct-emails`,
/// `direct-messages`: a `value` that is a number is how many. Times (`conversations-time`,
/// `agents-response-time`, `agents-conversations-time`): the `value` is seconds. Ratings
/// (`agents-ratings`, `articles-ratings`): the `value` is 1 for a good one, 0 or -1 for a bad one.
/// `countries`, `languages`, `browsers`, `os`: the `value` is the name. Without its value a row of
/// these last three kinds is kept and adds nothing. `external_id` is the agent's of a report by
/// agent, the article's of a report by article. What the service counts by itself
/// is in the reports already. A value that is not what the report takes is refused as
/// `invalid-argument`.
/// # Example
/// `{"name": "articles-views-single", "external_id": "6P2Oq"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ReportsUpdate {
    /// The report.
    name: ReportName,
    /// The row's value.
    #[serde(default)]
    value: Maybe<Text<1_000>>,
    /// What the row is about, such as an agent's or an article's id.
    #[serde(default)]
    external_id: OrFalse<Word<255>>,
    /// Anything of your own.
    #[serde(default)]
    extra: Maybe<Text<10_000>>,
}

impl Command for ReportsUpdate {
    const NAME: &'static str = "reports-update";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let given = |text: &String| !text.trim().eq_ignore_ascii_case("false");
        let recorded = Recorded {
            name: self.name.0,
            value: self.value.0.filter(given),
            external_id: self.external_id.0,
            extra: self.extra.0.filter(given),
        };
        understood(&recorded)?;
        decision.record(recorded.name, recorded)?;
        Ok(true)
    }
}

/// Refuses what a report cannot count.
fn understood(row: &Recorded) -> Result<(), Refusal> {
    let name: Name = row.name;
    let refused = |why: &str| Err(Refusal::InvalidArgument(why.to_owned()));
    let shape = sheet(name).shape;
    if let Some(value) = row.value.as_deref().map(str::trim) {
        let is_time = |text: &str| {
            text.parse()
                .is_ok_and(|seconds: u64| seconds <= SECONDS_MAX)
        };
        match shape.measure() {
            Measure::Average if !is_time(value) => {
                return refused("value: this report takes whole seconds, at most 1,000,000,000.");
            }
            Measure::Ratings if !["1", "0", "-1"].contains(&value) => {
                return refused("value: this report takes 1 (good), 0 or -1 (bad).");
            }
            _ => {}
        }
    }
    let is_id = |text: &str| text.parse().is_ok_and(|id: u64| id.to_string() == text);
    match &row.external_id {
        Some(id) if matches!(shape, Shape::ByAgent(_)) && !is_id(id) => {
            refused("external_id: this report takes the id of an agent.")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        conversations::histories::{arguments, problem},
        scenario::{given, happened},
    };

    fn update(values: Value) -> ReportsUpdate {
        arguments(values)
    }

    #[test]
    fn a_row_is_recorded_in_the_reports_stream() {
        let row = Recorded {
            name: Name::Subscribe,
            value: Some("0".to_owned()),
            external_id: Some("12".to_owned()),
            extra: Some("footer".to_owned()),
        };
        given([])
            .when(update(
                json!({"name": "subscribe", "value": "0", "external_id": 12, "extra": "footer"}),
            ))
            .then([happened(Name::Subscribe, row)])
            .answering(true.into());
        let bare = Recorded {
            name: Name::Conversations,
            value: None,
            external_id: None,
            extra: None,
        };
        for none in [json!(false), json!("false"), json!(null), json!("")] {
            given([])
                .when(update(
                    json!({"name": "conversations", "value": none, "external_id": none, "extra": none}),
                ))
                .then([happened(Name::Conversations, bare.clone())]);
        }
    }

    #[test]
    fn every_report_takes_a_row_without_a_value() {
        for name in Name::ALL {
            given([])
                .when(update(json!({"name": name.name()})))
                .answering(true.into());
        }
    }

    #[test]
    fn refusals() {
        let refused = [
            json!({"name": "agents-response-time", "value": "soon"}),
            json!({"name": "conversations-time", "value": "-1"}),
            json!({"name": "conversations-time", "value": "1000000001"}),
            json!({"name": "agents-ratings", "value": "5"}),
            json!({"name": "agents-conversations", "external_id": "Ada"}),
            json!({"name": "agents-conversations", "external_id": "007"}),
        ];
        for values in refused {
            let decided = understood_of(values.clone());
            assert!(
                matches!(decided, Err(Refusal::InvalidArgument(_))),
                "{values}"
            );
        }
        assert_eq!(problem::<ReportsUpdate>(json!({})), "missing-argument");
        assert_eq!(
            problem::<ReportsUpdate>(json!({"name": "weather"})),
            "invalid-argument"
        );
    }

    fn understood_of(values: Value) -> Result<(), Refusal> {
        let row = update(values);
        understood(&Recorded {
            name: row.name.0,
            value: row.value.0,
            external_id: row.external_id.0,
            extra: row.extra.0,
        })
    }
}
