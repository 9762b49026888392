//! The writing side of a log as its users hold it.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use rocksdb::FlushOptions;
use tokio::sync::{mpsc, oneshot, watch};

use crate::command::{Committed, Job, Pending};
use crate::commit::{Commit, Local};
use crate::disk;
use crate::error::{Error, Refused};
use crate::keys::Family;
use crate::options::Options;
use crate::reader::Reader;
use crate::stats::{Counters, Stats};
use crate::store::{Store, handle};
use crate::transaction::Transaction;
use crate::witness::Witness;
use crate::writer::{Published, Writer};

/// A log opened for appending. Clones share it; there is one append thread.
///
/// The directory is free again for another opening when every `Log` and [`Reader`] is dropped.
#[derive(Clone)]
pub struct Log(Arc<Shared>);

struct Shared {
    store: Arc<Store>,
    counters: Arc<Counters>,
    reserve_bytes: u64,
    published: watch::Receiver<Published>,
    /// Emptied by closing, which ends the append thread once the queue is worked off.
    queue: RwLock<Option<mpsc::Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Log {
    /// Opens the log in `dir`, or makes one where there is nothing, and starts its append thread.
    ///
    /// Replays what was not yet moved out of the write-ahead log and makes sure that the events
    /// end where the log says; blocks for that time (well under a second).
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::NotALog`], [`Error::NewerFormat`], [`Error::Damaged`],
    /// [`Error::Create`], [`Error::Open`], [`Error::Read`].
    pub fn open(dir: &Path, options: Options) -> Result<Log, Error> {
        Log::start(dir, options, |store, witness| {
            Box::new(Local::new(store, witness))
        })
    }

    /// Opens the log and has its batches committed by what `commit` makes.
    pub(crate) fn start(
        dir: &Path,
        options: Options,
        commit: impl FnOnce(Arc<Store>, Witness) -> Box<dyn Commit>,
    ) -> Result<Log, Error> {
        let store = Arc::new(Store::open(dir)?);
        let tail = store.tail()?;
        let head = tail.head.position;
        let failed = |source| Error::Open {
            dir: dir.to_owned(),
            source: Arc::new(source),
        };
        let witness = Witness::open(&store.dir).map_err(failed)?;
        witness.check(head)?;

        let counters = Arc::new(Counters::default());
        let reserve_bytes = options.reserve_bytes;
        let (jobs, queue) = mpsc::channel(options.queue.max(1));
        let (publish, published) = watch::channel(Published {
            head,
            stopped: None,
        });
        let writer = Writer::new(
            store.clone(),
            tail,
            commit(store.clone(), witness),
            options,
            counters.clone(),
            publish,
        );
        let thread = thread::Builder::new()
            .name("eventlog-append".to_owned())
            .spawn(move || writer.run(queue))
            .map_err(failed)?;
        tracing::info!(dir = %dir.display(), head, "event log opened");
        Ok(Log(Arc::new(Shared {
            store,
            counters,
            reserve_bytes,
            published,
            queue: RwLock::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
        })))
    }

    /// A reader of this log. Cheap; it keeps the directory in use, and stays good after closing.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader::beside(self.0.store.clone(), self.0.published.clone())
    }

    /// Runs `decide` on the append thread, on the state as of now with the batch so far, and
    /// returns when its changes and everything it saw are on disk. A refused decision leaves no
    /// trace. When the caller stops waiting, the command runs nevertheless.
    ///
    /// `decide` holds up everyone: it must do no I/O but through the transaction.
    ///
    /// # Errors
    /// [`Refused::Decision`] with what `decide` returned; [`Refused::Log`] with
    /// [`Error::Overloaded`] when the queue is full, [`Error::DiskFull`], [`Error::Panicked`] when
    /// `decide` panicked, [`Error::StateWithoutEvent`], [`Error::TooLarge`], [`Error::Stopped`]
    /// after a failed write, [`Error::Closed`].
    pub async fn append<T, E>(
        &self,
        decide: impl FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<Committed<T>, Refused<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let command = Box::new(Pending::new(decide, reply));
        self.submit(Job::Decide(command)).map_err(Refused::Log)?;
        answer.await.unwrap_or(Err(Refused::Log(Error::Closed)))
    }

    /// Runs `work` on the append thread between two batches.
    pub(crate) async fn maintain<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let work = move |writer: &mut Writer| {
            // Whoever asked may have stopped waiting; the work is done all the same.
            let _ = reply.send(work(writer));
        };
        self.submit(Job::Maintain(Box::new(work)))?;
        answer.await.unwrap_or(Err(Error::Closed))
    }

    fn submit(&self, job: Job) -> Result<(), Error> {
        let queue = self.0.queue.read().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().ok_or(Error::Closed)?;
        queue.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::Overloaded,
            mpsc::error::TrySendError::Closed(_) => Error::Closed,
        })
    }

    /// Whether a command submitted now would be decided: the log has not stopped, is not closed,
    /// and its disk has more free than the reserve.
    #[must_use]
    pub fn accepts_writes(&self) -> bool {
        let queue = self.0.queue.read().unwrap_or_else(PoisonError::into_inner);
        queue.is_some()
            && self.0.published.borrow().stopped.is_none()
            && disk::free_bytes(&self.0.store.dir).is_ok_and(|free| free >= self.0.reserve_bytes)
    }

    /// The log's counters.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let queue = self.0.queue.read().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().map_or((0, 0), |queue| {
            let capacity = queue.max_capacity();
            (capacity - queue.capacity(), capacity)
        });
        let stopped = self.0.published.borrow().stopped.is_some();
        self.0.counters.stats(queue, stopped)
    }

    /// Moves everything out of the write-ahead log, which keeps the bytes of erased payloads until
    /// then. Durability does not need it. Blocks until done, while appending goes on.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn flush(&self) -> Result<(), Error> {
        self.0.flush()
    }

    /// Works off the queue, ends the append thread and moves everything out of the write-ahead
    /// log, so that the next opening is quick. Blocks until done. Other clones get
    /// [`Error::Closed`] from then on. Dropping the last clone does the same.
    ///
    /// # Errors
    /// [`Error::Stopped`] when a write had failed, [`Error::Write`] when the flush fails; the
    /// acknowledged events are safe in either case.
    pub fn close(self) -> Result<(), Error> {
        self.0.close()
    }
}

impl Shared {
    fn close(&self) -> Result<(), Error> {
        let queue = self.queue.write();
        drop(queue.unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock();
        let Some(thread) = thread.unwrap_or_else(PoisonError::into_inner).take() else {
            return Ok(()); // another clone was quicker
        };
        // A decision may hold the last clone, which is then dropped on the append thread itself.
        if thread.thread().id() != thread::current().id() && thread.join().is_err() {
            tracing::error!("the event log's append thread panicked");
        }
        if let Some(stopped) = self.published.borrow().stopped.clone() {
            return Err(stopped);
        }
        self.flush()
    }

    fn flush(&self) -> Result<(), Error> {
        let db = &self.store.db;
        let families = Family::ALL.map(|family| handle(db, family));
        db.flush_cfs_opt(&families, &FlushOptions::default())
            .map_err(Error::write)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(%error, "closing the event log");
        }
    }
}
