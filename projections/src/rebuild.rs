//! Making the read model anew: a whole generation beside the one that is served, or one
//! projection in place.

use events::{Event, Recorded};
use futures::future::try_join;

use crate::database::{Db, Tx};
use crate::generation::{Generation, name_of};
use crate::migrations::{self, Part};
use crate::projection::Checkpoints;
use crate::{Fault, Location, Projection, Source};

/// Events applied at once; more make fewer, larger operations.
const BATCH: usize = 20_000;

/// How far a rebuild is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Events applied.
    pub done: u64,
    /// Events in the log.
    pub of: u64,
}

/// Makes the next generation from the whole log and lets it be the one that counts; its number.
/// A service that runs on the former one goes over to it by itself. Killed at any moment, the
/// former one still counts, and the next open clears up.
///
/// # Errors
/// When another rebuild is under way, the log cannot be read, or the database fails.
pub async fn rebuild<S: Source>(
    location: &Location,
    log_id: [u8; 16],
    source: &S,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<u64, Fault> {
    let current = location.current().await?;
    location.clear_all_but(current).await?;
    let newest = location.generations().await?.into_iter().max();
    if newest > current {
        return Err(Fault::RebuildUnderWay); // left where it is because somebody holds it
    }
    let number = newest.unwrap_or(0) + 1;
    let claim = location
        .claim(number, true)
        .await?
        .ok_or(Fault::RebuildUnderWay)?;

    let db = location.connect_bulk(number).await?;
    fill(&db, log_id, source, progress).await?;
    location.settle(number, db).await?;
    location.point_to(number).await?;
    claim.release().await;
    Ok(number)
}

/// Makes the tables, their rows, then the indexes: sorting once is faster than keeping sorted.
async fn fill<S: Source>(
    db: &Db,
    log_id: [u8; 16],
    source: &S,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), Fault> {
    let mut tx = db.begin().await?;
    migrations::create(Part::Rows, &mut tx).await?;
    migrations::sign(&mut tx, &name_of(log_id)).await?;
    Checkpoints::create(&mut tx).await?;
    tx.commit().await?;

    let mut filling = Filling::default();
    let mut batch = next(source, 0, progress).await?;
    while let Some(events) = batch {
        let reached = events.last().map_or(0, |last| last.position);
        // The log is read while the database writes.
        let both = try_join(filling.write(db, &events), next(source, reached, progress));
        ((), batch) = both.await?;
    }

    let mut tx = db.begin().await?;
    filling.prepare_deletions(&mut tx).await?;
    migrations::create(Part::Queries, &mut tx).await?;
    migrations::gather_statistics(&mut tx).await?;
    tx.commit().await
}

/// How far a generation is filled.
#[derive(Debug, Default)]
struct Filling {
    checkpoints: Checkpoints,
    /// Whether the indexes are there that deletions need.
    deletes: bool,
}

impl Filling {
    async fn write(&mut self, db: &Db, events: &[Recorded]) -> Result<(), Fault> {
        let mut tx = db.begin().await?;
        let deletion = |event: &Recorded| {
            matches!(
                event.event,
                Some(Event::UserDeleted(_) | Event::MessageDeleted(_))
            )
        };
        if events.iter().any(deletion) {
            self.prepare_deletions(&mut tx).await?;
        }
        let applied = self.checkpoints.apply(&Projection::ALL, events, &mut tx);
        self.checkpoints = applied.await?.0;
        tx.commit().await
    }

    async fn prepare_deletions(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        if !self.deletes {
            migrations::create(Part::Deletions, tx).await?;
            self.deletes = true;
        }
        Ok(())
    }
}

/// Makes one projection anew in the generation that counts: its rows are removed, the log is
/// applied as far as it is known to the others, and its checkpoint set, all in one transaction.
/// The service must not be running.
///
/// # Errors
/// When there is no such projection or no read model, the log cannot be read, or the database
/// fails; everything is as before then.
pub async fn rebuild_projection<S: Source>(
    location: &Location,
    log_id: [u8; 16],
    name: &str,
    source: &S,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), Fault> {
    let projection =
        Projection::named(name).ok_or_else(|| Fault::UnknownProjection(name.to_owned()))?;
    let number = location.current().await?.ok_or(Fault::NothingThere)?;
    let (generation, checkpoints) = Generation::open(location, number, &name_of(log_id)).await?;

    let until = checkpoints.highest();
    let mut tx = generation.db.begin().await?;
    let mut checkpoints = checkpoints.reset(projection, &mut tx).await?;
    while checkpoints.of(projection) < until {
        let Some(mut events) = next(source, checkpoints.of(projection), progress).await? else {
            break;
        };
        events.retain(|event| event.position <= until);
        checkpoints = checkpoints.apply(&[projection], &events, &mut tx).await?.0;
    }
    projection.finish_alone(&mut tx).await?;
    tx.commit().await?;
    generation.db.close().await;
    Ok(())
}

/// The next events to apply; none at the log's end.
async fn next<S: Source>(
    source: &S,
    position: u64,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Option<Vec<Recorded>>, Fault> {
    progress(Progress {
        done: position,
        of: source.head().max(position),
    });
    let events = source.after(position, BATCH).await.map_err(Fault::Source)?;
    Ok((!events.is_empty()).then_some(events))
}
