//! A conversation written out for people: as a table (CSV) or as text. It knows messages, not
//! where they come from nor where the document goes.

use projections::MessageRow;

use crate::{clock::wire_time, functions::files::table::Table};

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

/// A document in the making, held in memory.
pub enum Document {
    /// Rows for a spreadsheet.
    Csv(Table),
    /// A block of lines for each message.
    Txt(Vec<u8>),
}

impl Document {
    /// An empty table, with its headings.
    pub fn csv() -> Self {
        Self::Csv(Table::headed(HEADINGS))
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
                table.add([
                    &id[..],
                    &time,
                    &author_id,
                    author,
                    user_type,
                    &message.message,
                    &attachments,
                ]);
                table.bytes()
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
            Self::Csv(table) => table.into_bytes(),
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
