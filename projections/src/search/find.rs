//! Finding a substring in a table of folded texts, newest rows first, without reading all rows.
//!
//! Three characters and more: the index gives the rows that have the text's trigrams, and each
//! row's text is checked. Fewer: such a text is the beginning of trigrams, and a common one is
//! likely among the newest rows, which are looked at first. On PostgreSQL, whose index does not
//! give the newest first, every search begins with the newest rows.

use serde::de::DeserializeOwned;

use crate::Fault;
use crate::database::{Arg, Db, Dialect};

/// Matching rows that a search looks at.
pub(super) const MATCHES_MAX: usize = 5_000;
/// Matching rows that an index is asked for first: of a common text they are enough.
const FEW: usize = 500;
/// Newest rows that are read one by one before an index is asked.
const NEWEST: u32 = 20_000;
/// Places of a short text that are looked at.
const PLACES_MAX: u32 = 1_000_000;

/// A table with texts and its index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Index<'a> {
    pub(crate) table: &'static str,
    /// SQLite: the FTS5 table.
    pub(crate) index: &'static str,
    /// SQLite: what is in the index, trigram by trigram.
    pub(crate) trigrams: &'static str,
    /// SQLite: which rows are not in the index yet.
    pub(crate) waiting: &'static str,
    pub(crate) texts: &'static [&'static str],
    /// What must hold of a row besides, in SQL; empty for nothing.
    pub(crate) only: &'a str,
}

pub(super) const MESSAGES: Index<'static> = Index {
    table: "message_search",
    index: "message_index",
    trigrams: "message_trigrams",
    waiting: "id > (SELECT indexed FROM message_index_progress)",
    texts: &["text", "attachments"],
    only: "",
};
pub(super) const CONVERSATIONS: Index<'static> = Index {
    table: "conversation_search",
    index: "conversation_index",
    trigrams: "conversation_trigrams",
    waiting: "false",
    texts: &["text"],
    only: "",
};
pub(super) const USERS: Index<'static> = Index {
    table: "user_search",
    index: "user_index",
    trigrams: "user_trigrams",
    waiting: "false",
    texts: &["text"],
    only: "",
};

/// One way to look, and what its answer means.
pub(super) struct Stage {
    /// The query, with `$1` the text.
    pub(super) from: String,
    /// `$2`, for the index.
    pub(super) key: Option<String>,
    /// Fewer rows than this are all there are.
    complete_below: usize,
}

impl Index<'_> {
    /// The rows whose texts have `wanted` in them, newest first, at most [`MATCHES_MAX`]; fewer
    /// where `enough` says of the newest that they are.
    pub(crate) async fn find<T: DeserializeOwned>(
        &self,
        db: &Db,
        columns: &[&str],
        wanted: &str,
        enough: impl Fn(&[T]) -> bool,
    ) -> Result<Vec<T>, Fault> {
        let mut found = Vec::new();
        for stage in self.stages(db.dialect(), wanted) {
            let args = [Some(wanted.to_owned()), stage.key];
            let args = args.into_iter().flatten().map(Arg::from).collect();
            found = db.read(columns, &stage.from, args).await?;
            let complete = found.len() < stage.complete_below || found.len() >= MATCHES_MAX;
            if complete || enough(&found) {
                break;
            }
        }
        Ok(found)
    }

    /// How to look for a text, the cheapest way first.
    pub(super) fn stages(&self, dialect: Dialect, wanted: &str) -> [Stage; 2] {
        let short = wanted.chars().nth(2).is_none();
        let newest = Stage {
            from: self.among_newest(dialect),
            key: None,
            complete_below: 0,
        };
        let last = |from, key| Stage {
            from,
            key: Some(key),
            complete_below: usize::MAX,
        };
        match (dialect, short) {
            (Dialect::Sqlite, false) => {
                let key = all_of(wanted, quoted_for_match, " AND ");
                let few = Stage {
                    from: self.with_trigrams(FEW),
                    key: Some(key.clone()),
                    complete_below: FEW,
                };
                [few, last(self.with_trigrams(MATCHES_MAX), key)]
            }
            (Dialect::Sqlite, true) => [newest, last(self.with_trigrams_from(), wanted.to_owned())],
            (Dialect::Postgres, false) => {
                let key = all_of(wanted, quoted_for_tsquery, " & ");
                [newest, last(self.with_lexemes(), key)]
            }
            (Dialect::Postgres, true) => {
                let key = quoted_for_tsquery(wanted) + ":*";
                [newest, last(self.with_lexemes(), key)]
            }
        }
    }

    /// Whether a text of the table has `$1` in it.
    pub(super) fn contains(&self, dialect: Dialect) -> String {
        let tests: Vec<_> = self
            .texts
            .iter()
            .map(|text| dialect.contains(&format!("{}.{text}", self.table), "$1"))
            .collect();
        let tests = tests.join(" OR ");
        match self.only {
            "" => format!("({tests})"),
            only => format!("({tests}) AND {only}"),
        }
    }

    /// Reads the newest rows one by one.
    fn among_newest(&self, dialect: Dialect) -> String {
        let table = self.table;
        format!(
            "FROM (SELECT * FROM {table} ORDER BY id DESC LIMIT {NEWEST}) AS {table}
             WHERE {} ORDER BY {table}.id DESC LIMIT {MATCHES_MAX}",
            self.contains(dialect)
        )
    }

    /// SQLite: the rows with all trigrams of `$2`, a MATCH expression, after those that wait. The
    /// index yields them newest first and stops when there are enough.
    fn with_trigrams(&self, limit: usize) -> String {
        let Self {
            table,
            index,
            waiting,
            ..
        } = self;
        let contains = self.contains(Dialect::Sqlite);
        format!(
            "FROM (SELECT * FROM {table} WHERE {waiting} AND {contains}
                   UNION ALL
                   SELECT * FROM (
                       SELECT {table}.* FROM {index} JOIN {table} ON {table}.id = {index}.rowid
                       WHERE {index} MATCH $2 AND {contains}
                       ORDER BY {index}.rowid DESC LIMIT {limit})) AS {table}
             ORDER BY {table}.id DESC LIMIT {limit}"
        )
    }

    /// SQLite: the rows with a trigram that begins with `$2`, and those that wait.
    fn with_trigrams_from(&self) -> String {
        let Self {
            table,
            trigrams,
            waiting,
            ..
        } = self;
        format!(
            "FROM {table} WHERE {table}.id IN (
                 SELECT id FROM {table} WHERE {waiting}
                 UNION ALL
                 SELECT doc FROM (SELECT doc FROM {trigrams} WHERE term >= $2 AND term < $2 || char({})
                                  LIMIT {PLACES_MAX}))
             AND {} ORDER BY {table}.id DESC LIMIT {MATCHES_MAX}",
            u32::from(char::MAX),
            self.contains(Dialect::Sqlite)
        )
    }

    /// PostgreSQL: the rows that fit `$2`, a tsquery of trigrams. They are gathered first, lest the
    /// planner walk the table backwards and compute the trigrams of each row.
    fn with_lexemes(&self) -> String {
        let table = self.table;
        format!(
            "FROM (WITH matching AS MATERIALIZED (
                 SELECT * FROM {table} WHERE trigrams({}) @@ CAST($2 AS TSQUERY)
             ) SELECT * FROM matching) AS {table}
             WHERE {} ORDER BY {table}.id DESC LIMIT {MATCHES_MAX}",
            self.texts.join(" || "),
            self.contains(Dialect::Postgres)
        )
    }
}

/// The trigrams that cover a text, each three characters after the one before and one at the end:
/// a row that has them all is likely to have the text.
fn all_of(text: &str, quoted: fn(&str) -> String, and: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let last = characters.len() - 3;
    let starts = (0..last).step_by(3).chain([last]);
    let trigrams: Vec<String> = starts
        .map(|start| quoted(&characters[start..start + 3].iter().collect::<String>()))
        .collect();
    trigrams.join(and)
}

fn quoted_for_match(trigram: &str) -> String {
    format!("\"{}\"", trigram.replace('"', "\"\""))
}

fn quoted_for_tsquery(lexeme: &str) -> String {
    format!("'{}'", lexeme.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trigrams_cover_the_text_to_its_end() {
        assert_eq!(all_of("abc", quoted_for_match, " AND "), r#""abc""#);
        assert_eq!(
            all_of("abcd", quoted_for_match, " AND "),
            r#""abc" AND "bcd""#
        );
        assert_eq!(
            all_of("abcdefg", quoted_for_match, " AND "),
            r#""abc" AND "def" AND "efg""#
        );
    }

    #[test]
    fn quotes_are_ordinary_characters() {
        assert_eq!(quoted_for_match("a\"b"), r#""a""b""#);
        assert_eq!(quoted_for_tsquery(r"'\x"), r"'''\\x'");
    }
}
