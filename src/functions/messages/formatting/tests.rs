//! What is formatted, what is not, and that nothing else gets through.

use std::time::Instant;

use proptest::prelude::*;

use super::{html, plain};

#[test]
fn the_documented_example() {
    let text = "Lorem ipsum dolor *sit amet*, __consectetur adipiscing elit__, `sed` do eiusmod.";
    assert_eq!(
        html(text),
        "Lorem ipsum dolor <b>sit amet</b>, <i>consectetur adipiscing elit</i>, \
         <code>sed</code> do eiusmod."
    );
    assert_eq!(
        plain(text),
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod."
    );
}

#[test]
fn marks() {
    for (text, expected, without) in [
        ("~no~ *y*", "<del>no</del> <b>y</b>", "no y"),
        ("(*a*)", "(<b>a</b>)", "(a)"),
        ("*a __b ~c~__*", "<b>a <i>b <del>c</del></i></b>", "a b c"),
        ("*a __b* c__", "<b>a __b</b> c__", "a __b c__"),
        ("*a ~b* ~c~", "<b>a ~b</b> <del>c</del>", "a ~b c"),
        ("`*a* <b>`", "<code>*a* &lt;b&gt;</code>", "*a* <b>"),
        ("```\n*a*\nb\n```", "<pre>*a*\nb</pre>", "*a*\nb"),
        ("*a ```b``` c*", "*a <pre>b</pre> c*", "*a b c*"),
        (
            "これは*太字*です",
            "これは<b>太字</b>です",
            "これは太字です",
        ),
        ("*a b\nc*", "*a b\nc*", "*a b\nc*"),
    ] {
        assert_eq!(html(text), expected, "{text:?}");
        assert_eq!(plain(text), without, "{text:?}");
    }
}

#[test]
fn what_is_no_formatting_stays() {
    for text in [
        "2*3*4",
        "2 * 3 * 4",
        "snake__case__name",
        "__init__.py",
        "* a point\n* another",
        "**",
        "*****",
        "____",
        "~~",
        "`",
        "``",
        "```",
        "``````",
        "a ``` b",
        "~ 5 ~",
        "one `tick\nand` more",
        "*open",
        "close*",
        "_",
    ] {
        let as_is = text != "__init__.py";
        assert_eq!(plain(text) == text, as_is, "{text:?}");
        if as_is {
            assert_eq!(html(text), text, "{text:?}");
        }
    }
}

#[test]
fn links() {
    for (text, url) in [
        (
            "see https://example.com/a_b*c?d=1, or",
            "https://example.com/a_b*c?d=1",
        ),
        ("(http://example.com/x_(y))", "http://example.com/x_(y)"),
        ("*https://example.com/*", "https://example.com/"),
        ("HTTPS://EXAMPLE.COM.", "HTTPS://EXAMPLE.COM"),
        ("mailto:ann@example.com!", "mailto:ann@example.com"),
    ] {
        let link = format!("<a href=\"{url}\">{url}</a>");
        assert!(html(text).contains(&link), "{text:?}: {}", html(text));
        assert!(plain(text).contains(url), "{text:?}");
    }
    let two = html("https://a.example/?x=1&y=<b>");
    let url = "https://a.example/?x=1&amp;y=";
    assert_eq!(two, format!("<a href=\"{url}\">{url}</a>&lt;b&gt;"));
    for none in [
        "xhttp://a",
        "https://",
        "http:// a",
        "mailto:",
        "mailto:a",
        "hm",
        "javascript:alert(1)",
    ] {
        assert!(!html(none).contains("<a"), "{none:?}");
    }
}

/// Every tag of an output, and that whatever is between them is escaped and they nest.
fn assert_safe(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '>', '"', '\'']) {
        assert_eq!(&rest[at..=at], "<", "unescaped in {html:?}");
        rest = &rest[at + 1..];
        let end = rest.find('>').expect("a tag ends");
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{html:?}");
        } else if let Some(url) = tag.strip_prefix("a href=\"") {
            let url = url.strip_suffix('"').expect("one attribute");
            assert!(!url.contains(['"', '<', '>', '\'', ' ']), "{url:?}");
            let lower = url.to_lowercase();
            let schemes = ["http://", "https://", "mailto:"];
            assert!(schemes.iter().any(|scheme| lower.starts_with(scheme)));
            open.push("a");
        } else {
            assert!(["b", "i", "del", "code", "pre"].contains(&tag), "{tag:?}");
            open.push(tag);
        }
    }
    assert!(open.is_empty(), "{open:?} of {html:?}");
    for entity in html.split('&').skip(1) {
        let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
        assert!(
            known.iter().any(|known| entity.starts_with(known)),
            "{html:?}"
        );
    }
}

/// The text that a browser shows.
fn read_back(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        rest = after.split_once('>').expect("a tag ends").1;
    }
    text.push_str(rest);
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_unsafe_gets_through(text in any::<String>()) {
        assert_safe(&html(&text));
        prop_assert_eq!(read_back(&html(&text)), plain(&text));
    }

    #[test]
    fn nor_with_many_marks(text in "([*_~`\n <>\"'&a.é]|__|```|https?://|mailto:|<script>|</b>|x@y){0,40}") {
        assert_safe(&html(&text));
        prop_assert_eq!(read_back(&html(&text)), plain(&text));
    }
}

/// Twice the text takes about twice the time, whatever it is made of.
#[test]
fn time_is_linear() {
    let parts = [
        "*a ",
        "__a ",
        "~",
        "`",
        "```",
        "``` ",
        "`a\n",
        "*_~",
        "http://",
        "http://a)",
        "_",
        "a*",
        "mailto:a@b?",
        "(",
        "*`__~",
        "http://*",
        "mailto:",
        "mailto:a@b",
        "http://a?",
    ];
    for part in parts {
        let took = |count: usize| {
            let text = part.repeat(count);
            let took = (0..3).map(|_| {
                let start = Instant::now();
                std::hint::black_box(html(&text));
                start.elapsed()
            });
            took.min().unwrap_or_default()
        };
        took(1_000);
        let (small, large) = (took(2_000), took(128_000));
        // 64 times the text; quadratic time would be 4,096 times as long. The rest is what a busy
        // machine may take meanwhile.
        assert!(
            large < small * 1_000 || large.as_millis() < 50,
            "{part:?}: {small:?}, then {large:?}"
        );
    }
}
