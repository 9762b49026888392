//! The source of a conversation as an argument.

use events::conversation::Source;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::wire::{Argument, Unreadable, Word, argument};

/// Two letters: em, tk, wa, fb, ig, tw, wc, tx or gb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceLetters(pub Source);

impl Argument for SourceLetters {
    type Value = Source;

    fn read(value: Value) -> Result<Source, Unreadable> {
        let name = Word::<16>::read(value)?;
        Source::named(&name).ok_or_else(|| {
            let names = Source::ALL.map(Source::name).join(", ");
            Unreadable(format!("{name:?} is not one of {names}"))
        })
    }

    fn new(value: Source) -> Self {
        Self(value)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": Source::ALL.map(Source::name) })
    }
}
argument!([] SourceLetters);

#[cfg(test)]
mod tests {
    use events::conversation::Source;
    use serde_json::json;

    use super::{Argument, SourceLetters};

    #[test]
    fn only_known_letters() {
        assert_eq!(SourceLetters::read(json!(" wa ")), Ok(Source::Wa));
        for wrong in [json!("zz"), json!("WA"), json!(1), json!(["em"])] {
            assert!(SourceLetters::read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
