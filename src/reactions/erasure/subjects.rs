//! Who and what was deleted, for one walk over the log.

use std::collections::HashMap;

use eventlog::{Kinds, Limit, Reader};
use events::{ConversationId, Event, Recorded, Stream, StreamKind, TYPES, UserId};

use crate::{
    functions::{Failure, Fault},
    journal,
};

/// Deletions that one walk is for, about.
const SUBJECTS_MAX: usize = 50_000;

/// Who and what was deleted.
#[derive(Debug, Default)]
pub struct Subjects {
    /// Streams of users, and of conversations that were deleted alone, in the order of the deletions.
    pub streams: Vec<Stream>,
    /// Users, with their numbers among them.
    pub users: HashMap<UserId, usize>,
    /// Conversations, those of users among them, with the numbers of whom they went with.
    pub conversations: HashMap<ConversationId, usize>,
    /// The position of the last deletion.
    pub last: u64,
}

impl Subjects {
    /// Those who were deleted from this position on, and not after this time.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn deleted(reader: &Reader, first: u64, until_ms: i64) -> Result<Self, Failure> {
        let mut subjects = Self::default();
        let kinds = kinds(&["user.deleted", "conversation.deleted"]);
        let mut through = first - 1;
        while through < reader.head() && subjects.streams.len() < SUBJECTS_MAX {
            let page = reader.read_kinds(through, &kinds, Limit::default())?;
            through = page.through;
            for record in &page.records {
                // The first is due, whatever the clock says by now.
                let position = record.header.position;
                if record.header.time_ms > until_ms && position > first {
                    return Ok(subjects);
                }
                subjects.add(&journal::decode(record).map_err(Fault::Unreadable)?);
            }
        }
        Ok(subjects)
    }

    fn add(&mut self, deletion: &Recorded) {
        let number = self.streams.len();
        match &deletion.event {
            Some(Event::UserDeleted(deleted)) => {
                self.users.insert(UserId(deletion.stream.id), number);
                let along = deleted.conversations.iter().map(|id| (*id, number));
                self.conversations.extend(along);
            }
            Some(Event::ConversationDeleted(_)) => {
                let id = ConversationId(deletion.stream.id);
                self.conversations.insert(id, number);
            }
            _ => return,
        }
        self.streams.push(deletion.stream);
        self.last = deletion.position;
    }

    /// The position of the first event of any of them.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn begin(&self, reader: &Reader) -> Result<u64, Failure> {
        let own = self.streams.iter().copied();
        let along = self.conversations.keys().copied().map(Stream::from);
        let one = Limit {
            events: 1,
            ..Limit::default()
        };
        let mut begin = reader.head() + 1;
        for stream in own.chain(along) {
            let first = reader.read_stream(journal::stream_of(stream), 0, one)?;
            begin = begin.min(first.first().map_or(begin, |first| first.header.position));
        }
        Ok(begin)
    }

    /// Whose stream it is, if it is one of theirs.
    pub fn of_stream(&self, stream: Stream) -> Option<usize> {
        match stream.kind {
            StreamKind::User => self.users.get(&UserId(stream.id)).copied(),
            StreamKind::Conversation => self.conversations.get(&ConversationId(stream.id)).copied(),
            _ => None,
        }
    }
}

/// The numbers of these types of events.
pub fn kinds(names: &[&str]) -> Kinds {
    let named = TYPES.iter().filter(|kind| names.contains(&kind.name));
    named.map(|kind| kind.number).collect()
}
