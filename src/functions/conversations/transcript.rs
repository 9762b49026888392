//! `transcript`

use events::{
    ConversationId, MessageId,
    file::{Created, Purpose},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{document::Document, state::conversation};
use crate::{
    config::TranscriptType,
    functions::{Command, Context, Decision, Failure, Fault, Refusal, answer, files},
    uploads::Uploads,
    wire::{Choice, Key, OrFalse},
};

/// Messages that are read at a time.
const PAGE: u32 = 200;
/// The largest file, in bytes.
const BYTES_MAX: usize = 64 << 20;

/// Writes a conversation to a file and returns the file's URL.
///
/// The file has all messages, oldest first, each with its ID, time, author and attachments. `csv`
/// is a table with headings in UTF-8 with a byte order mark, as spreadsheets expect; a cell that
/// a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a line
/// break) has an apostrophe before it. `txt` has a block of lines for each message. Without `type`
/// (or with false) it is the type of the setting `transcript_type`.
///
/// The file's name cannot be guessed, and the file is deleted after `transcript_keep_hours`. An
/// unknown conversation is answered with false; an unknown type is refused as `invalid-argument`,
/// a conversation beyond 64 MiB as `too-large`.
/// # Example
/// `{"conversation_id": 1, "type": "csv"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Transcript {
    /// The conversation.
    conversation_id: Key<ConversationId>,
    /// csv or txt; false for the configured one.
    #[serde(default)]
    r#type: OrFalse<Choice<FileType>>,
    #[serde(skip)]
    written: Option<Written>,
}

/// The types of a transcript's file.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum FileType {
    Csv,
    Txt,
}

impl From<TranscriptType> for FileType {
    fn from(configured: TranscriptType) -> Self {
        match configured {
            TranscriptType::Csv => Self::Csv,
            TranscriptType::Txt => Self::Txt,
        }
    }
}

/// A file that is there already.
#[derive(Debug)]
struct Written {
    path: String,
    bytes: u64,
}

impl Command for Transcript {
    const NAME: &'static str = "transcript";
    type Reply = answer::OrFalse<String>;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let id = self.conversation_id.0;
        context.settled().await?;
        if conversation(context.service.journal.reader(), id)?.is_some() {
            let configured = context.service.config.transcript_type;
            let file_type = self.r#type.0.unwrap_or(configured.into());
            let bytes = written_out(context, id, file_type).await?;
            self.written = Some(store(context, id, file_type, bytes).await?);
        }
        Ok(())
    }

    // Where the conversation went meanwhile, nobody learns of the file, and it expires.
    fn decide(self, decision: &mut Decision<'_>) -> Result<Self::Reply, Failure> {
        let id = self.conversation_id.0;
        let exists = conversation(decision.state(), id)?.is_some();
        let Some(Written { path, bytes }) = self.written.filter(|_| exists) else {
            return Ok(answer::OrFalse::False);
        };
        let url = format!("{}/uploads/{path}", decision.facts().public_url);
        let purpose = Purpose::Transcript;
        files::record(
            decision,
            Created {
                purpose,
                path,
                bytes,
                conversation: Some(id),
                user: None,
            },
        )?;
        Ok(answer::OrFalse::Is(url))
    }
}

async fn written_out(
    context: &Context,
    id: ConversationId,
    file_type: FileType,
) -> Result<Vec<u8>, Failure> {
    let mut document = match file_type {
        FileType::Csv => Document::csv(),
        FileType::Txt => Document::txt(),
    };
    let mut after = MessageId(0);
    loop {
        let page = context.service.reads.messages_page(id, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(document.into_bytes());
        };
        after = last.id;
        for message in &page {
            if document.add(message) > BYTES_MAX {
                let why = format!("The transcript is larger than {} MiB.", BYTES_MAX >> 20);
                return Err(Refusal::TooLarge(why).into());
            }
        }
    }
}

async fn store(
    context: &Context,
    id: ConversationId,
    file_type: FileType,
    document: Vec<u8>,
) -> Result<Written, Failure> {
    let extension = match file_type {
        FileType::Csv => "csv",
        FileType::Txt => "txt",
    };
    let path = format!("conversation-{id}-{}.{extension}", Uploads::unguessable());
    let written = Written {
        path: path.clone(),
        bytes: document.len() as u64,
    };
    let service = context.service.clone();
    let write = move || {
        let done = service.uploads.write(&path, &document);
        done.map_err(|source| Fault::File(path, source))
    };
    let done = tokio::task::spawn_blocking(write).await;
    done.map_err(|_| Fault::Task("writing a transcript"))??;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use events::{Stream, StreamKind, user::UserType};
    use serde_json::json;

    use super::*;
    use crate::functions::{
        conversations::histories::{arguments, gone, john_and_agents, problem},
        scenario::{given, happened},
    };

    fn transcript(conversation: u64, written: bool) -> Transcript {
        let written = written.then(|| Written {
            path: "conversation-1-x.csv".to_owned(),
            bytes: 5,
        });
        Transcript {
            written,
            ..arguments(json!({"conversation_id": conversation}))
        }
    }

    fn created() -> Created {
        Created {
            purpose: Purpose::Transcript,
            path: "conversation-1-x.csv".to_owned(),
            bytes: 5,
            conversation: Some(ConversationId(1)),
            user: None,
        }
    }

    #[test]
    fn a_file_is_recorded_and_its_url_answered() {
        let file = |id| Stream {
            kind: StreamKind::File,
            id,
        };
        given(john_and_agents())
            .when(transcript(1, true))
            .then([happened(file(1), created())])
            .answering(json!("http://chat.test/uploads/conversation-1-x.csv"));
        let mut history = john_and_agents();
        history.push(happened(file(1), created()));
        given(history)
            .when(transcript(1, true))
            .then([happened(file(2), created())]);
    }

    #[test]
    fn an_unknown_conversation_is_false() {
        given(john_and_agents())
            .when(transcript(99, false))
            .then([])
            .answering(json!(false));
        let mut history = john_and_agents();
        history.push(gone(3, UserType::User));
        given(history)
            .when(transcript(1, true))
            .then([])
            .answering(json!(false));
    }

    #[test]
    fn types() {
        for nothing in [json!(false), json!("false"), json!("0"), json!("")] {
            let command = json!({"conversation_id": 1, "type": nothing});
            assert!(arguments::<Transcript>(command).r#type.0.is_none());
        }
        for wrong in ["exe", "../../x", "CSV"] {
            let command = json!({"conversation_id": 1, "type": wrong});
            assert_eq!(problem::<Transcript>(command), "invalid-argument");
        }
    }
}
