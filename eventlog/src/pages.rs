//! Collecting events within a limit, and reading those of some kinds only, for which segments that
//! hold none of them are skipped.

use crate::Error;
use crate::cursor::Cursor;
use crate::event::Record;
use crate::options::Limit;
use crate::reader::Reader;
use crate::record::Checked;
use crate::segment::{Kinds, SEGMENT_EVENTS, number_of};

/// Events that one page looks at, at most; skipped segments don't count.
const EXAMINED_MAX: u64 = 16 * SEGMENT_EVENTS;

/// Events of some kinds, and how far the search for them got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What was found, in order.
    pub records: Vec<Record>,
    /// Everything up to this position was considered: read on after it. At the head when there was
    /// nothing more.
    pub through: u64,
}

impl Reader {
    /// The events after position `after` whose kind is in `kinds`, in order. A page may be empty
    /// though more follow; there is nothing more when its `through` is the head.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the position of a missing or broken event, [`Error::Read`].
    pub fn read_kinds(&self, after: u64, kinds: &Kinds, limit: Limit) -> Result<Page, Error> {
        let head = self.head();
        let mut through = after;
        let mut found = Found::new(limit);
        if after < head {
            let mut events = self.events(after, head);
            let mut examined = 0;
            while through < head && examined < EXAMINED_MAX {
                let number = number_of(through + 1);
                let segment_end = (number + 1) * SEGMENT_EVENTS;
                if segment_end <= head && !self.may_hold(number, kinds)? {
                    through = segment_end;
                    continue;
                }
                let end = segment_end.min(head);
                examined += end - through;
                let mut event = events.seek(&(through + 1).to_be_bytes())?;
                while through < end {
                    let position = through + 1;
                    let record = match event {
                        Some((key, record)) if key == position.to_be_bytes() => record,
                        _ => return Err(Error::damaged(position, "the event is missing")),
                    };
                    let checked = Checked::new(position, record)?;
                    through = position;
                    if kinds.contains(checked.kind()) && !found.keep(checked.record(), record.len())
                    {
                        return Ok(Page {
                            records: found.records,
                            through,
                        });
                    }
                    event = events.next()?;
                }
            }
        }
        Ok(Page {
            records: found.records,
            through,
        })
    }

    fn may_hold(&self, number: u64, kinds: &Kinds) -> Result<bool, Error> {
        let last = (number + 1) * SEGMENT_EVENTS;
        match self.store.segment(number)? {
            Some(segment) => Ok(segment.kinds.intersects(kinds)),
            None => Err(Error::damaged(last, "the segment's summary is missing")),
        }
    }
}

/// The event at `position`, which must be the next of `events`; and the bytes it takes.
pub(crate) fn next_event<'a>(
    events: &'a mut Cursor<'_>,
    position: u64,
) -> Result<(Checked<'a>, usize), Error> {
    match events.next()? {
        Some((key, record)) if key == position.to_be_bytes() => {
            Ok((Checked::new(position, record)?, record.len()))
        }
        _ => Err(Error::damaged(position, "the event is missing")),
    }
}

/// Records found so far, within a limit.
pub(crate) struct Found {
    pub(crate) records: Vec<Record>,
    limit: Limit,
    bytes: usize,
}

impl Found {
    pub(crate) fn new(limit: Limit) -> Self {
        Found {
            records: Vec::new(),
            limit,
            bytes: 0,
        }
    }

    /// Keeps a record; false when no more may follow.
    pub(crate) fn keep(&mut self, record: Record, bytes: usize) -> bool {
        self.records.push(record);
        self.bytes += bytes;
        self.records.len() < self.limit.events && self.bytes < self.limit.bytes
    }
}
