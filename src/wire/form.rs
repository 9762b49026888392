//! `application/x-www-form-urlencoded`, as PHP's `http_build_query` and jQuery's `$.param` write it.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::brackets::Tree;
use super::{Arguments, Problem};

/// Decodes an urlencoded body by the rules of PHP 8.2: brackets nest, the last of a repeated name wins,
/// `x` and `x=` are the empty text, `+` and `%20` are blanks, and a `%` without two hex digits stays.
///
/// Unlike PHP it never cuts silently: past [`FIELDS_MAX`](super::FIELDS_MAX), [`DEPTH_MAX`](super::DEPTH_MAX)
/// or [`CONTAINERS_MAX`](super::CONTAINERS_MAX) it says so. The body's size is the door's affair.
///
/// # Errors
/// `too-large` past a limit; `invalid-argument` for what is not UTF-8 and for a NUL in a name or a value
/// (PHP cuts names there; here nothing can store it).
pub fn form(body: &[u8]) -> Result<Arguments, Problem> {
    let mut tree = Tree::new();
    for field in body
        .split(|byte| *byte == b'&')
        .filter(|field| !field.is_empty())
    {
        let end = field
            .iter()
            .position(|byte| *byte == b'=')
            .unwrap_or(field.len());
        let value = field.get(end + 1..).unwrap_or_default();
        tree.insert(&text(&field[..end])?, text(value)?.into_owned())?;
    }
    Ok(Arguments(tree.finish()))
}

fn text(encoded: &[u8]) -> Result<Cow<'_, str>, Problem> {
    let problem = |_| Problem::invalid("the form is not valid UTF-8");
    if !encoded.contains(&b'+') {
        return percent_decode(encoded).decode_utf8().map_err(problem);
    }
    let spaced: Vec<u8> = encoded
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let decoded = percent_decode(&spaced).decode_utf8().map_err(problem)?;
    Ok(Cow::Owned(decoded.into_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;
    use crate::wire::{FIELDS_MAX, ProblemCode};

    /// Every query of a fixture must give what PHP gave; compared as text, because the order counts.
    fn agrees_with_php(fixture: &str) {
        let rows: Vec<Value> = serde_json::from_str(fixture).expect("the fixture is JSON");
        assert!(rows.len() >= 300);
        for row in rows {
            let query = row["query"].as_str().expect("a query");
            let ours = Value::Object(form(query.as_bytes()).expect(query).0);
            assert_eq!(ours.to_string(), row["php"].to_string(), "{query}");
        }
    }

    #[test]
    fn reads_names_as_php_does() {
        agrees_with_php(include_str!("fixtures/parse_str.json"));
    }

    #[test]
    fn reads_http_build_query_as_php_does() {
        agrees_with_php(include_str!("fixtures/http_build_query.json"));
    }

    #[test]
    fn reads_jquery_param_as_php_does() {
        agrees_with_php(include_str!("fixtures/jquery_param.json"));
    }

    #[test]
    fn refuses_what_is_not_utf8() {
        for body in [
            &b"a=\xff"[..],
            b"a=%FF",
            b"%c3=x",
            b"a%5B%FF%5D=x",
            b"a=%ed%a0%80",
            b"a+b=\xe2%82",
        ] {
            assert_eq!(
                form(body).unwrap_err(),
                Problem::invalid("the form is not valid UTF-8")
            );
        }
    }

    #[test]
    fn refuses_nul() {
        for body in [&b"a=%00"[..], b"a%00b=x", b"a[%00]=x", b"a=\0"] {
            assert_eq!(form(body).unwrap_err().code, ProblemCode::InvalidArgument);
        }
    }

    #[test]
    fn takes_more_fields_than_php_but_not_any_number() {
        let fields = |count: usize| vec!["a[]=1"; count].join("&");
        let list = form(fields(FIELDS_MAX).as_bytes()).unwrap();
        assert_eq!(list.0["a"].as_array().map(Vec::len), Some(FIELDS_MAX));
        let problem = form(fields(FIELDS_MAX + 1).as_bytes()).unwrap_err();
        assert_eq!(
            problem,
            Problem::too_large("there are more than 100000 fields")
        );
    }

    /// What a form can hold: texts, lists and objects that are neither empty nor like a list.
    fn nested() -> impl Strategy<Value = Value> {
        any::<String>()
            .prop_map(|text| Value::from(text.replace('\0', "")))
            .prop_recursive(4, 40, 5, |inner| {
                prop_oneof![
                    prop::collection::vec(inner.clone(), 1..5).prop_map(Value::Array),
                    prop::collection::vec(("[a-zé. ]{0,3}z", inner), 1..5)
                        .prop_map(|members| Value::Object(members.into_iter().collect())),
                ]
            })
    }

    fn write(name: &str, value: &Value, fields: &mut Vec<String>) {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    write(&format!("{name}[{index}]"), item, fields);
                }
            }
            Value::Object(members) => {
                for (key, member) in members {
                    write(&format!("{name}[{key}]"), member, fields);
                }
            }
            Value::String(text) => {
                let encode = |text| {
                    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
                        .to_string()
                        .replace("%20", "+")
                };
                fields.push(format!("{}={}", encode(name), encode(text)));
            }
            other => panic!("{other} is not in the strategy"),
        }
    }

    proptest! {
        #[test]
        fn never_panics(body: Vec<u8>) {
            let _ = form(&body);
        }

        #[test]
        fn never_panics_on_brackets(body in r"[ab0-9\[\]&=%+. -]{0,80}") {
            form(body.as_bytes()).map(drop).or_else(|problem| {
                if problem.code == ProblemCode::InvalidArgument { Ok(()) } else { Err(problem) }
            }).unwrap();
        }

        #[test]
        fn gives_back_what_was_written(arguments in prop::collection::vec(("[a-z_]{1,8}", nested()), 0..5)) {
            let arguments: Map<String, Value> = arguments.into_iter().collect();
            let mut fields = Vec::new();
            for (name, value) in &arguments {
                write(name, value, &mut fields);
            }
            let read = form(fields.join("&").as_bytes()).unwrap();
            prop_assert_eq!(Value::Object(read.0).to_string(), Value::Object(arguments).to_string());
        }
    }
}
