//! A generation: one making of the read model, with a number of its own. A rebuild makes the
//! next one beside it.

use std::fmt::Write as _;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use events::Recorded;

use crate::conversations::Board;
use crate::database::{Db, args};
use crate::location::Claim;
use crate::migrations::{self, Part};
use crate::projection::Checkpoints;
use crate::{Fault, Location, Projection, Touched};

/// One making of the read model, in use.
pub(crate) struct Generation {
    pub(crate) number: u64,
    pub(crate) db: Db,
    board: RwLock<Board>,
    _claim: Claim,
}

impl Generation {
    /// Opens a generation that exists, brings its tables up to date, and reads how far it is.
    pub(crate) async fn open(
        location: &Location,
        number: u64,
        log_id: &str,
    ) -> Result<(Self, Checkpoints), Fault> {
        let claim = location
            .claim(number, false)
            .await?
            .ok_or(Fault::RebuildUnderWay)?;
        let db = location.connect(number).await?;
        let checkpoints = prepare(&db, log_id).await?;
        let board = RwLock::new(Board::read(&db).await?);
        Ok((
            Self {
                number,
                db,
                board,
                _claim: claim,
            },
            checkpoints,
        ))
    }

    /// Where the conversations stand.
    pub(crate) fn board(&self) -> RwLockReadGuard<'_, Board> {
        self.board.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies events in one transaction with the checkpoints, then moves the board along.
    pub(crate) async fn apply(
        &self,
        checkpoints: &mut Checkpoints,
        events: &[Recorded],
    ) -> Result<Touched, Fault> {
        let mut tx = self.db.begin().await?;
        let (now, effects) = checkpoints.apply(&Projection::ALL, events, &mut tx).await?;
        tx.commit().await?;
        *checkpoints = now;
        self.board
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .follow(&effects.places);
        Ok(effects.touched)
    }
}

/// Makes an empty generation with everything in it, and lets it be the one that counts.
pub(crate) async fn create(location: &Location, number: u64, log_id: &str) -> Result<(), Fault> {
    let claim = location
        .claim(number, true)
        .await?
        .ok_or(Fault::RebuildUnderWay)?;
    let db = location.connect(number).await?;
    let mut tx = db.begin().await?;
    for part in Part::ALL {
        migrations::create(part, &mut tx).await?;
    }
    migrations::sign(&mut tx, log_id).await?;
    Checkpoints::create(&mut tx).await?;
    tx.commit().await?;
    db.close().await;
    location.point_to(number).await?;
    claim.release().await;
    Ok(())
}

/// Checks whose read model it is, and runs the migrations it lacks; how far it is.
async fn prepare(db: &Db, log_id: &str) -> Result<Checkpoints, Fault> {
    let models: Vec<(String, u64)> = db
        .read(&["log_id", "migrations"], "FROM model", args![])
        .await?;
    let (found, run) = models.into_iter().next().unwrap_or_default();
    if found != log_id {
        return Err(Fault::OtherLog {
            found,
            expected: log_id.to_owned(),
        });
    }
    if run > migrations::known() {
        return Err(Fault::Newer {
            found: run,
            known: migrations::known(),
        });
    }
    if run < migrations::known() {
        let mut tx = db.begin().await?;
        migrations::catch_up(&mut tx, run).await?;
        Checkpoints::create(&mut tx).await?;
        tx.commit().await?;
    }
    Checkpoints::read(db).await
}

/// A log's id as it is written: 32 hex digits.
pub(crate) fn name_of(log_id: [u8; 16]) -> String {
    log_id
        .iter()
        .fold(String::with_capacity(32), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        })
}
