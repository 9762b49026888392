//! `multipart/form-data`: the same fields as a form, each in a part of its own.

use bytes::Bytes;
use futures::stream;
use multer::{Field, Multipart};

use super::brackets::Tree;
use super::{Arguments, Problem};

/// Decodes a multipart body; names follow the same rules as in [`form`](super::form()), but are not percent-encoded.
/// A part without a name is ignored. `content_type` is the request's header, which holds the boundary.
///
/// # Errors
/// `invalid-argument` for a body that is not multipart, for a file (no function takes one: files are
/// uploaded elsewhere and named by their URL), for what is not UTF-8, and for a NUL; `too-large` past a limit.
pub async fn multipart(content_type: &str, body: Bytes) -> Result<Arguments, Problem> {
    let boundary = multer::parse_boundary(content_type)
        .map_err(|_| Problem::invalid("the Content-Type names no multipart boundary"))?;
    let whole = stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    let mut parts = Multipart::new(whole, boundary);
    let mut tree = Tree::new();
    while let Some(part) = parts.next_field().await.map_err(malformed)? {
        refuse_unusable(&part)?;
        let Some(name) = part.name().map(str::to_owned) else {
            continue;
        };
        let value = part.bytes().await.map_err(malformed)?;
        let value = String::from_utf8(value.into()).map_err(|_| not_utf8())?;
        tree.insert(&name, value)?;
    }
    Ok(Arguments(tree.finish()))
}

fn refuse_unusable(part: &Field<'_>) -> Result<(), Problem> {
    // multer takes a name that is not UTF-8 for none, and the field would vanish.
    let disposition = part.headers().get("content-disposition");
    if disposition.is_some_and(|value| std::str::from_utf8(value.as_bytes()).is_err()) {
        return Err(not_utf8());
    }
    if part.file_name().is_none() {
        return Ok(());
    }
    let name = part.name().unwrap_or("a part");
    Err(Problem::invalid(format!(
        "{name}: files are not accepted here, give the URL of an uploaded file"
    )))
}

fn not_utf8() -> Problem {
    Problem::invalid("the form is not valid UTF-8")
}

fn malformed(_: multer::Error) -> Problem {
    Problem::invalid("the body is not well-formed multipart/form-data")
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::wire::{FIELDS_MAX, ProblemCode};

    const CONTENT_TYPE: &str = "multipart/form-data; boundary=XX";

    fn part(disposition: &str, value: &str) -> String {
        format!("--XX\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{value}\r\n")
    }

    fn read(body: impl Into<Bytes>) -> Result<Value, Problem> {
        read_as(CONTENT_TYPE, body.into()).map(|arguments| Value::Object(arguments.0))
    }

    fn read_as(content_type: &str, body: Bytes) -> Result<Arguments, Problem> {
        multipart(content_type, body)
            .now_or_never()
            .expect("the body is all there")
    }

    fn read_parts(parts: &[(&str, &str)]) -> Result<Value, Problem> {
        let parts: String = parts
            .iter()
            .map(|(disposition, value)| part(disposition, value))
            .collect();
        read(format!("{parts}--XX--\r\n"))
    }

    #[test]
    fn reads_names_as_a_form_does() {
        let read = read_parts(&[
            ("name=\"function\"", "get-users"),
            ("name=\"a.b\"", "€ + %20"),
            ("name=\"ids[]\"", "1"),
            ("name=\"ids[]\"", "2"),
            ("name=\"x[k][0]\"", "line\r\nline"),
            ("name=\"empty\"", ""),
            ("name=\"function\"", "get-user"),
        ]);
        let expected = json!({"function": "get-user", "a_b": "€ + %20", "ids": ["1", "2"], "x": {"k": ["line\r\nline"]}, "empty": ""});
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn refuses_files() {
        for file in [
            "name=\"f\"; filename=\"a.txt\"",
            "name=\"f\"; filename=\"\"",
        ] {
            let problem = read_parts(&[("name=\"a\"", "1"), (file, "x")]).unwrap_err();
            assert_eq!(problem.code, ProblemCode::InvalidArgument);
            assert!(
                problem.message.starts_with("f: files are not accepted"),
                "{problem}"
            );
        }
    }

    #[test]
    fn ignores_parts_without_a_name() {
        assert_eq!(
            read_parts(&[("x=\"y\"", "1"), ("name=\"a\"", "2")]),
            Ok(json!({"a": "2"}))
        );
    }

    #[test]
    fn refuses_names_that_are_not_utf8() {
        let head = b"--XX\r\nContent-Disposition: form-data; name=\"a\xff\"\r\n\r\n1\r\n--XX--\r\n";
        assert_eq!(read(head.to_vec()), Err(not_utf8()));
    }

    #[test]
    fn refuses_broken_bodies() {
        let half = part("name=\"a\"", "1");
        let no_utf8 =
            [&b"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--XX--\r\n"[..]]
                .concat();
        for body in [b"".to_vec(), b"a=1".to_vec(), half.into_bytes(), no_utf8] {
            assert_eq!(read(body).unwrap_err().code, ProblemCode::InvalidArgument);
        }
        let nul = read_parts(&[("name=\"a\"", "\0")]).unwrap_err();
        assert_eq!(nul, Problem::invalid("a field holds a NUL character"));
    }

    #[test]
    fn needs_a_boundary() {
        for content_type in ["multipart/form-data", "text/plain; boundary=XX", "", "é"] {
            let problem = read_as(content_type, Bytes::new()).unwrap_err();
            assert_eq!(problem.code, ProblemCode::InvalidArgument);
        }
    }

    #[test]
    fn limits_the_fields() {
        let body = part("name=\"a\"", "1").repeat(FIELDS_MAX + 1) + "--XX--\r\n";
        assert_eq!(read(body).unwrap_err().code, ProblemCode::TooLarge);
    }

    proptest! {
        #[test]
        fn never_panics(body: Vec<u8>) {
            let _ = read(body);
        }

        #[test]
        fn never_panics_on_parts(pieces in prop::collection::vec(prop_oneof![
            Just("--XX"), Just("\r\n"), Just("--"), Just("Content-Disposition: form-data; "), Just("name=\"a\""), Just("name=\"a[]\"; "), Just(":"), Just("x"), Just("\""),
        ], 0..30)) {
            let _ = read(pieces.concat());
        }
    }
}
