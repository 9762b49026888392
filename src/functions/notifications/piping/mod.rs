//! Email piping: mails from the mailbox become messages.
//!
//! A mail is stored first and marked as read then. That it was stored is decided together with its
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
use take::Outcome;

use crate::{
    adapters::imap::{Mailbox, Server},
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
    /// The mails that could not be taken, by their numbers.
    failed: HashMap<u32, Failed>,
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
}

impl Piping {
    /// Runs now, after a run that is under way.
    ///
    /// # Errors
    /// `unavailable` without a mailbox, `email-error` where it refuses or is not reached, or our own.
    pub async fn run(&self, service: &Arc<Service>) -> Result<(), Failure> {
        let server = configured(&*service.settings()?)?;
        self.turn.lock().await.run(service, &server).await
    }

    /// Runs unless a run is under way or began within a minute. Without a mailbox it does nothing.
    ///
    /// # Errors
    /// As [`Piping::run`], but for `unavailable`.
    pub async fn run_if_due(&self, service: &Arc<Service>) -> Result<(), Failure> {
        self.run_after(service, PAUSE).await
    }

    /// The service's own run, every so often. A run that somebody asked for a moment ago counts as one.
    ///
    /// # Errors
    /// As [`Piping::run_if_due`].
    pub async fn run_by_itself(
        &self,
        service: &Arc<Service>,
        every: Duration,
    ) -> Result<(), Failure> {
        self.run_after(service, every / 2).await
    }

    async fn run_after(&self, service: &Arc<Service>, pause: Duration) -> Result<(), Failure> {
        let Ok(mut turn) = self.turn.try_lock() else {
            return Ok(());
        };
        let Ok(server) = configured(&*service.settings()?) else {
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
        self.last = Some(started);
        let outgoing = &service.outgoing;
        let opened = Mailbox::open(outgoing.targets(), outgoing.authorities(), server).await;
        let mut mailbox = opened.map_err(said)?;
        let mut taken = 0;
        for uid in self.asked_for(&mut mailbox).await? {
            if started.elapsed() > RUN_MAX {
                break;
            }
            match look(service, &mut mailbox, uid).await {
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
        // Everything is marked by now, so a server that does not answer to a goodbye did no harm.
        let _ = mailbox.close().await;
        Ok(())
    }

    /// The mails to look at: those that failed before come last, and not for ever.
    async fn asked_for(&mut self, mailbox: &mut Mailbox) -> Result<Vec<u32>, Failure> {
        let max = MAILS_MAX + self.failed.len();
        let mut uids = mailbox.unseen(max).await.map_err(said)?;
        self.failed.retain(|uid, _| uids.contains(uid));
        let failed = &self.failed;
        uids.retain(|uid| failed.get(uid).is_none_or(Failed::may_be_tried));
        uids.sort_by_key(|uid| failed.get(uid).map(|failed| failed.tries));
        uids.truncate(MAILS_MAX);
        Ok(uids)
    }

    fn note_failed(&mut self, uid: u32) {
        let last = Instant::now();
        let failed = self.failed.entry(uid).or_insert(Failed { tries: 0, last });
        failed.last = last;
        failed.tries = failed.tries.saturating_add(1);
        if failed.tries >= TRIES_MAX {
            tracing::warn!(uid, "an email cannot be taken and is left unread for now");
        }
    }
}

/// Looks at one mail, and says what became of it; `None` when it is not there.
async fn look(
    service: &Arc<Service>,
    mailbox: &mut Mailbox,
    uid: u32,
) -> Result<Option<Outcome>, Failure> {
    let Some(mail) = mailbox.fetch(uid).await.map_err(said)? else {
        return Ok(None);
    };
    let outcome = match take::take(service, mail).await {
        // Nothing can be written now; the mail stays unread until it can.
        Err(Failure::Refused(refusal)) if !matches!(refusal, Refusal::Unavailable(_)) => {
            tracing::warn!(uid, "an email becomes no message: {refusal}");
            Outcome::Before
        }
        other => other?,
    };
    if let Outcome::Left(reason) = &outcome {
        tracing::info!(uid, "an email becomes no message: {reason}");
    }
    mailbox.mark_seen(&[uid]).await.map_err(said)?;
    Ok(Some(outcome))
}
