//! A message's text as Slack writes it (mrkdwn), and back.

use events::message::Attachment;
use serde_json::Value;

use crate::functions::messages::formatting::{Dialect, Piece, pieces};

/// Characters that go to Slack at once; it cuts texts of more than 40,000.
const PART_CHARS_MAX: usize = 10_000;

/// A message as texts for Slack, with its attachments as links at the end.
pub fn to_slack(text: &str, attachments: &[Attachment]) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut parts: Vec<String> = characters
        .chunks(PART_CHARS_MAX)
        .map(|part| mrkdwn(&part.iter().collect::<String>()))
        .collect();
    let link = |file: &Attachment| reference(&file.url, &file.name);
    let links: Vec<String> = attachments.iter().map(link).collect();
    for links in links.chunks(20) {
        let links = links.join("\n");
        match parts.last_mut() {
            Some(last) if last.len() + links.len() < 3 * PART_CHARS_MAX => {
                last.push('\n');
                last.push_str(&links);
            }
            _ => parts.push(links),
        }
    }
    parts
}

/// The text with Slack's marks: `__italic__` is `_italic_` there; the others are the same.
fn mrkdwn(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    for piece in pieces(text, Dialect::Chat) {
        match piece {
            Piece::Text(text) => told.push_str(&escaped(text)),
            Piece::Begin(style) | Piece::End(style) => told.push_str(style.mark(Dialect::Slack)),
            Piece::Code(code) => told.extend(["`", &escaped(code), "`"]),
            Piece::Block(code) => told.extend(["```", &escaped(code), "```"]),
            Piece::Link(url) => told.push_str(&reference(url, "")),
        }
    }
    told
}

/// The three characters that mean something to Slack anywhere.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn reference(url: &str, name: &str) -> String {
    // Neither a bar nor a bracket can be written within a link.
    let url = url.replace('|', "%7C").replace('>', "%3E");
    let url = url.replace('<', "%3C").replace('&', "&amp;");
    match name.trim() {
        "" => format!("<{url}>"),
        name => format!("<{url}|{}>", escaped(name).replace('|', "/")),
    }
}

/// A text of Slack's as a message: with the chat's marks, `<…>` as what it stands for, and the rest
/// unescaped. `name` tells whom a member's ID stands for, where that is known.
pub fn from_slack(text: &str, name: impl Fn(&str) -> Option<String>) -> String {
    let mut told = String::with_capacity(text.len());
    for piece in pieces(text, Dialect::Slack) {
        match piece {
            Piece::Text(text) => told.push_str(&unescaped(text)),
            Piece::Begin(style) | Piece::End(style) => told.push_str(style.mark(Dialect::Chat)),
            Piece::Code(code) => told.extend(["`", &spelled(code, &name), "`"]),
            Piece::Block(code) => told.extend(["```", &spelled(code, &name), "```"]),
            Piece::Link(inside) => told.push_str(&meant(inside, &name)),
        }
    }
    told
}

/// Code: it has no marks, but Slack makes links in it all the same.
fn spelled(text: &str, name: &impl Fn(&str) -> Option<String>) -> String {
    let (mut told, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('<') {
        told.push_str(&unescaped(before));
        match after.split_once('>') {
            Some((inside, after)) => {
                told.push_str(&meant(inside, name));
                rest = after;
            }
            None => {
                told.push('<');
                rest = after;
            }
        }
    }
    told.push_str(&unescaped(rest));
    told
}

/// `https://…|label`, `@U123|name`, `#C123|name` or `!here`, as people read it.
fn meant(inside: &str, name: &impl Fn(&str) -> Option<String>) -> String {
    let (what, label) = inside.split_once('|').unwrap_or((inside, ""));
    let label = unescaped(label);
    let named = |sign: &str, name: &str| match label.is_empty() {
        true => format!("{sign}{name}"),
        false => format!("{sign}{}", label.trim_start_matches(['@', '#'])),
    };
    match what.split_at_checked(1) {
        Some(("@", id)) if label.is_empty() => format!("@{}", name(id).as_deref().unwrap_or(id)),
        Some(("@", id)) => named("@", id),
        Some(("#", id)) => named("#", id),
        Some(("!", special)) => named("@", special.split('^').next().unwrap_or(special)),
        _ => {
            let url = unescaped(what);
            let shown = url.strip_prefix("mailto:").unwrap_or(&url);
            // Slack makes links of bare names: `<http://example.com|example.com>`.
            let is_itself = label.is_empty() || shown.ends_with(label.trim_end_matches('/'));
            match is_itself {
                true => shown.to_owned(),
                false => format!("{label} ({shown})"),
            }
        }
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// The files that were shared with a message, as links. Those that Slack hides have none.
pub fn shared_files(files: &Value) -> Vec<Attachment> {
    let files = files.as_array().map(Vec::as_slice).unwrap_or_default();
    files.iter().filter_map(shared_file).collect()
}

/// Public links are for everybody; the others ask for a login at Slack.
fn shared_file(file: &Value) -> Option<Attachment> {
    let text = |name: &str| file.get(name)?.as_str().filter(|text| !text.is_empty());
    let is_public = file.get("public_url_shared") == Some(&Value::Bool(true));
    let public = text("permalink_public").filter(|_| is_public);
    let url = public
        .or_else(|| text("permalink"))
        .or_else(|| text("url_private"))
        .filter(|url| url.starts_with("https://") || url.starts_with("http://"))?;
    let name = text("name").or_else(|| text("title")).unwrap_or("file");
    Some(Attachment {
        name: name.to_owned(),
        url: url.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn attachment(name: &str, url: &str) -> Attachment {
        Attachment {
            name: name.to_owned(),
            url: url.to_owned(),
        }
    }

    #[test]
    fn texts_go_to_slack_escaped_and_with_links() {
        assert_eq!(
            to_slack("1 < 2 & *bold* __it__ <!channel>", &[]),
            ["1 &lt; 2 &amp; *bold* _it_ &lt;!channel&gt;"]
        );
        for (chat, slack) in [
            (
                "see https://x.test/a__b?c=1&d=2|3, and __this__",
                "see <https://x.test/a__b?c=1&amp;d=2%7C3>, and _this_",
            ),
            ("`__init__` & __init__", "`__init__` &amp; _init_"),
            ("```\n__all__ = <1>\n```", "```__all__ = &lt;1&gt;```"),
            ("snake__case__name", "snake__case__name"),
            ("*__both__* ~no~", "*_both_* ~no~"),
        ] {
            assert_eq!(to_slack(chat, &[]), [slack], "{chat}");
        }
        let files = [
            attachment("a|b>.pdf", "https://example.com/?a=1&b=2|3"),
            attachment("", "https://example.com/b"),
        ];
        let links = "<https://example.com/?a=1&amp;b=2%7C3|a/b&gt;.pdf>\n<https://example.com/b>";
        assert_eq!(to_slack("Hi", &files), [format!("Hi\n{links}")]);
        assert_eq!(to_slack("", &files), [links]);
        let parts = to_slack(&"ä".repeat(25_000), &[]);
        let lengths: Vec<usize> = parts.iter().map(|part| part.chars().count()).collect();
        assert_eq!(lengths, [10_000, 10_000, 5_000]);
    }

    #[test]
    fn texts_of_slack_are_read() {
        for (slack, chat) in [
            ("1 &lt; 2 &amp;amp; 3", "1 < 2 &amp; 3"),
            (
                "see <https://example.com/?a=1&amp;b=2>",
                "see https://example.com/?a=1&b=2",
            ),
            ("<http://example.com|example.com>", "http://example.com"),
            (
                "<https://example.com|our page>",
                "our page (https://example.com)",
            ),
            ("<mailto:a@example.com|a@example.com>", "a@example.com"),
            (
                "<@U123> in <#C1|general> <!here>",
                "@U123 in #general @here",
            ),
            ("<@U123|ada>, a < b", "@ada, a < b"),
            ("plain", "plain"),
            ("", ""),
            ("_hello_ *you* ~two~", "__hello__ *you* ~two~"),
            (
                "_see <https://x.test/a_b_c>, &lt;now&gt;_",
                "__see https://x.test/a_b_c, <now>__",
            ),
            ("snake_case_name and _open", "snake_case_name and _open"),
            (
                "`_a_ &lt; <http://b.test>`, ```_a_```",
                "`_a_ < http://b.test`, ```_a_```",
            ),
            ("<@UADA> and <@U123>", "@Ada Agent and @U123"),
        ] {
            let name = |id: &str| (id == "UADA").then(|| "Ada Agent".to_owned());
            assert_eq!(from_slack(slack, name), chat, "{slack}");
        }
    }

    #[test]
    fn shared_files_are_links() {
        let files = json!([
            {"name": "a.png", "permalink": "https://x.slack.com/files/a", "url_private": "https://files/a"},
            {
                "title": "B", "permalink": "https://x.slack.com/files/b", "public_url_shared": true,
                "permalink_public": "https://slack-files.com/b",
            },
            {"id": "F1", "mode": "tombstone"},
            {"name": "c", "permalink": "javascript:alert(1)"},
        ]);
        let expected = [
            attachment("a.png", "https://x.slack.com/files/a"),
            attachment("B", "https://slack-files.com/b"),
        ];
        assert_eq!(shared_files(&files), expected);
        assert_eq!(shared_files(&json!(null)), []);
    }
}
