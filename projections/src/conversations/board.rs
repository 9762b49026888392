//! Where every conversation stands in the lists, kept in memory.
//!
//! Neither database can go to the 400th page of a list without walking over all entries before
//! it. The board can: it keeps what lists are ordered and filtered by, newest first, in blocks
//! that know how many conversations of each status they hold. It costs about 60 bytes a
//! conversation, is read from the database when that is opened, and follows each batch once it
//! is committed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use events::conversation::{Source, Status};
use events::{ConversationId, DepartmentId, UserId};
use serde::Deserialize;

use crate::Fault;
use crate::database::{Db, args};

/// Places in a block at most; a full one is cut in two.
const BLOCK: usize = 512;
/// Rows read at once when a board is made.
const CHUNK: usize = 50_000;

/// What the lists know of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) id: ConversationId,
    pub(crate) last_time: i64,
    pub(crate) status: Status,
    pub(crate) source: Option<Source>,
    /// 0 for none.
    pub(crate) department: DepartmentId,
    /// 0 for none.
    pub(crate) agent: UserId,
}

/// A place as the database has it.
#[derive(Debug, Deserialize)]
pub(crate) struct PlaceRow(
    ConversationId,
    i64,
    Status,
    Option<Source>,
    Option<DepartmentId>,
    Option<UserId>,
);

impl PlaceRow {
    /// The columns of `conversations`, in the order of the fields.
    pub(crate) const COLUMNS: &'static [&'static str] = &[
        "id",
        "last_time",
        "status_code",
        "source",
        "department",
        "agent_id",
    ];

    pub(crate) fn id(&self) -> ConversationId {
        self.0
    }

    pub(crate) fn place(&self) -> Place {
        Place {
            id: self.0,
            last_time: self.1,
            status: self.2,
            source: self.3,
            department: self.4.unwrap_or(DepartmentId(0)),
            agent: self.5.unwrap_or(UserId(0)),
        }
    }
}

/// What decides the order: the newest first, and of two at the same time the younger one.
pub(super) type Key = Reverse<(i64, ConversationId)>;

impl Place {
    pub(super) fn key(&self) -> Key {
        Reverse((self.last_time, self.id))
    }
}

/// All places, in order.
#[derive(Debug, Default)]
pub(crate) struct Board {
    blocks: Vec<Block>,
    times: HashMap<ConversationId, i64>,
    counts: Counts,
}

/// Conversations by status.
type Counts = [usize; 5];

/// A stretch of the order, never empty.
#[derive(Debug, Default)]
struct Block {
    places: Vec<Place>,
    counts: Counts,
}

impl Board {
    /// Reads the board from the database.
    pub(crate) async fn read(db: &Db) -> Result<Self, Fault> {
        let from = format!("FROM conversations WHERE id > $1 ORDER BY id LIMIT {CHUNK}");
        let mut places: Vec<Place> = Vec::new();
        loop {
            let after = places.last().map_or(0, |place| place.id.0);
            let rows: Vec<PlaceRow> = db.read(PlaceRow::COLUMNS, &from, args![after]).await?;
            places.extend(rows.iter().map(PlaceRow::place));
            if rows.len() < CHUNK {
                return Ok(Self::of(places));
            }
        }
    }

    fn of(mut places: Vec<Place>) -> Self {
        places.sort_unstable_by_key(Place::key);
        let times = places
            .iter()
            .map(|place| (place.id, place.last_time))
            .collect();
        // Half full, so that the next ones find room.
        let blocks: Vec<Block> = places.chunks(BLOCK / 2).map(Block::of).collect();
        Self {
            blocks,
            times,
            counts: count(&places),
        }
    }

    /// Follows a batch: where conversations stand now, or that they are gone.
    pub(crate) fn follow(&mut self, changes: &BTreeMap<ConversationId, Option<Place>>) {
        for (id, place) in changes {
            self.remove(*id);
            if let Some(place) = place {
                self.insert(*place);
            }
        }
    }

    fn insert(&mut self, place: Place) {
        self.times.insert(place.id, place.last_time);
        self.counts[place.status as usize] += 1;
        if self.blocks.is_empty() {
            self.blocks.push(Block::default());
        }
        let at = self.block_of(place.key()).min(self.blocks.len() - 1);
        let block = &mut self.blocks[at];
        let index = block
            .places
            .partition_point(|other| other.key() < place.key());
        block.places.insert(index, place);
        block.counts[place.status as usize] += 1;
        if block.places.len() >= BLOCK {
            let rest = block.places.split_off(BLOCK / 2);
            block.counts = count(&block.places);
            self.blocks.insert(at + 1, Block::of(&rest));
        }
    }

    fn remove(&mut self, id: ConversationId) {
        let Some(time) = self.times.remove(&id) else {
            return;
        };
        let key = Reverse((time, id));
        let at = self.block_of(key);
        let block = &mut self.blocks[at];
        let index = block.places.partition_point(|other| other.key() < key);
        let place = block.places.remove(index);
        block.counts[place.status as usize] -= 1;
        self.counts[place.status as usize] -= 1;
        if block.places.is_empty() {
            self.blocks.remove(at);
        }
    }

    /// The block that a key belongs to; one beyond the last for a key after all.
    fn block_of(&self, key: Key) -> usize {
        self.blocks
            .partition_point(|block| block.places.last().is_some_and(|last| last.key() < key))
    }

    /// Where a conversation stands.
    pub(crate) fn get(&self, id: ConversationId) -> Option<&Place> {
        let key = Reverse((*self.times.get(&id)?, id));
        let places = &self.blocks[self.block_of(key)].places;
        places.get(places.partition_point(|other| other.key() < key))
    }

    /// How many conversations have one of these statuses.
    pub(crate) fn count(&self, statuses: &[Status]) -> usize {
        sum(&self.counts, statuses)
    }

    /// All places, newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Place> {
        self.blocks.iter().flat_map(|block| &block.places)
    }

    /// The conversations of these statuses that `wanted` lets through, newest first, without the
    /// first `skipped`, at most `limit`. With `wanted` absent whole blocks are stepped over.
    pub(crate) fn page(
        &self,
        statuses: &[Status],
        wanted: Option<&dyn Fn(&Place) -> bool>,
        mut skipped: usize,
        limit: usize,
    ) -> Vec<ConversationId> {
        let mut page = Vec::with_capacity(limit);
        for block in &self.blocks {
            let here = sum(&block.counts, statuses);
            if wanted.is_none() && here <= skipped {
                skipped -= here;
                continue;
            }
            let fits = |place: &&Place| {
                statuses.contains(&place.status) && wanted.is_none_or(|wanted| wanted(place))
            };
            for place in block.places.iter().filter(fits) {
                if skipped > 0 {
                    skipped -= 1;
                } else {
                    page.push(place.id);
                    if page.len() == limit {
                        return page;
                    }
                }
            }
        }
        page
    }
}

impl Block {
    fn of(places: &[Place]) -> Self {
        // Room for a full block at once: blocks grow until they are cut.
        let mut room = Vec::with_capacity(BLOCK);
        room.extend_from_slice(places);
        Self {
            counts: count(places),
            places: room,
        }
    }
}

fn count(places: &[Place]) -> Counts {
    let mut counts = Counts::default();
    for place in places {
        counts[place.status as usize] += 1;
    }
    counts
}

fn sum(counts: &Counts, statuses: &[Status]) -> usize {
    statuses.iter().map(|status| counts[*status as usize]).sum()
}
