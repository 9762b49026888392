//! How fields add up to nested lists and objects by PHP's rules: which comes first, which number is next,
//! and what gives way when a text meets a list.
//!
//! It knows names and values that are already decoded, not the encoding they came in.

use serde_json::{Map, Value};

use super::names::Path;
use super::{CONTAINERS_MAX, FIELDS_MAX, Problem};

/// Collects fields into PHP's nested arrays.
///
/// Tables live side by side in one vector and refer to each other by number, so that every field costs
/// one lookup a bracket, whatever came before it.
#[derive(Debug)]
pub(super) struct Tree {
    tables: Vec<Table>,
    fields: usize,
    #[cfg(test)]
    lookups: usize,
}

/// One PHP array. A value is the field's text, or, as a `Value::Number`, the number of a nested table:
/// the two can't be mistaken, because every field is a text.
#[derive(Debug)]
struct Table {
    slots: Map<String, Value>,
    highest: Option<i64>,
    is_list: bool,
}

impl Tree {
    pub(super) fn new() -> Self {
        Self {
            tables: vec![Table::new()],
            fields: 0,
            #[cfg(test)]
            lookups: 0,
        }
    }

    /// Stores one field under its name, as PHP would. Names that PHP ignores are ignored.
    ///
    /// # Errors
    /// `too-large` past one of the limits; `invalid-argument` for a NUL, which no storage can hold.
    pub(super) fn insert(&mut self, name: &str, text: String) -> Result<(), Problem> {
        self.fields += 1;
        if self.fields > FIELDS_MAX {
            return Err(Problem::too_large(format!(
                "there are more than {FIELDS_MAX} fields"
            )));
        }
        if name.contains('\0') || text.contains('\0') {
            return Err(Problem::invalid("a field holds a NUL character"));
        }
        let Some(path) = Path::of(name)? else {
            return Ok(());
        };
        let mut table = 0;
        let mut key = Some(path.top);
        for next in path.inner {
            let Some(inner) = self.nested(table, key)? else {
                return Ok(());
            };
            table = inner;
            key = next.map(str::to_owned);
        }
        if let Some(slot) = self.slot(table, key) {
            *slot = Value::String(text);
        }
        Ok(())
    }

    /// The arguments collected.
    pub(super) fn finish(mut self) -> Map<String, Value> {
        let slots = std::mem::take(&mut self.tables[0].slots);
        self.resolve_all(slots)
    }

    /// The table under `key`, made if there is none (a text there gives way). `None`: PHP drops the field.
    fn nested(&mut self, table: usize, key: Option<String>) -> Result<Option<usize>, Problem> {
        let fresh = self.tables.len();
        let Some(slot) = self.slot(table, key) else {
            return Ok(None);
        };
        if let Some(number) = slot.as_u64() {
            return Ok(usize::try_from(number).ok());
        }
        if fresh > CONTAINERS_MAX {
            let message = format!("there are more than {CONTAINERS_MAX} lists and objects");
            return Err(Problem::too_large(message));
        }
        *slot = Value::from(fresh);
        self.tables.push(Table::new());
        Ok(Some(fresh))
    }

    fn slot(&mut self, table: usize, key: Option<String>) -> Option<&mut Value> {
        #[cfg(test)]
        {
            self.lookups += 1;
        }
        self.tables[table].slot(key)
    }

    fn resolve_all(&mut self, mut slots: Map<String, Value>) -> Map<String, Value> {
        for value in slots.values_mut() {
            if let Some(number) = value.as_u64() {
                *value = self.resolve(number);
            }
        }
        slots
    }

    fn resolve(&mut self, number: u64) -> Value {
        let index = usize::try_from(number).expect("a table's number was made from a usize");
        let table = std::mem::replace(&mut self.tables[index], Table::new());
        let slots = self.resolve_all(table.slots);
        if table.is_list {
            Value::Array(slots.into_iter().map(|(_, value)| value).collect())
        } else {
            Value::Object(slots)
        }
    }
}

impl Table {
    fn new() -> Self {
        Self {
            slots: Map::new(),
            highest: None,
            is_list: true,
        }
    }

    /// The slot of a key, made if need be; without a key the next free number. `None` when no number is left.
    fn slot(&mut self, key: Option<String>) -> Option<&mut Value> {
        let key = match key {
            Some(key) => key,
            None => self
                .highest
                .map_or(Some(0), |highest| highest.checked_add(1))?
                .to_string(),
        };
        let (highest, is_list) = (&mut self.highest, &mut self.is_list);
        let length = self.slots.len();
        let slot = self.slots.entry(key);
        if let serde_json::map::Entry::Vacant(vacant) = &slot {
            let number = integer(vacant.key());
            *is_list =
                *is_list && number.is_some_and(|number| usize::try_from(number) == Ok(length));
            *highest = number.max(*highest);
        }
        Some(slot.or_insert(Value::Null))
    }
}

/// The number a key is to PHP: canonical decimals that fit 64 bits. `05`, `-0` and `1.5` stay texts.
fn integer(key: &str) -> Option<i64> {
    let digits = key.strip_prefix('-').unwrap_or(key);
    let canonical = match digits.as_bytes() {
        [b'0'] => key == "0",
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if canonical { key.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{DEPTH_MAX, ProblemCode};

    fn tree(names: impl IntoIterator<Item = String>) -> Result<Tree, Problem> {
        let mut tree = Tree::new();
        for name in names {
            tree.insert(&name, "x".to_owned())?;
        }
        Ok(tree)
    }

    fn code(names: impl IntoIterator<Item = String>) -> Option<ProblemCode> {
        tree(names).err().map(|problem| problem.code)
    }

    #[test]
    fn costs_a_lookup_for_each_bracket_whatever_came_before() {
        let appended = tree((0..FIELDS_MAX).map(|_| "a[]".to_owned())).unwrap();
        assert_eq!(appended.lookups, 2 * FIELDS_MAX);
        assert_eq!(
            appended.finish()["a"].as_array().map(Vec::len),
            Some(FIELDS_MAX)
        );
        let sparse = tree((0..FIELDS_MAX).map(|i| format!("a[x][{}]", 7 * i))).unwrap();
        assert_eq!(sparse.lookups, 3 * FIELDS_MAX);
        assert_eq!(
            sparse.finish()["a"]["x"].as_object().map(Map::len),
            Some(FIELDS_MAX)
        );
    }

    #[test]
    fn limits_the_fields_even_when_they_replace_each_other() {
        assert_eq!(code((0..FIELDS_MAX).map(|_| "a".to_owned())), None);
        assert_eq!(
            code((0..=FIELDS_MAX).map(|_| "a".to_owned())),
            Some(ProblemCode::TooLarge)
        );
    }

    #[test]
    fn limits_the_depth() {
        let deep = |brackets: usize| [format!("a{}", "[x]".repeat(brackets))];
        assert_eq!(code(deep(DEPTH_MAX)), None);
        assert_eq!(code(deep(DEPTH_MAX + 1)), Some(ProblemCode::TooLarge));
    }

    #[test]
    fn limits_the_tables() {
        let wide = |fields: usize| (0..fields).map(|_| format!("a{}", "[]".repeat(41)));
        assert_eq!(code(wide(CONTAINERS_MAX / 40 - 1)), None);
        assert_eq!(code(wide(CONTAINERS_MAX / 40)), Some(ProblemCode::TooLarge));
    }

    #[test]
    fn refuses_nul() {
        let mut tree = Tree::new();
        assert!(tree.insert("a\0b", String::new()).is_err());
        assert!(tree.insert("a", "\0".to_owned()).is_err());
    }

    #[test]
    fn keys_are_numbers_only_when_canonical() {
        let numbers = [
            "0",
            "5",
            "-5",
            "9223372036854775807",
            "-9223372036854775808",
        ];
        assert!(numbers.iter().all(|key| integer(key).is_some()));
        let texts = [
            "",
            "-",
            "-0",
            "00",
            "+5",
            "1.5",
            " 1",
            "1e3",
            "9223372036854775808",
        ];
        assert!(texts.iter().all(|key| integer(key).is_none()));
    }
}
