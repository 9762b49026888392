//! HTML as plain text: what a mail says, without how it looks.

use mail_parser::decoders::html::add_html_token;

/// The longest name of an entity that is looked at, in bytes.
const ENTITY_MAX: usize = 32;

/// Elements whose content nobody reads.
const UNREAD: [&str; 5] = ["head", "script", "style", "template", "title"];
/// Elements that stand on lines of their own.
const BLOCKS: [&str; 29] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];

/// The text of this HTML: blocks on lines of their own, paragraphs apart, white space as a
/// browser shows it, and links with their address behind them where it is not their text.
#[must_use]
pub fn to_text(html: &str) -> String {
    let mut out = Text::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.write(&rest[..at]);
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        // A "<" that begins no tag is a character like any other.
        if !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) {
            out.write("<");
            rest = &rest[1..];
            continue;
        }
        let (tag, after) = split_tag(&rest[1..]);
        rest = after;
        let name = name(tag);
        if UNREAD.contains(&name.as_str()) && !tag.starts_with('/') && !tag.ends_with('/') {
            rest = after_end(rest, &name);
            continue;
        }
        out.tag(&name, tag);
    }
    out.write(rest);
    out.finish()
}

/// The tag up to its `>`, which may stand in quotes, and what follows.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return (&text[..at], &text[at + 1..]),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    (text, "")
}

fn name(tag: &str) -> String {
    tag.trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// What follows the end tag of this element.
fn after_end<'html>(html: &'html str, name: &str) -> &'html str {
    let mut rest = html;
    while let Some(at) = rest.find("</") {
        rest = &rest[at + 2..];
        let (tag, after) = split_tag(rest);
        if self::name(tag) == name {
            return after;
        }
    }
    ""
}

/// The text that this HTML without tags shows.
#[must_use]
pub fn unescaped(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    resolve(html, &mut text);
    text
}

/// The value of an attribute, its entities resolved.
fn attribute(tag: &str, wanted: &str) -> Option<String> {
    let at = tag.to_ascii_lowercase().find(&format!("{wanted}="))?;
    let value = &tag[at + wanted.len() + 1..];
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split(char::is_whitespace).next()?,
    };
    Some(unescaped(value))
}

/// Writes the text with its entities resolved.
fn resolve(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest
            .bytes()
            .take(ENTITY_MAX)
            .position(|byte| byte == b';')
            .unwrap_or(0);
        add_html_token(out, &rest.as_bytes()[..=end], false);
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
}

/// The text as it grows.
#[derive(Default)]
struct Text {
    out: String,
    /// Line ends that come before the next word.
    lines: usize,
    /// Whether a blank comes before the next word.
    blank: bool,
    /// The address of the link that is open, and where its text begins.
    link: Option<(String, usize)>,
}

impl Text {
    fn write(&mut self, html: &str) {
        for c in unescaped(html).chars() {
            // A no-break space shows as a blank too; ASCII white space runs together.
            if c.is_ascii_whitespace() {
                self.blank = true;
            } else {
                self.put(if c == '\u{a0}' { ' ' } else { c });
            }
        }
    }

    fn put(&mut self, c: char) {
        if self.out.is_empty() {
            (self.lines, self.blank) = (0, false);
        }
        if self.lines > 0 {
            for _ in 0..self.lines.min(2) {
                self.out.push('\n');
            }
        } else if self.blank {
            self.out.push(' ');
        }
        (self.lines, self.blank) = (0, false);
        self.out.push(c);
    }

    fn tag(&mut self, name: &str, tag: &str) {
        let ends = tag.starts_with('/');
        match name {
            "br" => self.lines += 1,
            "p" => self.lines = self.lines.max(2),
            "td" | "th" => self.blank = true,
            "a" if ends => self.end_link(),
            "a" => {
                self.link = attribute(tag, "href").map(|address| (address, self.out.len()));
            }
            "li" if !ends => {
                self.lines = self.lines.max(1);
                self.put('-');
                self.blank = true;
            }
            name if BLOCKS.contains(&name) => self.lines = self.lines.max(1),
            _ => {}
        }
    }

    fn end_link(&mut self) {
        let Some((address, start)) = self.link.take() else {
            return;
        };
        let shown = self.out[start..].trim();
        let is_web = address.starts_with("https://") || address.starts_with("http://");
        if is_web && !shown.is_empty() && !shown.contains("://") {
            self.out.push_str(" (");
            self.out.push_str(&address);
            self.out.push(')');
        }
    }

    fn finish(self) -> String {
        let lines: Vec<&str> = self.out.lines().map(str::trim_end).collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::to_text;

    #[test]
    fn blocks_become_lines_and_paragraphs_stand_apart() {
        let html = "<html><head><title>no</title><style>p > a { x: 1 }</style></head><body>\n\
            <p>Hello  <b>Ann</b>,</p>\n<p>two &amp; two<br>is four.</p>\
            <div>one</div><div>two</div><ul><li>a</li><li>b</li></ul>\
            <table><tr><td>x</td><td>y</td></tr><tr><td>z</td></tr></table></body></html>";
        assert_eq!(
            to_text(html),
            "Hello Ann,\n\ntwo & two\nis four.\n\none\ntwo\n- a\n- b\nx y\nz"
        );
    }

    #[test]
    fn entities_comments_and_scripts_are_understood() {
        for (html, text) in [
            ("caf&eacute; &#233;&#xe9; &nbsp;x", "café éé  x"),
            ("a &lt;b&gt; &unknown; & c &", "a <b> &unknown; & c &"),
            ("a<!-- <b>no</b> -->b", "ab"),
            ("a<!-- no end", "a"),
            ("<script>if (a < b) { '</b>' }</script>x", "x"),
            ("1 < 2 and 3<4", "1 < 2 and 3<4"),
            ("a<img alt=\"x>y\">b", "ab"),
            ("<SCRIPT>x</SCRIPT >y", "y"),
            ("<br><br><br><br>a<br><br><br><br>b", "a\n\nb"),
            ("", ""),
            ("😀 <i>日本</i>", "😀 日本"),
        ] {
            assert_eq!(to_text(html), text, "{html}");
        }
    }

    #[test]
    fn links_keep_their_address() {
        assert_eq!(
            to_text("<a href=\"https://a.example/?x=1&amp;y=2\">here</a>."),
            "here (https://a.example/?x=1&y=2)."
        );
        assert_eq!(
            to_text("<a href='https://a.example/'>https://a.example/</a>"),
            "https://a.example/"
        );
        assert_eq!(to_text("<a href=javascript:x>here</a>"), "here");
    }

    proptest! {
        #[test]
        fn anything_is_taken(html in "[ -~é<>&;/\"']{0,60}") {
            let _ = to_text(&html);
        }
    }
}
