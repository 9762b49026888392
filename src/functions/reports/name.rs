//! The name of a report as an argument.

use events::report::Name;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::wire::{Argument, Unreadable, Word, argument};

/// The name of a report, such as `conversations`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportName(pub Name);

impl Argument for ReportName {
    type Value = Name;

    fn read(value: Value) -> Result<Name, Unreadable> {
        let name = Word::<64>::read(value)?;
        Name::named(&name).ok_or_else(|| {
            let names = Name::ALL.map(Name::name).join(", ");
            Unreadable(format!("{name:?} is not one of {names}"))
        })
    }

    fn new(value: Name) -> Self {
        Self(value)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": Name::ALL.map(Name::name) })
    }
}
argument!([] ReportName);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_known_names() {
        assert_eq!(ReportName::read(json!(" follow-up ")), Ok(Name::FollowUp));
        for wrong in [json!("weather"), json!("Users"), json!(1), json!(["os"])] {
            assert!(ReportName::read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
