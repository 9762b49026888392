//! The words in which the two databases differ, and queries whose answer is one JSON text.

use std::fmt::Write as _;

/// The words in which the databases differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// A JSON array of these expressions.
    pub(crate) fn array(self, expressions: &str) -> String {
        match self {
            Self::Sqlite => format!("json_array({expressions})"),
            Self::Postgres => format!("json_build_array({expressions})"),
        }
    }

    /// A query with one row: the rows that it stands for, as a JSON array of arrays.
    pub(crate) fn query(self, columns: &[&str], from: &str) -> String {
        let (named, names) = numbered("c", columns);
        self.list(&self.array(&names), &format!("SELECT {named} {from}"))
    }

    /// A query with one row: `row`, an expression over the columns of `select`, of each of its
    /// rows, as a JSON array.
    pub(crate) fn list(self, row: &str, select: &str) -> String {
        match self {
            Self::Sqlite => format!("SELECT json_group_array({row}) FROM ({select}) AS answer"),
            Self::Postgres => {
                format!(
                    "SELECT CAST(COALESCE(json_agg({row}), '[]') AS TEXT) FROM ({select}) AS answer"
                )
            }
        }
    }

    /// The elements of a JSON array as rows of `value` (JSON), for `value->>0` and so on. SQLite's
    /// `jsonb_each` spares writing each element as text and reading it again.
    pub(crate) fn rows(self, parameter: &str) -> String {
        match self {
            Self::Sqlite => format!("jsonb_each({parameter}) AS items"),
            Self::Postgres => {
                format!("json_array_elements(CAST({parameter} AS JSON)) AS items(value)")
            }
        }
    }

    /// The ids in a JSON array of numbers, as a query: `id IN (…)`.
    pub(crate) fn ids(self, parameter: &str) -> String {
        match self {
            Self::Sqlite => format!("SELECT CAST(value AS BIGINT) FROM json_each({parameter})"),
            Self::Postgres => {
                format!(
                    "SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST({parameter} AS JSON)) AS items(value)"
                )
            }
        }
    }

    /// The texts in a JSON array of strings, as a query: `slug IN (…)`.
    pub(crate) fn texts(self, parameter: &str) -> String {
        match self {
            Self::Sqlite => format!("SELECT value FROM json_each({parameter})"),
            Self::Postgres => {
                format!(
                    "SELECT value FROM json_array_elements_text(CAST({parameter} AS JSON)) AS items(value)"
                )
            }
        }
    }

    /// Whether `text` has `part` in it.
    pub(crate) fn contains(self, text: &str, part: &str) -> String {
        match self {
            Self::Sqlite => format!("instr({text}, {part}) > 0"),
            Self::Postgres => format!("position({part} IN {text}) > 0"),
        }
    }
}

/// Columns with names given to them, `users.id AS c0, …`, and those names alone.
pub(crate) fn numbered(prefix: &str, columns: &[&str]) -> (String, String) {
    let (mut named, mut names) = (String::new(), String::new());
    for (index, column) in columns.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let _ = write!(named, "{comma}{column} AS {prefix}{index}");
        let _ = write!(names, "{comma}{prefix}{index}");
    }
    (named, names)
}
