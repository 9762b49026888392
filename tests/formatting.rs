//! The formatting of chat texts, held against a sanitizer that is not ours.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::harness::{Body, Dice, Engine, Server, tool};

async fn html(server: &Server, text: &str) -> String {
    let answer = server.v1("text-formatting-to-html", json!({"message": text}));
    let answer = answer.await.json();
    answer.as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn the_documented_example_through_every_body() {
    let server = Server::start(Engine::Sqlite).await;
    let text = "Lorem *sit amet*, __elit__, `sed` ~x~\r\n```\na < b\n```";
    let arguments = json!({"message": text});
    for body in [Body::Php, Body::Jquery, Body::Json, Body::Multipart] {
        let answer = server.call(body, "text-formatting-to-html", arguments.clone());
        let expected = "Lorem <b>sit amet</b>, <i>elit</i>, <code>sed</code> <del>x</del>\r\n<pre>a &lt; b</pre>";
        assert_eq!(answer.await.response(), expected, "{body:?}");
        let answer = server.call(body, "clear-text-formatting", arguments.clone());
        let expected = "Lorem sit amet, elit, sed x\r\na < b";
        assert_eq!(answer.await.response(), expected, "{body:?}");
    }
    for function in ["text-formatting-to-html", "clear-text-formatting"] {
        assert_eq!(
            server.refused(function, json!({})).await,
            "missing-argument"
        );
        let long = json!({"message": "x".repeat(100_001)});
        assert_eq!(server.refused(function, long).await, "invalid-argument");
        let empty = json!({"message": ""});
        assert_eq!(server.ok(function, empty).await, "");
    }
}

/// What attacks are made of, and what formatting is.
const PARTS: [&str; 40] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"",
    "'",
    "<",
    ">",
    "&",
    "&lt;",
    "&#x3c;",
    "javascript:alert(1)",
    "https://example.com/",
    "http://a.example/?q=\"onclick=alert(1)",
    "mailto:a@b.example",
    "https://x'y",
    "HTTP://[::1]/",
    "</pre>",
    "</a>",
    "<a href=",
    "<!--",
    "-->",
    "<![CDATA[",
    "*",
    "__",
    "~",
    "`",
    "```",
    "\n",
    " ",
    "a",
    "ünï",
    "🎉",
    "\t",
    "_",
    "**",
    ".",
    ")",
    "(",
    "data:text/html,x",
    "x@y.example",
    "\u{202e}",
];

#[tokio::test]
async fn a_sanitizer_finds_nothing_to_remove() {
    let server = Server::start(Engine::Sqlite).await;
    let mut dice = Dice::new(19);
    let mut written = Vec::new();
    for part in PARTS {
        written.push(html(&server, part).await);
    }
    for _ in 0..300 {
        let mut text = String::new();
        for _ in 0..=dice.roll(14) {
            let part = usize::try_from(dice.roll(PARTS.len() as u64)).expect("small");
            text.push_str(PARTS[part]);
        }
        written.push(html(&server, &text).await);
    }
    assert!(written.iter().any(|html| html.contains("<pre>")));
    assert!(written.iter().any(|html| html.contains("<a href=")));
    let sanitized = sanitized(&written);
    for (ours, theirs) in written.iter().zip(&sanitized) {
        // A sanitizer writes quotation marks in texts as they are; in our links there are none.
        let ours = ours.replace("&#39;", "'").replace("&quot;", "\"");
        assert_eq!(ours, *theirs);
    }
    // And it is one that would have found something.
    let wrong = [
        "<script>x</script>".to_owned(),
        "<b onclick=x>y</b>".to_owned(),
    ];
    assert_eq!(self::sanitized(&wrong), ["", "<b>y</b>"]);
}

fn sanitized(html: &[String]) -> Vec<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/harness/sanitized.py");
    let mut child = Command::new(tool("python"))
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python runs");
    let mut input = child.stdin.take().expect("piped");
    let text = Value::from(html.to_vec()).to_string();
    input.write_all(text.as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "the sanitizer failed");
    serde_json::from_slice(&output.stdout).expect("a list of texts")
}
