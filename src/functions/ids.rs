//! Lists of IDs as arguments.

use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use crate::wire::{Argument, Key, List, Unreadable, argument};

/// The most things that one call may name.
pub const IDS_MAX: usize = 10_000;

/// Things by ID, in any writing of a list; at most [`IDS_MAX`], and none when it isn't given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids<K>(pub Vec<K>);

impl<K: From<u64>> Argument for Ids<K> {
    type Value = Vec<K>;

    fn read(value: Value) -> Result<Vec<K>, Unreadable> {
        let ids = List::<Key<K>>::read(value)?;
        if ids.len() > IDS_MAX {
            return Err(Unreadable(format!("a list of more than {IDS_MAX} IDs")));
        }
        Ok(ids)
    }

    fn new(value: Vec<K>) -> Self {
        Self(value)
    }

    fn absent() -> Option<Vec<K>> {
        Some(Vec::new())
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = List::<Key<K>>::schema(generator);
        schema.insert("maxItems".to_owned(), IDS_MAX.into());
        schema
    }
}
argument!([K: From<u64>] Ids<K>);

#[cfg(test)]
mod tests {
    use events::{MessageId, UserId};
    use serde_json::{Value, json};

    use super::{Argument, IDS_MAX, Ids};

    #[test]
    fn lists_have_an_end() {
        let ids = |count| Value::from((1..=count).collect::<Vec<usize>>());
        assert_eq!(Ids::<MessageId>::read(ids(IDS_MAX)).unwrap().len(), IDS_MAX);
        assert!(Ids::<MessageId>::read(ids(IDS_MAX + 1)).is_err());
        let both = Ids::<MessageId>::read(json!("3,4")).unwrap();
        assert_eq!(both, [MessageId(3), MessageId(4)]);
        let users = Ids::<UserId>::read(json!("3,4")).unwrap();
        assert_eq!(users, [UserId(3), UserId(4)]);
    }
}
