//! The formatting of chat texts: `*bold*`, `__italic__`, `~strike~`, `` `code` ``, blocks between
//! three backticks, and links. A text is cut into pieces once, in time linear in its length, and the
//! pieces are written as HTML or as plain text.
//!
//! A mark opens before a character that is no blank and after one that is no letter, digit or mark of
//! its own, and closes the other way round, on the same line; whatever does not fit is text. So
//! `2*3*4` and `snake__case__name` stay as they are, and what is written is always well nested.
//!
//! Slack's texts are cut the same way, by its own marks ([`Dialect::Slack`]).

mod links;
#[cfg(test)]
mod tests;

use links::link;

/// Whose marks they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The chat's.
    Chat,
    /// Slack's: `_italic_`, and links in angle brackets alone.
    Slack,
}

/// A way of writing that a mark before and after asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `*bold*`
    Bold,
    /// `__italic__`
    Italic,
    /// `~strike~`
    Strike,
}

impl Style {
    const ALL: [Self; 3] = [Self::Bold, Self::Italic, Self::Strike];

    /// What stands before and after it.
    pub fn mark(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Bold, _) => "*",
            (Self::Italic, Dialect::Chat) => "__",
            (Self::Italic, Dialect::Slack) => "_",
            (Self::Strike, _) => "~",
        }
    }

    fn tag(self) -> &'static str {
        match self {
            Self::Bold => "b",
            Self::Italic => "i",
            Self::Strike => "del",
        }
    }
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Without a meaning of its own.
    Text(&'a str),
    /// From here on in this style.
    Begin(Style),
    /// Up to here in this style.
    End(Style),
    /// What stands between backticks.
    Code(&'a str),
    /// What stands between three backticks.
    Block(&'a str),
    /// A URL; of Slack's texts what stands between angle brackets.
    Link(&'a str),
}

/// The text as HTML: formatting as `<b>`, `<i>`, `<del>`, `<code>` and `<pre>`, URLs as `<a>`,
/// everything else escaped.
pub fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 4);
    for piece in pieces(text, Dialect::Chat) {
        match piece {
            Piece::Text(text) => escape(text, &mut html),
            Piece::Begin(style) => html.extend(["<", style.tag(), ">"]),
            Piece::End(style) => html.extend(["</", style.tag(), ">"]),
            Piece::Code(code) => enclose("code", code, &mut html),
            Piece::Block(code) => enclose("pre", code, &mut html),
            Piece::Link(url) => {
                html.push_str("<a href=\"");
                escape(url, &mut html);
                html.push_str("\">");
                escape(url, &mut html);
                html.push_str("</a>");
            }
        }
    }
    html
}

/// The text without the marks.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for piece in pieces(text, Dialect::Chat) {
        match piece {
            Piece::Text(text) | Piece::Code(text) | Piece::Block(text) | Piece::Link(text) => {
                plain.push_str(text);
            }
            Piece::Begin(_) | Piece::End(_) => {}
        }
    }
    plain
}

fn enclose(tag: &str, text: &str, html: &mut String) {
    html.extend(["<", tag, ">"]);
    escape(text, html);
    html.extend(["</", tag, ">"]);
}

fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
}

/// Whether a character is of a word that marks beside it belong to. Scripts without capital letters,
/// such as Chinese, may do without blanks between words.
fn is_word(character: char) -> bool {
    character.is_lowercase() || character.is_uppercase() || character.is_numeric()
}

/// A text being cut into pieces.
struct Cutter<'a> {
    text: &'a str,
    dialect: Dialect,
    /// Up to here everything is in `pieces`.
    done: usize,
    pieces: Vec<Piece<'a>>,
    /// Marks that may open something, by where they stand in `pieces`: one of each style at most.
    open: Vec<(Style, usize)>,
    /// Whether there is no mark of a block's end any more: it is looked for in vain once.
    no_block_end: bool,
    /// The same of the end of Slack's links; the chat has none.
    no_bracket_end: bool,
}

/// The text in pieces, in their order.
pub fn pieces(text: &str, dialect: Dialect) -> Vec<Piece<'_>> {
    let mut cutter = Cutter {
        text,
        dialect,
        done: 0,
        pieces: Vec::new(),
        open: Vec::new(),
        no_block_end: false,
        no_bracket_end: dialect == Dialect::Chat,
    };
    let mut at = 0;
    while let Some(next) = text[at..].find(['*', '_', '~', '`', '\n', '<', 'h', 'H', 'm', 'M']) {
        at += next;
        at = cutter.step(at);
    }
    cutter.push_text(text.len());
    cutter.pieces
}

impl<'a> Cutter<'a> {
    /// Takes what begins at `at`, and says where to go on: always further.
    fn step(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        match rest.as_bytes()[0] {
            b'\n' => {
                self.open.clear();
                at + 1
            }
            b'`' if rest.starts_with("```") => self.block(at),
            b'`' => self.code(at),
            b'<' => self.bracket(at),
            b'h' | b'H' | b'm' | b'M' => match self.dialect {
                Dialect::Chat => self.link(at),
                Dialect::Slack => at + 1,
            },
            _ => match Style::ALL
                .into_iter()
                .find(|style| rest.starts_with(style.mark(self.dialect)))
            {
                Some(style) => self.mark(at, style),
                None => at + 1,
            },
        }
    }

    /// What stands before `until` and is not in the pieces yet is text.
    fn push_text(&mut self, until: usize) {
        if self.done < until {
            self.pieces.push(Piece::Text(&self.text[self.done..until]));
            self.done = until;
        }
    }

    /// Puts a piece that stands from `at` to `end`.
    fn put(&mut self, at: usize, end: usize, piece: Piece<'a>) -> usize {
        self.push_text(at);
        self.pieces.push(piece);
        self.done = end;
        end
    }

    fn link(&mut self, at: usize) -> usize {
        match link(self.text, at) {
            Some(end) => self.put(at, end, Piece::Link(&self.text[at..end])),
            None => at + 1,
        }
    }

    fn bracket(&mut self, at: usize) -> usize {
        let begin = at + 1;
        let length = match self.no_bracket_end {
            true => None,
            false => self.text[begin..].find('>'),
        };
        self.no_bracket_end |= length.is_none();
        match length.map(|length| begin + length) {
            Some(end) => self.put(at, end + 1, Piece::Link(&self.text[begin..end])),
            None => begin,
        }
    }

    /// A block ends what is open: it stands by itself.
    fn block(&mut self, at: usize) -> usize {
        let begin = at + 3;
        let length = if self.no_block_end {
            None
        } else {
            self.text[begin..].find("```")
        };
        self.no_block_end |= length.is_none();
        let code = length.map(|length| self.text[begin..begin + length].trim_matches(['\r', '\n']));
        match (code, length) {
            (Some(code), Some(length)) if !code.trim().is_empty() => {
                self.open.clear();
                self.put(at, begin + length + 3, Piece::Block(code))
            }
            _ => begin,
        }
    }

    fn code(&mut self, at: usize) -> usize {
        let begin = at + 1;
        match self.text[begin..].find(['`', '\n']) {
            Some(length) if self.text.as_bytes()[begin + length] == b'`' => {
                let (code, end) = (&self.text[begin..begin + length], begin + length + 1);
                if code.trim().is_empty() {
                    end
                } else {
                    self.put(at, end, Piece::Code(code))
                }
            }
            // No more backtick on this line; the rest of it may hold other marks.
            _ => begin,
        }
    }

    fn mark(&mut self, at: usize, style: Style) -> usize {
        let mark = style.mark(self.dialect);
        let end = at + mark.len();
        let (before, after) = (&self.text[..at], &self.text[end..]);
        let (before, after) = (before.chars().next_back(), after.chars().next());
        let own = mark.chars().next();
        let is_word = |character: Option<char>| character.is_some_and(is_word) || character == own;
        let is_blank = |character: Option<char>| character.is_none_or(char::is_whitespace);
        let opened = self.open.iter().position(|(open, _)| *open == style);
        if let Some(place) = opened
            && !is_blank(before)
            && before != own
            && !is_word(after)
        {
            let (_, begin) = self.open[place];
            // Marks opened within and not closed are text.
            self.open.truncate(place);
            self.pieces[begin] = Piece::Begin(style);
            return self.put(at, end, Piece::End(style));
        }
        if opened.is_none() && !is_word(before) && !is_blank(after) && after != own {
            self.push_text(at);
            self.open.push((style, self.pieces.len()));
            return self.put(at, end, Piece::Text(&self.text[at..end]));
        }
        // All of a row of marks at once: none of them is one.
        let own = own.unwrap_or_default();
        at + (self.text[at..].len() - self.text[at..].trim_start_matches(own).len())
    }
}
