//! A conversation written out for people: as a table (CSV) or as text. It knows messages, not
//! where they come from nor where the document goes.

use std::borrow::Cow;

use csv::{Terminator, Writer, WriterBuilder};
use projections::MessageRow;

use crate::clock::wire_time;

/// Spreadsheets take a file for UTF-8 when it begins so.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// The first line of a table.
const HEADINGS: [&str; 7] = [
    "Message ID",
    "Time (UTC)",
    "Author ID",
    "Author",
    "Author type",
    "Message",
    "Attachments",
];
const IN_MEMORY: &str = "writing to memory does not fail, and every row is as long as the headings";

/// A document in the making, held in memory.
pub enum Document {
    /// Rows for a spreadsheet (RFC 4180).
    Csv(Box<Writer<Vec<u8>>>),
    /// A block of lines for each message.
    Txt(Vec<u8>),
}

impl Document {
    /// An empty table, with its headings.
    pub fn csv() -> Self {
        let mut table = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(BYTE_ORDER_MARK.to_vec());
        table.write_record(HEADINGS).expect(IN_MEMORY);
        Self::Csv(Box::new(table))
    }

    /// An empty text.
    pub fn txt() -> Self {
        Self::Txt(Vec::new())
    }

    /// Adds a message below those that are there, and says how many bytes there are now, or a
    /// few less.
    pub fn add(&mut self, message: &MessageRow) -> usize {
        let time = wire_time(message.creation_time);
        let author = format!("{} {}", message.first_name, message.last_name);
        let (author, user_type) = (author.trim(), message.user_type.name());
        let attachments = attachments(&message.attachments);
        match self {
            Self::Csv(table) => {
                let (id, author_id) = (message.id.to_string(), message.user_id.to_string());
                let cells = [
                    &id,
                    &time,
                    &author_id,
                    author,
                    user_type,
                    &message.message,
                    &attachments,
                ];
                table
                    .write_record(cells.map(|cell| neutral(cell).into_owned()))
                    .expect(IN_MEMORY);
                table.get_ref().len()
            }
            Self::Txt(text) => {
                let block = format!("[{time}] {author} ({user_type})\n{}\n", message.message);
                text.extend_from_slice(block.as_bytes());
                for line in attachments.lines() {
                    text.extend_from_slice(format!("Attachment: {line}\n").as_bytes());
                }
                text.push(b'\n');
                text.len()
            }
        }
    }

    /// The finished document.
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Csv(table) => table.into_inner().expect(IN_MEMORY),
            Self::Txt(text) => text,
        }
    }
}

/// A line for each attachment: its name and its URL. The read model holds them as JSON text.
fn attachments(json: &str) -> String {
    let pairs: Vec<(String, String)> = serde_json::from_str(json).unwrap_or_default();
    let lines: Vec<String> = pairs
        .into_iter()
        .map(|(name, url)| format!("{name} {url}"))
        .collect();
    lines.join("\n")
}

/// A cell that no spreadsheet takes for a formula: where it begins like one, an apostrophe is put
/// before it.
fn neutral(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        return Cow::Owned(format!("'{cell}"));
    }
    Cow::Borrowed(cell)
}

#[cfg(test)]
mod tests {
    use events::{ConversationId, MessageId, UserId, user::UserType};

    use super::*;

    fn said(text: &str, attachments: &str) -> MessageRow {
        MessageRow {
            id: MessageId(7),
            user_id: UserId(3),
            message: text.to_owned(),
            creation_time: 1_589_293_737_000,
            attachments: attachments.to_owned(),
            status_code: 0,
            payload: String::new(),
            conversation_id: ConversationId(1),
            first_name: "=John".to_owned(),
            last_name: "Doe".to_owned(),
            profile_image: String::new(),
            user_type: UserType::User,
        }
    }

    fn written(mut document: Document, messages: &[MessageRow]) -> String {
        for message in messages {
            document.add(message);
        }
        String::from_utf8(document.into_bytes()).unwrap()
    }

    #[test]
    fn a_table_has_a_row_for_each_message() {
        let attachments = r#"[["a.pdf","https://example.com/a.pdf"]]"#;
        let messages = [said("a, \"b\"\nc", attachments), said("", "")];
        let rows = "Message ID,Time (UTC),Author ID,Author,Author type,Message,Attachments\r\n\
            7,2020-05-12 14:28:57,3,'=John Doe,user,\"a, \"\"b\"\"\nc\",a.pdf https://example.com/a.pdf\r\n\
            7,2020-05-12 14:28:57,3,'=John Doe,user,,\r\n";
        assert_eq!(
            written(Document::csv(), &messages),
            format!("\u{feff}{rows}")
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-2", "@sum", "\t=1", "\r=1"] {
            assert_eq!(neutral(formula), format!("'{formula}"));
        }
        for harmless in ["", "a=1", "'=1", "1-2", " =1"] {
            assert_eq!(neutral(harmless), harmless);
        }
    }

    #[test]
    fn a_text_has_a_block_for_each_message() {
        let attachments =
            r#"[["a.pdf","https://example.com/a.pdf"],["b","https://example.com/b"]]"#;
        let text = "[2020-05-12 14:28:57] =John Doe (user)\n=1\n2\n\
            Attachment: a.pdf https://example.com/a.pdf\nAttachment: b https://example.com/b\n\n\
            [2020-05-12 14:28:57] =John Doe (user)\nBye\n\n";
        let messages = [said("=1\n2", attachments), said("Bye", "")];
        assert_eq!(written(Document::txt(), &messages), text);
    }
}
