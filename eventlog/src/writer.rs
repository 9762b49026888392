//! The append thread: decides commands one after the other, writes a batch of them with one fsync,
//! then answers everyone.
//!
//! There is no waiting to fill a batch: what arrives while one is synced makes the next.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use rocksdb::WriteBatch;
use tokio::sync::{mpsc, watch};

use crate::Error;
use crate::base::Base;
use crate::changes::Changes;
use crate::command::{Command, Job, Outcome};
use crate::commit::Commit;
use crate::disk::Disk;
use crate::options::{Acknowledge, Options};
use crate::stats::Counters;
use crate::store::Store;
use crate::tail::Tail;
use crate::transaction::Transaction;

/// How long the negative control of crash tests holds back a write it has acknowledged.
const BEFORE_WRITE_DELAY: Duration = Duration::from_millis(20);

/// What readers are told: the durable head, and why there will be no more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Published {
    pub(crate) head: u64,
    pub(crate) stopped: Option<Error>,
}

/// Commands that were decided and wait for the batch to be durable.
type Waiting = Vec<(Box<dyn Command>, Result<Outcome, Error>)>;

/// The state of the append thread.
pub(crate) struct Writer {
    base: Base,
    tail: Tail,
    commit: Box<dyn Commit>,
    disk: Disk,
    options: Options,
    counters: Arc<Counters>,
    published: watch::Sender<Published>,
    stopped: Option<Error>,
}

impl Writer {
    pub(crate) fn new(
        store: Arc<Store>,
        tail: Tail,
        commit: Box<dyn Commit>,
        options: Options,
        counters: Arc<Counters>,
        published: watch::Sender<Published>,
    ) -> Self {
        Writer {
            disk: Disk::new(store.dir.clone(), options.reserve_bytes),
            base: Base::new(store, tail.head.position),
            tail,
            commit,
            options,
            counters,
            published,
            stopped: None,
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.base.store
    }

    /// Works until every sender of `jobs` is gone and the queue is empty.
    pub(crate) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(first) = jobs.blocking_recv() {
            let mut batch = Changes::default();
            let mut waiting = Waiting::new();
            let mut next = Some(first);
            while let Some(job) = next {
                match job {
                    Job::Decide(command) => waiting.push(self.decide(command, &mut batch)),
                    Job::Maintain(work) => {
                        self.finish(std::mem::take(&mut batch), std::mem::take(&mut waiting));
                        work(&mut self);
                    }
                }
                let full = waiting.len() >= self.options.batch_commands_max
                    || batch.bytes >= self.options.batch_bytes_max;
                next = if full { None } else { jobs.try_recv().ok() };
            }
            self.finish(batch, waiting);
        }
    }

    /// Runs one decision and lays its changes over the batch if it succeeds.
    fn decide(
        &mut self,
        mut command: Box<dyn Command>,
        batch: &mut Changes,
    ) -> (Box<dyn Command>, Result<Outcome, Error>) {
        if let Some(refusal) = self.refusal() {
            return (command, Err(refusal));
        }
        let mut transaction = Transaction::new(&self.base, batch);
        // A transaction of a decision that panicked is dropped whole, so no broken state is seen.
        let decided = catch_unwind(AssertUnwindSafe(|| command.decide(&mut transaction)));
        let accepted = match decided {
            Ok(true) => transaction.accept().map(Some),
            Ok(false) => Ok(None),
            Err(panic) => Err(Error::Panicked(panic_text(&*panic))),
        };
        let counter = match &accepted {
            Ok(Some(_)) => &self.counters.appends,
            _ => &self.counters.refusals,
        };
        counter.fetch_add(1, Relaxed);
        let outcome = accepted.map(|changes| {
            let changes = changes.unwrap_or_default();
            let wrote = !changes.is_empty();
            batch.absorb(changes);
            let position = self.base.head + batch.events.len() as u64;
            Outcome { position, wrote }
        });
        (command, outcome)
    }

    /// Why no decision can be made now.
    fn refusal(&mut self) -> Option<Error> {
        let refusal = match &self.stopped {
            Some(stopped) => Some(stopped),
            None => self.disk.refusal(Instant::now()),
        };
        if refusal.is_some() {
            self.counters.refusals.fetch_add(1, Relaxed);
        }
        refusal.cloned()
    }

    /// Writes `batch`, publishes the new head and answers those who wait.
    fn finish(&mut self, batch: Changes, mut waiting: Waiting) {
        let before_write = self.options.acknowledge == Acknowledge::BeforeWrite;
        if before_write && !batch.is_empty() {
            answer(std::mem::take(&mut waiting));
            std::thread::sleep(BEFORE_WRITE_DELAY);
        }
        if !batch.is_empty()
            && let Err(error) = self.write(batch)
        {
            // What was decided on the lost batch, refusals too, counts for nothing.
            for (_, outcome) in &mut waiting {
                *outcome = Err(error.clone());
            }
        }
        answer(waiting);
    }

    fn write(&mut self, changes: Changes) -> Result<(), Error> {
        let batch = changes.write_batch(&self.base.store, &mut self.tail);
        self.make_durable(batch)?;
        let events = changes.events.len() as u64;
        self.base.advance(changes);
        self.counters.events.fetch_add(events, Relaxed);
        let head = self.base.head;
        self.published
            .send_modify(|published| published.head = head);
        Ok(())
    }

    /// Makes a batch durable. The first failure stops the log for good: after it the page cache may
    /// claim what the disk does not hold, so writing on could bury a hole.
    pub(crate) fn make_durable(&mut self, batch: WriteBatch) -> Result<(), Error> {
        if let Some(stopped) = &self.stopped {
            return Err(stopped.clone());
        }
        let started = Instant::now();
        let Err(source) = self.commit.commit(batch, self.tail.head.position) else {
            self.counters.committed(started.elapsed());
            return Ok(());
        };
        tracing::error!(error = %source, "a write failed, the event log takes no more writes");
        let stopped = Error::Stopped { source };
        self.stopped = Some(stopped.clone());
        self.published
            .send_modify(|published| published.stopped = Some(stopped.clone()));
        Err(stopped)
    }
}

fn answer(waiting: Waiting) {
    for (command, outcome) in waiting {
        command.answer(outcome);
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Cause, Refused};
    use crate::event::{NewEvent, Stream};
    use crate::log::Log;
    use crate::options::Limit;

    /// Fails every batch from the second on.
    struct Failing {
        store: Arc<Store>,
        batches: u64,
    }

    impl Commit for Failing {
        fn commit(&mut self, batch: WriteBatch, _: u64) -> Result<(), Cause> {
            self.batches += 1;
            match self.batches {
                1 => self
                    .store
                    .db
                    .write(batch)
                    .map_err(|error| Arc::new(error) as Cause),
                _ => Err(Arc::new(std::io::Error::other("the disk is gone"))),
            }
        }
    }

    async fn add(log: &Log) -> Result<u64, Refused<Error>> {
        let event = NewEvent {
            stream: Stream { kind: 1, id: 1 },
            kind: 1,
            schema: 1,
            time_ms: 0,
            id: [0; 16],
            correlation: [0; 16],
            causation: 0,
            actor: 0,
            payload: vec![],
        };
        let committed = log
            .append(move |transaction| transaction.record(event))
            .await;
        committed.map(|committed| committed.position)
    }

    #[tokio::test]
    async fn after_a_failed_write_nothing_is_written_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let log = Log::start(dir.path(), Options::default(), |store, _| {
            Box::new(Failing { store, batches: 0 })
        });
        let log = log.unwrap();
        assert_eq!(add(&log).await.unwrap(), 1);
        let reader = log.reader();

        let stopped = |result| match result {
            Err(Refused::Log(Error::Stopped { source })) => source.to_string(),
            other => panic!("{other:?}"),
        };
        // Refusals were decided on the lost batch as well, so they don't count either.
        let refuse = log.append(|_| Err::<u64, _>(Error::Overloaded));
        let (lost, refused) = tokio::join!(add(&log), refuse);
        assert_eq!(stopped(lost), "the disk is gone");
        assert_eq!(
            stopped(refused.map(|committed| committed.position)),
            "the disk is gone"
        );
        assert_eq!(stopped(add(&log).await), "the disk is gone");
        assert!(matches!(
            log.erase(vec![1]).await,
            Err(Error::Stopped { .. })
        ));
        assert!(matches!(
            reader.wait_beyond(1).await,
            Err(Error::Stopped { .. })
        ));
        assert_eq!(reader.read(0, Limit::default()).unwrap().len(), 1);
        assert!(log.stats().stopped && !log.accepts_writes());
        assert!(matches!(log.close(), Err(Error::Stopped { .. })));
    }
}
