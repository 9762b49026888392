//! The projections: their names, their tables, and how a batch of events reaches each of them.
//!
//! A projection reads events and writes its own tables, no other's, so that each can be rebuilt
//! alone. (Only `search` looks into another's, for what a deleted user takes along.) In a batch it
//! first folds the events into row operations, at most one for each row, and then writes them
//! table by table.

use std::collections::{BTreeMap, BTreeSet};

use events::{ConversationId, Recorded, UserId};

use crate::conversations::Place;
use crate::database::{Db, Kind, Shape, Table, Tx, args, run};
use crate::{Fault, articles, conversations, deliveries, reports, search, users};

/// A part of the read model that is made on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Projection {
    /// Users and their details.
    Users,
    /// Conversations, messages, ratings and notes.
    Conversations,
    /// What searches look into.
    Search,
    /// What follows from events and is delivered to somebody.
    Deliveries,
    /// What reports count.
    Reports,
    /// The knowledge base: articles, what searches for them look into, ratings.
    Articles,
}

impl Projection {
    /// All of them, in the order in which a batch reaches them: what searches look into is deleted
    /// while the messages are still there.
    pub const ALL: [Self; 6] = [
        Self::Users,
        Self::Search,
        Self::Conversations,
        Self::Deliveries,
        Self::Reports,
        Self::Articles,
    ];

    /// Its name, as stored beside its checkpoint.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Conversations => "conversations",
            Self::Search => "search",
            Self::Deliveries => "deliveries",
            Self::Reports => "reports",
            Self::Articles => "articles",
        }
    }

    /// The projection with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|projection| projection.name() == name)
    }

    /// The tables that are its alone.
    pub(crate) fn tables(self) -> &'static [&'static Table] {
        match self {
            Self::Users => users::TABLES,
            Self::Conversations => conversations::TABLES,
            Self::Search => search::TABLES,
            Self::Deliveries => deliveries::TABLES,
            Self::Reports => reports::TABLES,
            Self::Articles => articles::TABLES,
        }
    }

    /// What is left to do when it alone was made anew, and stands where the others do.
    pub(crate) async fn finish_alone(self, tx: &mut Tx) -> Result<(), Fault> {
        match self {
            Self::Users
            | Self::Conversations
            | Self::Deliveries
            | Self::Reports
            | Self::Articles => Ok(()),
            Self::Search => search::Changes::remove_strays(tx).await,
        }
    }

    /// Brings its tables from before these events to after them.
    async fn apply(
        self,
        events: &[Recorded],
        tx: &mut Tx,
        effects: &mut Effects,
    ) -> Result<(), Fault> {
        match self {
            Self::Users => users::Changes::of(events).write(tx, effects).await,
            Self::Conversations => conversations::Changes::of(events).write(tx, effects).await,
            Self::Search => search::Changes::of(events).write(tx).await,
            Self::Deliveries => deliveries::Changes::of(events).write(tx).await,
            Self::Reports => reports::Changes::of(events).write(tx).await,
            Self::Articles => articles::Changes::of(events).write(tx).await,
        }
    }
}

/// What a batch changed, for those who keep answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Anything may have changed: forget all answers.
    pub everything: bool,
    /// Conversations whose row, messages or rating changed.
    pub conversations: BTreeSet<ConversationId>,
    /// Users whose shown columns or details changed; their activity alone does not count.
    pub users: BTreeSet<UserId>,
}

/// What a batch leaves to be done in memory once it is committed.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) touched: Touched,
    /// Where the touched conversations stand in the lists now; none when deleted.
    pub(crate) places: BTreeMap<ConversationId, Option<Place>>,
}

/// How far each projection has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checkpoints([u64; Projection::ALL.len()]);

/// The rows with which checkpoints are moved: whose, from where, to where.
const MOVES: Shape = Shape(&[
    ("projection", Kind::Text),
    ("begun", Kind::Int),
    ("done", Kind::Int),
]);
/// The table `checkpoints`.
const CHECKPOINTS: Table = Table::new(
    "checkpoints",
    Shape(&[("projection", Kind::Text), ("position", Kind::Int)]),
);

impl Checkpoints {
    /// Those that the database has.
    pub(crate) async fn read(db: &Db) -> Result<Self, Fault> {
        let columns = ["projection", "position"];
        let rows: Vec<(String, u64)> = db.read(&columns, "FROM checkpoints", args![]).await?;
        let mut checkpoints = Self::default();
        for (name, position) in rows {
            if let Some(projection) = Projection::named(&name) {
                checkpoints.0[projection as usize] = position;
            }
        }
        Ok(checkpoints)
    }

    /// Stores the checkpoints that are not there yet, at the beginning: all in a new generation,
    /// and in an older release's those of the projections that it did not know. These catch up.
    pub(crate) async fn create(tx: &mut Tx) -> Result<(), Fault> {
        let rows = Projection::ALL.map(|projection| (projection.name(), 0));
        CHECKPOINTS.insert_new(tx, &rows).await
    }

    /// How far one projection has come.
    pub(crate) fn of(&self, projection: Projection) -> u64 {
        self.0[projection as usize]
    }

    /// How far the read model has come: as far as the last of its projections.
    pub(crate) fn lowest(&self) -> u64 {
        self.0.into_iter().min().unwrap_or_default()
    }

    /// How far the first of its projections has come.
    pub(crate) fn highest(&self) -> u64 {
        self.0.into_iter().max().unwrap_or_default()
    }

    /// Applies what these projections do not know yet and moves their checkpoints, all in the
    /// transaction given. `self` is changed only in what it returns: the transaction may fail.
    pub(crate) async fn apply(
        mut self,
        projections: &[Projection],
        events: &[Recorded],
        tx: &mut Tx,
    ) -> Result<(Self, Effects), Fault> {
        let mut effects = Effects::default();
        let mut moves = Vec::new();
        for &projection in projections {
            let begun = self.0[projection as usize];
            let news = news(begun, events)?;
            if let Some(last) = news.last() {
                projection.apply(news, tx, &mut effects).await?;
                moves.push((projection.name(), begun, last.position));
                self.0[projection as usize] = last.position;
            }
        }
        advance(tx, &moves).await?;
        Ok((self, effects))
    }

    /// Sets one projection back to the beginning and removes its rows.
    pub(crate) async fn reset(
        mut self,
        projection: Projection,
        tx: &mut Tx,
    ) -> Result<Self, Fault> {
        for table in projection.tables() {
            tx.execute(format!("DELETE FROM {}", table.name), args![])
                .await?;
        }
        advance(tx, &[(projection.name(), self.0[projection as usize], 0)]).await?;
        self.0[projection as usize] = 0;
        Ok(self)
    }
}

/// The events after a checkpoint, which must follow it without a gap.
fn news(begun: u64, events: &[Recorded]) -> Result<&[Recorded], Fault> {
    let news = &events[events.partition_point(|event| event.position <= begun)..];
    for (expected, event) in (begun + 1..).zip(news) {
        if event.position != expected {
            return Err(Fault::Gap {
                expected,
                found: event.position,
            });
        }
    }
    Ok(news)
}

/// Moves checkpoints. One that is not where it was left was moved by another process: it becomes
/// null, which the table refuses ([`Fault::Rival`]).
async fn advance(tx: &mut Tx, moves: &[(&str, u64, u64)]) -> Result<(), Fault> {
    let sql = format!(
        "UPDATE checkpoints
         SET position = CASE WHEN checkpoints.position = moves.begun THEN moves.done END
         FROM ({}) AS moves WHERE checkpoints.projection = moves.projection",
        MOVES.rows(tx.dialect())
    );
    run(tx, &sql, moves).await
}
