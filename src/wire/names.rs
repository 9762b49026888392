//! PHP's rules for the name of a field: what `a[0][name]`, `a[]`, `a.b` and `a[b` mean (those of PHP 8.2).
//!
//! It knows nothing of the values, nor of the fields before.

use super::{DEPTH_MAX, Problem};

/// A field's name taken apart: the argument, then each bracket's key (`None` for `[]`).
#[derive(Debug, PartialEq)]
pub(super) struct Path<'name> {
    pub(super) top: String,
    pub(super) inner: Vec<Option<&'name str>>,
}

impl<'name> Path<'name> {
    /// `None` for a name that PHP ignores.
    pub(super) fn of(name: &'name str) -> Result<Option<Self>, Problem> {
        let name = name.trim_start_matches(' ');
        let (top, mut rest) = match name.split_once('[') {
            Some((top, rest)) => (top, Some(rest)),
            None => (name, None),
        };
        let mut path = Self {
            top: mangled(top),
            inner: Vec::new(),
        };
        if top.is_empty() || becomes_reserved(&path.top, top) {
            return Ok(None);
        }
        while let Some(bracket) = rest {
            if path.inner.len() == DEPTH_MAX {
                let message = format!("a field nests more than {DEPTH_MAX} levels deep");
                return Err(Problem::too_large(message));
            }
            let Some((key, after)) = bracket.split_once(']') else {
                // A bracket that nobody closes is no bracket: the first spoils the name, a later one is dropped.
                if path.inner.is_empty() {
                    path.top = mangled(name);
                }
                break;
            };
            path.inner.push(Some(key).filter(|key| !appends(key)));
            rest = after.strip_prefix('[');
        }
        Ok(Some(path))
    }
}

/// What stands in `[]`: nothing, or a single blank.
fn appends(key: &str) -> bool {
    matches!(key, "" | " " | "\t" | "\n" | "\r" | "\u{b}" | "\u{c}")
}

/// PHP variables can't hold these characters, so its arguments don't either.
fn mangled(name: &str) -> String {
    name.replace([' ', '.', '['], "_")
}

/// PHP drops a name that only mangling turns into one with a cookie's prefix.
fn becomes_reserved(mangled: &str, name: &str) -> bool {
    ["__Host-", "__Secure-"]
        .iter()
        .any(|prefix| mangled.starts_with(prefix) && !name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> Option<(String, Vec<Option<&str>>)> {
        Path::of(name).unwrap().map(|path| (path.top, path.inner))
    }

    #[test]
    fn brackets_are_taken_apart() {
        assert_eq!(path("a"), Some(("a".to_owned(), vec![])));
        assert_eq!(
            path("a[b][0][]"),
            Some(("a".to_owned(), vec![Some("b"), Some("0"), None]))
        );
        assert_eq!(
            path("a[ ][  ]"),
            Some(("a".to_owned(), vec![None, Some("  ")]))
        );
        assert_eq!(path("a[b]c[d]"), Some(("a".to_owned(), vec![Some("b")])));
    }

    #[test]
    fn only_the_top_is_mangled() {
        assert_eq!(
            path("  a.b c[d.e f]"),
            Some(("a_b_c".to_owned(), vec![Some("d.e f")]))
        );
    }

    #[test]
    fn an_open_bracket_is_a_stray() {
        assert_eq!(path("a[b.c[d"), Some(("a_b_c_d".to_owned(), vec![])));
        assert_eq!(path("a[b][c.d"), Some(("a".to_owned(), vec![Some("b")])));
        assert_eq!(path("a[[b]"), Some(("a".to_owned(), vec![Some("[b")])));
    }

    #[test]
    fn some_names_are_ignored() {
        for name in ["", "  ", "[a]", "[", " [x", "..Host-a", "_.Secure-a[x]"] {
            assert_eq!(path(name), None, "{name}");
        }
        assert_eq!(path("__Host-a"), Some(("__Host-a".to_owned(), vec![])));
    }
}
