//! Orders of users as arguments: a column of the document's list, and a direction.

use projections::{Direction, Sorting, UserColumn};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::wire::{Argument, List, Unreadable, Word, argument};

/// `["column", "ASC"]`: a column and a direction, which is `DESC` when it is left out. Newest
/// first when nothing is given.
#[derive(Debug)]
pub struct SortedBy(pub Sorting);

impl Argument for SortedBy {
    type Value = Sorting;

    fn read(value: Value) -> Result<Sorting, Unreadable> {
        let words = List::<Word<32>>::read(value)?;
        match words.as_slice() {
            [] => Ok(Sorting::default()),
            [name] => Ok(descending(column(name)?)),
            [name, order] => Ok(Sorting {
                column: column(name)?,
                direction: direction(order)?,
            }),
            _ => Err(Unreadable(
                "a list of more than a column and an order".to_owned(),
            )),
        }
    }

    fn new(value: Sorting) -> Self {
        Self(value)
    }

    fn absent() -> Option<Sorting> {
        Some(Sorting::default())
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "prefixItems": [{ "enum": columns() }, { "enum": ["ASC", "DESC"] }],
            "maxItems": 2,
            "x-also-accepts": "JSON text, a text with commas",
        })
    }
}
argument!([] SortedBy);

/// A column to sort by, in descending order; the time of creation when nothing is given.
#[derive(Debug)]
pub struct DescendingBy(pub Sorting);

impl Argument for DescendingBy {
    type Value = Sorting;

    fn read(value: Value) -> Result<Sorting, Unreadable> {
        match List::<Word<32>>::read(value)?.as_slice() {
            [] => Ok(Sorting::default()),
            [name] => column(name).map(descending),
            _ => Err(Unreadable("a list of more than a column".to_owned())),
        }
    }

    fn new(value: Sorting) -> Self {
        Self(value)
    }

    fn absent() -> Option<Sorting> {
        Some(Sorting::default())
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": columns() })
    }
}
argument!([] DescendingBy);

fn descending(column: UserColumn) -> Sorting {
    Sorting {
        column,
        direction: Direction::Descending,
    }
}

fn column(name: &str) -> Result<UserColumn, Unreadable> {
    UserColumn::named(name)
        .ok_or_else(|| Unreadable(format!("{name:?} is not one of {}", columns().join(", "))))
}

fn columns() -> [&'static str; UserColumn::ALL.len()] {
    UserColumn::ALL.map(UserColumn::name)
}

fn direction(order: &str) -> Result<Direction, Unreadable> {
    if order.eq_ignore_ascii_case("ASC") {
        Ok(Direction::Ascending)
    } else if order.eq_ignore_ascii_case("DESC") {
        Ok(Direction::Descending)
    } else {
        Err(Unreadable(format!("{order:?} is neither ASC nor DESC")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_writing_of_the_list_is_the_same() {
        let sorting = Sorting {
            column: UserColumn::LastName,
            direction: Direction::Ascending,
        };
        for value in [
            json!(["last_name", "ASC"]),
            json!("[\"last_name\",\"asc\"]"),
            json!("last_name,ASC"),
            json!({"0": "last_name", "1": "ASC"}),
        ] {
            assert_eq!(SortedBy::read(value.clone()).unwrap(), sorting, "{value}");
        }
        assert_eq!(
            SortedBy::read(json!("last_name")).unwrap(),
            DescendingBy::read(json!(" last_name ")).unwrap()
        );
        assert_eq!(SortedBy::read(json!("")).unwrap(), Sorting::default());
    }

    #[test]
    fn only_listed_columns_sort() {
        for value in [
            json!(["token", "ASC"]),
            json!(["last_name; DROP TABLE users", "ASC"]),
            json!(["last_name", "SIDEWAYS"]),
            json!(["last_name", "ASC", "email"]),
        ] {
            assert!(SortedBy::read(value.clone()).is_err(), "{value}");
        }
        assert!(DescendingBy::read(json!("password")).is_err());
    }

    #[test]
    fn the_columns_are_those_of_the_document() {
        let documented = [
            "first_name",
            "last_name",
            "email",
            "profile_image",
            "user_type",
            "creation_time",
            "last_activity",
            "department",
        ];
        assert_eq!(columns(), documented);
    }
}
