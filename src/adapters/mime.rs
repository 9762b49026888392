//! A mail that came, read into plain values, and what its writer wrote of it.
//!
//! Whoever knows the address can send anything: sizes and counts are bounded here, and names of
//! files lose what could lead elsewhere.

use mail_parser::{Addr, Address, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::{html, mail::Person};

/// The line in a mail below which nothing is new.
pub const DELIMITER: &str = "### Please type your reply above this line ###";

/// The longest text that is kept, in bytes.
const TEXT_MAX: usize = 256 << 10;
/// The longest name, subject or id that is kept, in characters.
const FIELD_MAX: usize = 1000;
/// The most attachments that are kept, and the most receivers.
const ATTACHMENTS_MAX: usize = 50;
const TO_MAX: usize = 200;
/// The most mails that a mail answers.
const ANSWERS_MAX: usize = 20;
/// The longest name of a file, in characters.
const NAME_MAX: usize = 100;
/// The most lines that say who wrote what is quoted.
const ATTRIBUTION_MAX: usize = 3;

/// A mail that came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Its identity without angle brackets; empty when it has none.
    pub message_id: String,
    /// Who sent it, after its own word; the address is empty when it has none.
    pub from: Person,
    /// To whom, the copies (Cc) too.
    pub to: Vec<Person>,
    /// The subject.
    pub subject: String,
    /// When it was written, in milliseconds of the Unix epoch, after its own word.
    pub time_ms: Option<i64>,
    /// The text; made from the HTML when there is only that.
    pub text: String,
    /// The files, pictures in the text included.
    pub attachments: Vec<Attachment>,
    /// Files that were too many, and are left out.
    pub left_out: usize,
    /// Whether the text was too long, and its end is left out.
    pub is_text_cut: bool,
    /// Whether a program wrote it: an answer in somebody's absence, a failed delivery, a mailing
    /// list. Who answers such mails by a program as well begins a talk without an end.
    pub is_automatic: bool,
    /// The identities of the mails that it answers, the nearest first.
    pub answers: Vec<String>,
    /// Whether the server that took it found that it is not from whom it says (DMARC).
    pub is_forged: bool,
}

/// A file of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, without folders; never empty.
    pub name: String,
    /// Its type, such as `image/png`, after the mail's word.
    pub content_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Reads a mail; `None` for what is none. What is damaged is read as far as it goes.
#[must_use]
pub fn read(raw: &[u8]) -> Option<Received> {
    let message = MessageParser::default().parse(raw)?;
    if message.headers().is_empty() {
        return None;
    }
    let people = |address: Option<&Address<'_>>| -> Vec<Person> {
        address.map_or_else(Vec::new, |list| list.iter().map(person).collect())
    };
    let mut to = people(message.to());
    to.extend(people(message.cc()));
    to.truncate(TO_MAX);
    let all = message
        .attachments()
        .filter(|part| !is_text_body(&message, part));
    let attachments: Vec<Attachment> = all.map(attachment).take(ATTACHMENTS_MAX).collect();
    let mut text = text(&message);
    let is_text_cut = text.len() > TEXT_MAX;
    text.truncate(text.floor_char_boundary(TEXT_MAX));
    Some(Received {
        message_id: field(message.message_id()),
        from: people(message.from())
            .into_iter()
            .next()
            .unwrap_or_default(),
        to,
        subject: field(message.subject()),
        time_ms: message.date().map(|date| date.to_timestamp() * 1000),
        text,
        is_text_cut,
        is_automatic: is_automatic(&message),
        answers: answers(&message),
        is_forged: is_forged(&message),
        left_out: message.attachment_count().saturating_sub(attachments.len()),
        attachments,
    })
}

/// What the writer wrote: the text above [`DELIMITER`], without the line that says who is quoted
/// ("On … wrote:"), which mail programs put between the two. Without the delimiter all of it.
#[must_use]
pub fn cut_quote(text: &str) -> &str {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let said = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if said.contains(DELIMITER) {
            return without_attribution(&text[..start]).trim();
        }
        start += line.len();
    }
    text.trim()
}

/// The text without quoted lines and the attribution at its end.
fn without_attribution(text: &str) -> &str {
    let mut text = text.trim_end();
    while let Some(quoted) = last_line(text).filter(|line| line.starts_with('>')) {
        text = text[..text.len() - quoted.len()].trim_end();
    }
    // A paragraph that ends with a colon and names an address or a year.
    if !text.ends_with(':') {
        return text;
    }
    let lines = text
        .lines()
        .rev()
        .take_while(|line| !line.trim().is_empty());
    let paragraph: Vec<&str> = lines.take(ATTRIBUTION_MAX + 1).collect();
    let names_it = paragraph
        .iter()
        .any(|line| line.contains('@') || has_year(line));
    if paragraph.len() > ATTRIBUTION_MAX || !names_it {
        return text;
    }
    // From the paragraph's first line on: that is where it stands last.
    let first = paragraph.last().copied().unwrap_or_default();
    text.rfind(first).map_or(text, |at| text[..at].trim_end())
}

fn last_line(text: &str) -> Option<&str> {
    text.rsplit('\n').next().filter(|line| !line.is_empty())
}

fn has_year(line: &str) -> bool {
    line.split(|c: char| !c.is_ascii_digit())
        .any(|number| number.len() == 4 && number.starts_with("20"))
}

fn person(address: &Addr<'_>) -> Person {
    Person {
        name: field(address.name()),
        address: field(address.address()),
    }
}

/// One line of text within its limit.
fn field(text: Option<&str>) -> String {
    let text = text.unwrap_or_default().trim();
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(FIELD_MAX)
        .collect()
}

fn answers(message: &Message<'_>) -> Vec<String> {
    let ids = [message.references(), message.in_reply_to()];
    let ids = ids
        .into_iter()
        .flat_map(|ids| ids.as_text_list().unwrap_or_default());
    let mut answers: Vec<String> = ids.map(|id| field(Some(id))).collect();
    answers.reverse();
    answers.truncate(ANSWERS_MAX);
    answers
}

/// What the newest header of that name says: servers put theirs on top. One that a forger wrote is
/// below it, or tells on its writer.
fn is_forged(message: &Message<'_>) -> bool {
    let mut results = message
        .headers_raw()
        .filter(|(name, _)| name.eq_ignore_ascii_case("Authentication-Results"));
    results
        .next()
        .is_some_and(|(_, said)| said.to_ascii_lowercase().contains("dmarc=fail"))
}

/// What RFC 3834 and custom say about mails that no person wrote.
fn is_automatic(message: &Message<'_>) -> bool {
    let says = |name: &str| {
        let value = message.header_raw(name).unwrap_or_default();
        value.trim().to_ascii_lowercase()
    };
    let report = message.content_type().is_some_and(|kind| {
        kind.ctype().eq_ignore_ascii_case("multipart")
            && kind
                .subtype()
                .is_some_and(|kind| kind.eq_ignore_ascii_case("report"))
    });
    let submitted = says("Auto-Submitted");
    let daemon = message
        .from()
        .and_then(Address::first)
        .and_then(Addr::address)
        .and_then(|address| address.split_once('@'))
        .is_some_and(|(name, _)| name.eq_ignore_ascii_case("mailer-daemon"));
    report
        || daemon
        || !(submitted.is_empty() || submitted.starts_with("no"))
        || matches!(
            says("Precedence").as_str(),
            "bulk" | "junk" | "list" | "auto_reply"
        )
        || says("Return-Path") == "<>"
        || !says("X-Autoreply").is_empty()
        || !says("X-Autorespond").is_empty()
        || !says("List-Id").is_empty()
}

/// All parts that are shown as text, one after the other.
fn text(message: &Message<'_>) -> String {
    let parts = message.text_bodies().filter_map(|part| match &part.body {
        PartType::Text(text) => Some(text.replace("\r\n", "\n")),
        PartType::Html(html) => Some(html::to_text(html)),
        _ => None,
    });
    let mut text = String::new();
    for part in parts {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(part.trim_end());
    }
    // No database takes it, and no text needs it.
    text.replace('\0', "")
}

/// Whether the part is one of those whose text was read already.
fn is_text_body(message: &Message<'_>, part: &MessagePart<'_>) -> bool {
    message
        .text_bodies()
        .any(|body| std::ptr::eq(body, part) && body.is_text())
}

fn attachment(part: &MessagePart<'_>) -> Attachment {
    let content_type = part.content_type().map_or_else(
        || "application/octet-stream".to_owned(),
        |given| {
            let subtype = given.subtype().unwrap_or("octet-stream");
            format!("{}/{subtype}", given.ctype()).to_ascii_lowercase()
        },
    );
    let is_mail = matches!(part.body, PartType::Message(_));
    let name = part.attachment_name().map(file_name);
    Attachment {
        name: name.filter(|name| !name.is_empty()).unwrap_or_else(|| {
            let name = if is_mail { "message.eml" } else { "attachment" };
            name.to_owned()
        }),
        content_type,
        bytes: part.contents().to_vec(),
    }
}

/// The last part of a path, of what may stand in a file's name everywhere.
fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !c.is_control() && !"<>:\"|?*".contains(*c))
        .collect();
    let plain = plain.trim().trim_start_matches('.');
    // The end of a long name says what it is.
    let extra = plain.chars().count().saturating_sub(NAME_MAX);
    let name: String = plain.chars().skip(extra).collect();
    name.trim_start_matches('.').to_owned()
}

#[cfg(test)]
mod limits;
#[cfg(test)]
mod tests;
