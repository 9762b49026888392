//! The handle on the read model: opening it, feeding it, and how far it is. Its queries stand
//! beside the tables they read.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use events::{Recorded, UserId};
use tokio::sync::{Mutex, watch};

use crate::database::{Db, args};
use crate::generation::{self, Generation};
use crate::projection::Checkpoints;
use crate::users::{ACTIVITY, RAISE_ACTIVITY, USERS};
use crate::{Behind, Fault, Location, Touched};

/// The read model, opened. Clones share everything.
#[derive(Clone)]
pub struct ReadModels {
    shared: Arc<Shared>,
}

struct Shared {
    location: Location,
    log_id: String,
    generation: RwLock<Arc<Generation>>,
    /// Held while something is written; what is in it is what the database has.
    checkpoints: Mutex<Checkpoints>,
    position: watch::Sender<u64>,
    listeners: RwLock<Vec<Listener>>,
}

type Listener = Box<dyn Fn(u64, &Touched) + Send + Sync>;

impl ReadModels {
    /// Opens the read model of a log, making an empty one where there is none, and removes what
    /// former generations left.
    ///
    /// # Errors
    /// When the place cannot be used, when it holds the read model of another log, of a newer
    /// release, or of a log longer than `log_head`.
    pub async fn open(location: &Location, log_id: [u8; 16], log_head: u64) -> Result<Self, Fault> {
        let log_id = generation::name_of(log_id);
        let number = match location.current().await? {
            Some(number) => number,
            None => {
                location.clear_all_but(None).await?;
                generation::create(location, 1, &log_id).await?;
                1
            }
        };
        let (generation, checkpoints) = Generation::open(location, number, &log_id).await?;
        if checkpoints.highest() > log_head {
            return Err(Fault::Ahead {
                position: checkpoints.highest(),
                head: log_head,
            });
        }
        location.clear_all_but(Some(number)).await?;
        let shared = Shared {
            location: location.clone(),
            log_id,
            generation: RwLock::new(Arc::new(generation)),
            checkpoints: Mutex::new(checkpoints),
            position: watch::Sender::new(checkpoints.lowest()),
            listeners: RwLock::default(),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// The position up to which every event is in the read model.
    #[must_use]
    pub fn position(&self) -> u64 {
        *self.shared.position.borrow()
    }

    /// Waits until the read model holds the event at `position`; how far it is then.
    ///
    /// # Errors
    /// When it does not come that far within `timeout`.
    pub async fn wait_for(&self, position: u64, timeout: Duration) -> Result<u64, Behind> {
        if self.position() >= position {
            return Ok(self.position());
        }
        let behind = |_elapsed| Behind {
            position: self.position(),
            wanted: position,
        };
        tokio::time::timeout(timeout, self.beyond(position))
            .await
            .map_err(behind)
    }

    /// Waits until the read model holds the event at `position`; how far it is then.
    pub(crate) async fn beyond(&self, position: u64) -> u64 {
        let mut receiver = self.shared.position.subscribe();
        let arrived = receiver
            .wait_for(|now| *now >= position)
            .await
            .map(|now| *now);
        arrived.expect("the sender lives as long as the model")
    }

    /// Calls `listener` with each position and what was touched on the way to it: after it is
    /// committed, before anybody is told of the position. It must not block.
    ///
    /// Who keeps answers remembers the position before asking, and keeps an answer only if
    /// nothing it depends on was touched at a greater position.
    pub fn on_touched(&self, listener: impl Fn(u64, &Touched) + Send + Sync + 'static) {
        self.shared
            .listeners
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Box::new(listener));
    }

    /// Applies events in one transaction with the checkpoints. What is known already is skipped,
    /// so that events delivered twice count once.
    ///
    /// # Errors
    /// When the batch leaves a gap, another process writes, or the database fails. Nothing of the
    /// batch is applied then; after a failure of the database, [`ReadModels::recover`] comes first.
    pub async fn apply(&self, events: &[Recorded]) -> Result<Touched, Fault> {
        let mut checkpoints = self.shared.checkpoints.lock().await;
        if events
            .last()
            .is_none_or(|last| last.position <= checkpoints.lowest())
        {
            return Ok(Touched::default());
        }
        let touched = self.generation().apply(&mut checkpoints, events).await?;
        self.announce(*checkpoints, &touched);
        Ok(touched)
    }

    /// Raises the time at which users were last seen, in milliseconds since the epoch. Not from
    /// events: a rebuild forgets it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn touch(&self, seen: &[(UserId, i64)]) -> Result<(), Fault> {
        if seen.is_empty() {
            return Ok(());
        }
        let _writing = self.shared.checkpoints.lock().await;
        let mut tx = self.generation().db.begin().await?;
        USERS.patch(&mut tx, ACTIVITY, RAISE_ACTIVITY, seen).await?;
        tx.commit().await
    }

    /// After a failure of the database: finds out how far the read model really is.
    ///
    /// # Errors
    /// When the database still fails.
    pub async fn recover(&self) -> Result<(), Fault> {
        let mut checkpoints = self.shared.checkpoints.lock().await;
        let number = self.generation().number;
        let (generation, found) =
            Generation::open(&self.shared.location, number, &self.shared.log_id).await?;
        self.replace(generation);
        *checkpoints = found;
        self.announce(
            found,
            &Touched {
                everything: true,
                ..Touched::default()
            },
        );
        Ok(())
    }

    /// The generation that counts, if it is not the one in use: a rebuild made it.
    pub(crate) async fn successor(&self) -> Result<Option<(Generation, Checkpoints)>, Fault> {
        match self.shared.location.current().await? {
            Some(number) if number != self.generation().number => {
                Generation::open(&self.shared.location, number, &self.shared.log_id)
                    .await
                    .map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Goes over to a generation that has come at least as far as this one. Queries under way end
    /// on the former one.
    pub(crate) async fn succeed(&self, generation: Generation, reached: Checkpoints) {
        let mut checkpoints = self.shared.checkpoints.lock().await;
        self.replace(generation);
        *checkpoints = reached;
        self.announce(
            reached,
            &Touched {
                everything: true,
                ..Touched::default()
            },
        );
    }

    /// Ends all connections, after what they are doing.
    pub async fn close(&self) {
        let _writing = self.shared.checkpoints.lock().await;
        self.generation().db.close().await;
    }

    pub(crate) fn generation(&self) -> Arc<Generation> {
        self.shared
            .generation
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn db(&self) -> Db {
        self.generation().db.clone()
    }

    fn replace(&self, generation: Generation) {
        *self
            .shared
            .generation
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(generation);
    }

    fn announce(&self, checkpoints: Checkpoints, touched: &Touched) {
        let position = checkpoints.lowest();
        for listener in self
            .shared
            .listeners
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            listener(position, touched);
        }
        self.shared.position.send_replace(position);
    }
}

impl fmt::Debug for ReadModels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadModels")
            .field("generation", &self.generation().number)
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}

/// Where the read models at a place stand, for whoever only wants to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The number of the generation that counts.
    pub generation: u64,
    /// Each projection's name, and the position up to which it holds everything.
    pub positions: Vec<(String, u64)>,
}

impl Standing {
    /// Looks; nothing is made, claimed or cleared. `None` where there are no read models yet.
    ///
    /// # Errors
    /// When the place cannot be read.
    pub async fn at(location: &Location) -> Result<Option<Self>, Fault> {
        let Some(generation) = location.current().await? else {
            return Ok(None);
        };
        let db = location.connect(generation).await?;
        let positions = db
            .read(
                &["projection", "position"],
                "FROM checkpoints ORDER BY projection",
                args![],
            )
            .await?;
        db.close().await;
        Ok(Some(Self {
            generation,
            positions,
        }))
    }
}
