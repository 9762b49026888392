//! The plain text of a content, which is usually HTML: what readers see of it.

/// Characters of a content that a list shows.
const EXCERPT_CHARS: usize = 100;
/// What follows them where the content goes on.
const GOES_ON: &str = " ...";
/// Characters of the longest character reference that is understood: `&#x10FFFF;`.
const REFERENCE_CHARS_MAX: usize = 10;

/// Elements within a line: without them their text is one with what stands beside it.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "u", "var", "wbr",
];
/// Elements whose text nobody sees.
const UNSEEN: &[&str] = &["script", "style", "template"];

/// How a content begins: its text without tags, blanks taken together, ending in ` ...` where
/// there is more. Character references stay as they are, none cut in two, so that it is HTML as the
/// content is.
pub(super) fn excerpt(content: &str) -> String {
    let text = one_line(&without_tags(content));
    let Some((end, _)) = text.char_indices().nth(EXCERPT_CHARS) else {
        return text;
    };
    let mut begin = &text[..end];
    if let Some(at) = begin.rfind('&')
        && !begin[at..].contains(';')
        && reference(&text[at..]).is_some()
    {
        begin = &begin[..at];
    }
    format!("{}{GOES_ON}", begin.trim_end())
}

/// The text of a content, as readers see it.
pub(super) fn plain(content: &str) -> String {
    let text = without_tags(content);
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (character, length) = reference(rest).unwrap_or(('&', 1));
        plain.push(character);
        rest = &rest[length..];
    }
    plain.push_str(rest);
    plain
}

/// The character that a text begins with a reference to, and that reference's length in bytes.
fn reference(text: &str) -> Option<(char, usize)> {
    let mut begin = text.bytes().take(REFERENCE_CHARS_MAX);
    let length = begin.position(|byte| byte == b';')?;
    let name = &text[1..length];
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "euro" => '€',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((character, length + 1))
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// Takes tags, comments and what nobody sees away. What begins no tag stays. Each character is
/// looked at a few times at most, whatever there is.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    let after_last_end = html.rfind('>').map_or(usize::MAX, |at| html.len() - at);
    while let Some(at) = rest.find('<') {
        if rest.len() - at < after_last_end {
            break;
        }
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(tag) = Tag::at(rest) else {
            text.push('<');
            rest = &rest[1..];
            continue;
        };
        // After a `<` that is none, what follows the tag must not become one.
        if !INLINE.contains(&tag.name.as_str()) || text.ends_with('<') {
            text.push(' ');
        }
        rest = &rest[tag.length..];
        if !tag.closes && UNSEEN.contains(&tag.name.as_str()) {
            rest = after_end_of(rest, &tag.name);
        }
    }
    text.push_str(rest);
    text
}

/// What follows the end tag of an element; nothing where it has none, as browsers have it.
fn after_end_of<'a>(html: &'a str, name: &str) -> &'a str {
    let mut rest = html;
    while let Some(at) = rest.find("</") {
        rest = &rest[at + 2..];
        let is_name = rest
            .get(..name.len())
            .map(|begin| begin.eq_ignore_ascii_case(name));
        if is_name == Some(true) {
            return rest.find('>').map_or("", |end| &rest[end + 1..]);
        }
    }
    ""
}

/// A tag, or a comment, which has no name.
struct Tag {
    name: String,
    closes: bool,
    length: usize,
}

impl Tag {
    /// The tag that a text begins with; its first character is `<`.
    fn at(html: &str) -> Option<Self> {
        let inside = &html[1..];
        if let Some(comment) = inside.strip_prefix("!--") {
            let length = comment.find("-->").map_or(html.len(), |end| 4 + end + 3);
            return Some(Self::nameless(length));
        }
        let closes = inside.starts_with('/');
        let name = inside.strip_prefix('/').unwrap_or(inside);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric());
        let name = name[..end.unwrap_or(name.len())].to_ascii_lowercase();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let is_declaration = inside.starts_with(['!', '?']);
            let length = is_declaration.then(|| html.find('>')).flatten()? + 1;
            return Some(Self::nameless(length));
        }
        Some(Self {
            name,
            closes,
            length: end_of_tag(html)?,
        })
    }

    fn nameless(length: usize) -> Self {
        Self {
            name: String::new(),
            closes: false,
            length,
        }
    }
}

/// Where a tag ends: after the `>` that stands in no quotes; where a quote is never closed, after
/// the first one.
fn end_of_tag(html: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in html.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    html.find('>').map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_see_no_tags() {
        for (html, expected) in [
            ("<p>One</p><p>t<b>w</b>o</p>", "One two"),
            ("a<br>b<!-- c > d -->e", "a b e"),
            (
                "<a href=\"x>y\" title='>'>link</a> 1 < 2 <3",
                "link 1 < 2 <3",
            ),
            ("x<script>var y = '<p>';</script>z", "x z"),
            ("x<STYLE>p { }</Style>z<style>y", "x z"),
            ("<!DOCTYPE html><h1>T</h1>", "T"),
            ("a <b", "a <b"),
            ("a <b '>c</b> d", "a c d"),
            ("<<b>script>x", "< script>x"),
            (
                "&lt;p&gt; &amp;amp; &#x1F44B;&#33; &unknown; & co",
                "<p> &amp; 👋! &unknown; & co",
            ),
        ] {
            assert_eq!(one_line(&plain(html)), expected, "{html}");
        }
    }

    #[test]
    fn an_excerpt_is_short_and_whole() {
        assert_eq!(
            excerpt("<p> Short\n and <i>sweet</i>&nbsp;&lt;b&gt; </p>"),
            "Short and sweet&nbsp;&lt;b&gt;"
        );
        assert_eq!(excerpt(""), "");
        let long = excerpt(&"猫 ".repeat(100));
        assert_eq!(long, format!("{} ...", "猫 ".repeat(50).trim_end()));
        assert_eq!(excerpt(&"x".repeat(100)), "x".repeat(100));
        let cut = format!("{}&amp;{}", "x".repeat(97), "y".repeat(50));
        assert_eq!(excerpt(&cut), format!("{} ...", "x".repeat(97)));
        let plain_and = format!("{}& y{}", "x".repeat(98), "z".repeat(50));
        assert_eq!(excerpt(&plain_and), format!("{}& ...", "x".repeat(98)));
    }

    #[test]
    fn a_hostile_content_takes_no_long_time() {
        let started = std::time::Instant::now();
        let parts = [
            "<",
            "<a",
            "<!--",
            "<script></",
            "</a ",
            "<!a",
            "&",
            "<a \"",
            "<a '>\"<a ",
        ];
        for part in parts {
            for end in ["", ">", "\">", "'\">"] {
                let content = part.repeat(50_000) + end;
                let _ = (excerpt(&content), plain(&content));
            }
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }
}
