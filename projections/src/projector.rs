//! The projector: carries events from the log to the read model for as long as the service runs.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use events::Recorded;
use futures::FutureExt as _;
use futures::future::{Either, select};
use tokio::time::Instant;

use crate::{Fault, ReadModels, SourceFault, database};

/// Events applied in one transaction while behind.
const BATCH: usize = 10_000;
/// Events after which what was written is carried over into SQLite's file.
const CARRIED_EVENTS: u64 = 1_000;
/// How often it looks whether a rebuild made a new generation.
const SUCCESSOR_INTERVAL: Duration = Duration::from_secs(1);
/// The pause after the first failure of the database; doubled with each that follows.
const RETRY_DELAY: Duration = Duration::from_millis(100);
/// The longest pause between two tries.
const RETRY_DELAY_MAX: Duration = Duration::from_secs(5);

/// Where events come from: the log, or something that stands for it in a test.
pub trait Source: Send + Sync {
    /// The events after `position`, in order and without a gap, at most `events_max`; none when
    /// there are none yet. How many bytes they have together is for the source to bound.
    fn after(
        &self,
        position: u64,
        events_max: usize,
    ) -> impl Future<Output = Result<Vec<Recorded>, SourceFault>> + Send;

    /// Returns when there is an event after `position`. May be dropped while it waits.
    fn wait_beyond(&self, position: u64) -> impl Future<Output = Result<(), SourceFault>> + Send;

    /// The position of the last event; 0 in an empty log.
    fn head(&self) -> u64;
}

/// Applies what the source has and will have, until `shutdown` completes. While behind it takes up
/// to 10,000 events at once; once it has caught up, whatever there is, at once. A database that
/// fails is tried again; a generation that a rebuild made is taken over while serving.
///
/// # Errors
/// When the log cannot be read, or in a state that no retry can mend.
pub async fn project<S: Source>(
    models: ReadModels,
    source: S,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), Fault> {
    match select(
        pin!(follow(&models, &source, shutdown)),
        pin!(carry_over(&models)),
    )
    .await
    {
        Either::Left((end, _)) => end,
        Either::Right((never, _)) => match never {},
    }
}

async fn follow<S: Source>(
    models: &ReadModels,
    source: &S,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), Fault> {
    let mut shutdown = pin!(shutdown);
    let mut retry_delay = RETRY_DELAY;
    let mut looked = Instant::now();
    while shutdown.as_mut().now_or_never().is_none() {
        let pause = match step(models, source, &mut looked).await {
            Ok(Step::Forward) => {
                retry_delay = RETRY_DELAY;
                continue;
            }
            Ok(Step::Idle) => Either::Left(idle(models, source)),
            Err(fault) if is_passing(&fault) => {
                let delay = retry_delay;
                retry_delay = (delay * 2).min(RETRY_DELAY_MAX);
                let error: &dyn std::error::Error = &fault;
                tracing::warn!(
                    error,
                    retry_delay_ms = delay.as_millis(),
                    "the read model's database fails"
                );
                Either::Right(retry(models, delay))
            }
            Err(fault) => return Err(fault),
        };
        match select(shutdown.as_mut(), pin!(pause)).await {
            Either::Left(((), _)) => break,
            Either::Right((end, _)) => end?,
        }
    }
    Ok(())
}

/// Waits for news, and now and then for none.
async fn idle<S: Source>(models: &ReadModels, source: &S) -> Result<(), Fault> {
    match tokio::time::timeout(SUCCESSOR_INTERVAL, source.wait_beyond(models.position())).await {
        Ok(waited) => waited.map_err(Fault::Source),
        Err(_elapsed) => Ok(()),
    }
}

/// Waits a while, then finds out where the read model is. A database that still fails does so
/// again at the next step.
async fn retry(models: &ReadModels, delay: Duration) -> Result<(), Fault> {
    tokio::time::sleep(delay).await;
    match models.recover().await {
        Err(fault) if !is_passing(&fault) => Err(fault),
        _ => Ok(()),
    }
}

/// Lets SQLite's log of writes be carried over every so often, beside the projector's writing.
async fn carry_over(models: &ReadModels) -> Infallible {
    let mut done = models.position();
    loop {
        done = models.beyond(done + CARRIED_EVENTS).await;
        if let Err(fault) = models.db().carry_over().await {
            let error: &dyn std::error::Error = &fault;
            tracing::warn!(error, "SQLite's log of writes cannot be carried over");
        }
    }
}

/// Whether the read model moved.
enum Step {
    Forward,
    Idle,
}

async fn step<S: Source>(
    models: &ReadModels,
    source: &S,
    looked: &mut Instant,
) -> Result<Step, Fault> {
    if looked.elapsed() >= SUCCESSOR_INTERVAL {
        *looked = Instant::now();
        take_over_successor(models, source).await?;
    }
    let events = source
        .after(models.position(), BATCH)
        .await
        .map_err(Fault::Source)?;
    if events.is_empty() {
        return Ok(Step::Idle);
    }
    models.apply(&events).await?;
    Ok(Step::Forward)
}

/// Brings a new generation as far as the one in use, then goes over to it.
async fn take_over_successor<S: Source>(models: &ReadModels, source: &S) -> Result<(), Fault> {
    let Some((generation, mut checkpoints)) = models.successor().await? else {
        return Ok(());
    };
    while checkpoints.lowest() < models.position() {
        let events = source
            .after(checkpoints.lowest(), BATCH)
            .await
            .map_err(Fault::Source)?;
        generation.apply(&mut checkpoints, &events).await?;
    }
    tracing::info!(
        generation = generation.number,
        position = checkpoints.lowest(),
        "rebuilt read model taken over"
    );
    models.succeed(generation, checkpoints).await;
    Ok(())
}

/// Whether a fault may be over after a while.
fn is_passing(fault: &Fault) -> bool {
    match fault {
        Fault::Open(source) | Fault::Read(source) | Fault::Write(source) => {
            database::is_passing(source)
        }
        _ => false,
    }
}
