//! Email piping: mails from the mailbox become messages.
//!
//! A mail is stored first, and the mailbox is told then. That it was stored is decided together with its
//! message, by the mail's identity, so a service that dies in between, or a mail that comes again,
//! makes no second one.

mod files;
mod incoming;
mod mailbox;
pub mod state;
mod take;

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use self::mailbox::{configured, said};
pub use files::EMAIL_FILES;
use take::{Outcome, Taken};

use crate::{
    adapters::mailbox::{Fate, Mailbox, Server},
    functions::{Failure, Refusal, Service},
};

/// The pause between two runs that nobody forced.
const PAUSE: Duration = Duration::from_secs(60);
/// The most mails that one run looks at.
const MAILS_MAX: usize = 50;
/// After this long a run takes no further mail: the next one does.
const RUN_MAX: Duration = Duration::from_secs(45);
/// How many times a mail that cannot be taken is tried without a pause.
const TRIES_MAX: u8 = 3;
/// The pause before each further try: no mail is lost, and none is in the way of others.
const TRY_AGAIN: Duration = Duration::from_secs(3600);

/// The runs of this service, one after the other.
#[derive(Default)]
pub struct Piping {
    turn: Mutex<Turn>,
}

/// What is known of the runs before.
#[derive(Default)]
struct Turn {
    last: Option<Instant>,
    /// How that run ended, unless it is not the caller's affair.
    outcome: Option<Result<(), Refusal>>,
    /// The mails that could not be taken, by their names.
    failed: HashMap<String, Failed>,
}

/// A mail that could not be taken: its server did not give it, or it could not be written.
#[derive(Clone, Copy)]
struct Failed {
    tries: u8,
    last: Instant,
}

impl Failed {
    fn may_be_tried(&self) -> bool {
        self.tries < TRIES_MAX || self.last.elapsed() > TRY_AGAIN
    }
}

impl Turn {
    /// Whether the last run began within this time.
    fn is_within(&self, pause: Duration) -> bool {
        self.last.is_some_and(|last| last.elapsed() < pause)
    }

    /// How the last run ended, if it began after this.
    fn outcome_since(&self, asked: Instant) -> Option<Result<(), Refusal>> {
        let is_since = self.last.is_some_and(|last| last > asked);
        self.outcome.clone().filter(|_| is_since)
    }
}

impl Piping {
    /// Runs now, after a run that is under way; whoever else waits for that shares the next one.
    ///
    /// # Errors
    /// `unavailable` without a mailbox, `email-error` where it refuses or is not reached, or our own.
    pub async fn run(&self, service: &Arc<Service>) -> Result<(), Failure> {
        let asked = Instant::now();
        configured(&service.config, &*service.settings()?)?;
        let mut turn = self.turn.lock().await;
        if let Some(outcome) = turn.outcome_since(asked) {
            return Ok(outcome?);
        }
        // As saved by now: who shares this run may have saved more than who began it.
        let server = configured(&service.config, &*service.settings()?)?;
        turn.run(service, &server).await
    }

    /// Runs unless a run is under way or began within a minute. Without a mailbox it does nothing.
    ///
    /// # Errors
    /// As [`Piping::run`], but for `unavailable`.
    pub async fn run_if_due(&self, service: &Arc<Service>) -> Result<(), Failure> {
        self.run_after(service, PAUSE).await
    }

    /// How long to wait until it is time for a run again, where there is one every so often. Runs that
    /// somebody asked for count.
    pub async fn rest(&self, every: Duration) -> Duration {
        let last = self.turn.lock().await.last;
        let since = last.map_or(Duration::ZERO, |last| last.elapsed());
        every.checked_sub(since).unwrap_or(every)
    }

    /// Runs unless a run is under way or began within this pause.
    ///
    /// # Errors
    /// As [`Piping::run_if_due`].
    pub async fn run_after(&self, service: &Arc<Service>, pause: Duration) -> Result<(), Failure> {
        let Ok(mut turn) = self.turn.try_lock() else {
            return Ok(());
        };
        let Ok(server) = configured(&service.config, &*service.settings()?) else {
            return Ok(());
        };
        if turn.is_within(pause) {
            return Ok(());
        }
        turn.run(service, &server).await
    }
}

impl Turn {
    async fn run(&mut self, service: &Arc<Service>, server: &Server) -> Result<(), Failure> {
        let started = Instant::now();
        (self.last, self.outcome) = (Some(started), None);
        let done = self.work(service, server, started).await;
        self.outcome = match &done {
            Ok(()) => Some(Ok(())),
            Err(Failure::Refused(why)) => Some(Err(why.clone())),
            Err(Failure::Failed(_)) => None,
        };
        done
    }

    async fn work(
        &mut self,
        service: &Arc<Service>,
        server: &Server,
        started: Instant,
    ) -> Result<(), Failure> {
        let mut mailbox = service.mailboxes.open(server).await.map_err(said)?;
        let mut taken = 0;
        for uid in self.asked_for(&mut mailbox).await? {
            if started.elapsed() > RUN_MAX {
                break;
            }
            match look(service, &mut mailbox, &uid).await {
                Ok(Some(outcome)) => {
                    taken += u32::from(outcome == Outcome::Taken);
                    self.failed.remove(&uid);
                }
                // Removed meanwhile, or listed by a server that does not find it.
                Ok(None) => self.note_failed(uid),
                Err(failure) => {
                    self.note_failed(uid);
                    return Err(failure);
                }
            }
        }
        if taken > 0 {
            tracing::info!(taken, "emails became messages");
        }
        // A server that does not answer to a goodbye may give again what it was to delete: it is known then.
        let _ = mailbox.close().await;
        Ok(())
    }

    /// The mails to look at: those that failed before come last, and not for ever.
    async fn asked_for(&mut self, mailbox: &mut Mailbox) -> Result<Vec<String>, Failure> {
        let max = MAILS_MAX + self.failed.len();
        let mut uids = mailbox.unseen(max).await.map_err(said)?;
        self.failed.retain(|uid, _| uids.contains(uid));
        let failed = &self.failed;
        uids.retain(|uid| failed.get(uid).is_none_or(Failed::may_be_tried));
        uids.sort_by_key(|uid| failed.get(uid).map(|failed| failed.tries));
        uids.truncate(MAILS_MAX);
        Ok(uids)
    }

    fn note_failed(&mut self, uid: String) {
        let last = Instant::now();
        let failed = self
            .failed
            .entry(uid.clone())
            .or_insert(Failed { tries: 0, last });
        failed.last = last;
        failed.tries = failed.tries.saturating_add(1);
        if failed.tries >= TRIES_MAX {
            tracing::warn!(uid, "an email cannot be taken and stays as it is for now");
        }
    }
}

/// Looks at one mail, and says what became of it; `None` when it is not there.
async fn look(
    service: &Arc<Service>,
    mailbox: &mut Mailbox,
    uid: &str,
) -> Result<Option<Outcome>, Failure> {
    let Some(mail) = mailbox.fetch(uid).await.map_err(said)? else {
        return Ok(None);
    };
    let taken = match take::take(service, mail).await {
        // Nothing can be written now; the mail stays as it is until it can.
        Err(Failure::Refused(refusal)) if !matches!(refusal, Refusal::Unavailable(_)) => {
            tracing::warn!(uid, "an email becomes no message: {refusal}");
            Taken::nothing(Outcome::Refused)
        }
        other => other?,
    };
    if let Outcome::Left(reason) = &taken.outcome {
        tracing::info!(uid, "an email becomes no message: {reason}");
    }
    let fate = match taken.is_whole {
        true => Fate::Stored,
        false => Fate::Left,
    };
    mailbox.done(uid, fate).await.map_err(said)?;
    Ok(Some(taken.outcome))
}
