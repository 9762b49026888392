//! Lists of users as arguments.

use events::UserId;
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use crate::wire::{Argument, Key, List, Unreadable, argument};

/// The most users that one call may name.
pub const IDS_MAX: usize = 10_000;

/// Users by ID, in any writing of a list; at most [`IDS_MAX`], and none when it isn't given.
#[derive(Debug, Default)]
pub struct UserIds(pub Vec<UserId>);

impl Argument for UserIds {
    type Value = Vec<UserId>;

    fn read(value: Value) -> Result<Vec<UserId>, Unreadable> {
        let ids = List::<Key<UserId>>::read(value)?;
        if ids.len() > IDS_MAX {
            return Err(Unreadable(format!("a list of more than {IDS_MAX} IDs")));
        }
        Ok(ids)
    }

    fn new(value: Vec<UserId>) -> Self {
        Self(value)
    }

    fn absent() -> Option<Vec<UserId>> {
        Some(Vec::new())
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = List::<Key<UserId>>::schema(generator);
        schema.insert("maxItems".to_owned(), IDS_MAX.into());
        schema
    }
}
argument!([] UserIds);

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Argument, IDS_MAX, UserId, UserIds};

    #[test]
    fn lists_have_an_end() {
        let ids = |count| Value::from((1..=count).collect::<Vec<usize>>());
        assert_eq!(UserIds::read(ids(IDS_MAX)).unwrap().len(), IDS_MAX);
        assert!(UserIds::read(ids(IDS_MAX + 1)).is_err());
        assert_eq!(UserIds::read(json!("3,4")).unwrap(), [UserId(3), UserId(4)]);
    }
}
