//! JSON: as a body, and as the text of an argument (`user_ids=[1,2]`).

use serde_json::Value;

use super::{Arguments, CONTAINERS_MAX, DEPTH_MAX, JSON_VALUES_MAX, Problem};

/// Decodes a JSON body. It must be an object; an empty body is an object without members. Of a repeated
/// member the last wins.
///
/// Depth and counts are checked on the text, before anything is built.
///
/// # Errors
/// `too-large` past [`DEPTH_MAX`], [`CONTAINERS_MAX`] or [`JSON_VALUES_MAX`]; `invalid-argument` for what is
/// not JSON, not an object or not UTF-8, and for a NUL in a name or a value.
pub fn json(body: &[u8]) -> Result<Arguments, Problem> {
    let text =
        std::str::from_utf8(body).map_err(|_| Problem::invalid("the body is not valid UTF-8"))?;
    if text.trim_ascii().is_empty() {
        return Ok(Arguments::default());
    }
    // The object of the arguments is no nesting of an argument's value, hence one level more.
    check(text, DEPTH_MAX + 1)?;
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(Arguments(members)),
        Ok(_) => Err(Problem::invalid("the body must be a JSON object")),
        Err(error) => Err(Problem::invalid(format!(
            "the body is not valid JSON: {error}"
        ))),
    }
}

/// The value of an argument that is JSON text, under the same limits as a body.
pub(super) fn value(text: &str) -> Result<Value, Problem> {
    check(text, DEPTH_MAX)?;
    serde_json::from_str(text)
        .map_err(|error| Problem::invalid(format!("this is not valid JSON: {error}")))
}

/// Measures a JSON text without building it. It needn't notice bad syntax: the parser will.
fn check(text: &str, depth_max: usize) -> Result<(), Problem> {
    let bytes = text.as_bytes();
    let (mut depth, mut containers, mut values, mut quoted, mut at) = (0_usize, 0, 1, false, 0);
    while let Some(byte) = bytes.get(at) {
        match (quoted, byte) {
            (_, b'"') => quoted = !quoted,
            (true, b'\\') => {
                if bytes[at..].starts_with(b"\\u0000") {
                    return Err(Problem::invalid("the JSON holds a NUL character"));
                }
                at += 1;
            }
            (false, b'[' | b'{') => {
                depth += 1;
                containers += 1;
                if depth > depth_max {
                    return Err(Problem::too_large(format!(
                        "the JSON nests more than {DEPTH_MAX} levels deep"
                    )));
                }
            }
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            (false, b',') => values += 1,
            _ => {}
        }
        at += 1;
    }
    if containers > CONTAINERS_MAX {
        return Err(Problem::too_large(format!(
            "the JSON holds more than {CONTAINERS_MAX} lists and objects"
        )));
    }
    if values > JSON_VALUES_MAX {
        return Err(Problem::too_large(format!(
            "the JSON holds more than {JSON_VALUES_MAX} values"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::wire::ProblemCode;

    fn code(body: &str) -> Option<ProblemCode> {
        json(body.as_bytes()).err().map(|problem| problem.code)
    }

    #[test]
    fn reads_objects_in_order() {
        let read = json(br#" {"z":1,"a":[true,null,{"x":"y"}],"z":2} "#).unwrap();
        assert_eq!(
            Value::Object(read.0).to_string(),
            r#"{"z":2,"a":[true,null,{"x":"y"}]}"#
        );
    }

    #[test]
    fn an_empty_body_has_no_arguments() {
        assert_eq!(json(b" \r\n"), Ok(Arguments::default()));
    }

    #[test]
    fn refuses_what_is_no_object() {
        for body in [
            "[]",
            "1",
            "\"{}\"",
            "null",
            "{",
            "{}}",
            "{\"a\":1,}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":1e999}",
            "NaN",
        ] {
            assert_eq!(code(body), Some(ProblemCode::InvalidArgument), "{body}");
        }
        assert!(json(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn refuses_nul_but_not_its_look_alike() {
        assert_eq!(
            code(r#"{"a":"\u0000"}"#),
            Some(ProblemCode::InvalidArgument)
        );
        assert_eq!(code(r#"{"a\u0000":1}"#), Some(ProblemCode::InvalidArgument));
        assert_eq!(
            json(br#"{"a":"\\u0000"}"#).unwrap().0["a"],
            json!("\\u0000")
        );
    }

    #[test]
    fn limits_the_depth_before_building() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(code(&nested(DEPTH_MAX)), None);
        assert_eq!(code(&nested(DEPTH_MAX + 1)), Some(ProblemCode::TooLarge));
        // Were it built first, the missing end would be the error.
        assert_eq!(
            code(&"{\"a\":".repeat(1_000_000)),
            Some(ProblemCode::TooLarge)
        );
        assert!(value(&nested(DEPTH_MAX - 1)).is_ok());
        assert!(value(&nested(DEPTH_MAX)).is_err());
        assert_eq!(code(&format!("{{\"a\":\"{}\"}}", "[".repeat(100))), None);
        assert_eq!(
            code(&format!("{{\"a\":[{}]}}", vec!["[]"; 100].join(","))),
            None
        );
    }

    #[test]
    fn limits_the_counts() {
        let list =
            |item: &str, count: usize| format!("{{\"a\":[{}]}}", vec![item; count].join(","));
        assert_eq!(code(&list("1", JSON_VALUES_MAX)), None);
        assert_eq!(
            code(&list("1", JSON_VALUES_MAX + 1)),
            Some(ProblemCode::TooLarge)
        );
        assert_eq!(code(&list("[]", CONTAINERS_MAX - 2)), None);
        assert_eq!(
            code(&list("[]", CONTAINERS_MAX - 1)),
            Some(ProblemCode::TooLarge)
        );
    }

    #[test]
    fn takes_a_giant_text() {
        let text = "😀".repeat(2_000_000);
        let read = json(json!({ "message": text }).to_string().as_bytes()).unwrap();
        assert_eq!(read.0["message"], json!(text));
    }

    proptest! {
        #[test]
        fn never_panics(body: Vec<u8>) {
            let _ = json(&body);
        }

        #[test]
        fn never_panics_on_json_like_text(body in r#"[\[\]{}":,\\u0a1e \-]{0,60}"#) {
            let _ = json(body.as_bytes());
            let _ = value(&body);
        }
    }
}
