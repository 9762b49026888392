//! A message's text as Slack writes it (mrkdwn), and back.

use events::message::Attachment;
use serde_json::Value;

/// Characters that go to Slack at once; it cuts texts of more than 40,000.
const PART_CHARS_MAX: usize = 10_000;

/// A message as texts for Slack, with its attachments as links at the end.
pub fn to_slack(text: &str, attachments: &[Attachment]) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut parts: Vec<String> = characters
        .chunks(PART_CHARS_MAX)
        .map(|part| mrkdwn(&part.iter().collect::<String>()))
        .collect();
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

/// `__italic__` is `_italic_` there; `*bold*`, `~strike~` and `` `code` `` are the same.
fn mrkdwn(text: &str) -> String {
    escaped(text).replace("__", "_")
}

/// The three characters that mean something to Slack anywhere.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn link(attachment: &Attachment) -> String {
    // Neither a bar nor a bracket can be written within a link.
    let url = attachment.url.replace('|', "%7C").replace('>', "%3E");
    let url = url.replace('<', "%3C").replace('&', "&amp;");
    match attachment.name.trim() {
        "" => format!("<{url}>"),
        name => format!("<{url}|{}>", escaped(name).replace('|', "/")),
    }
}

/// A text of Slack's as a message: `<…>` is what it stands for, and the rest unescaped.
pub fn from_slack(text: &str) -> String {
    let (mut told, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('<') {
        told.push_str(&unescaped(before));
        match after.split_once('>') {
            Some((inside, after)) => {
                told.push_str(&meant(inside));
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
fn meant(inside: &str) -> String {
    let (what, label) = inside.split_once('|').unwrap_or((inside, ""));
    let label = unescaped(label);
    let named = |sign: &str, name: &str| match label.is_empty() {
        true => format!("{sign}{name}"),
        false => format!("{sign}{}", label.trim_start_matches(['@', '#'])),
    };
    match what.split_at_checked(1) {
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
        ] {
            assert_eq!(from_slack(slack), chat, "{slack}");
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
