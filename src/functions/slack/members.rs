//! What Slack has told of the workspace's members: their addresses, in memory for a while.
//!
//! Slack waits three seconds for the answer to an event, so there is little time to ask it who wrote.
//! Whom it did not tell by then is wanted, and asked for afterwards with all patience by upkeep.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::talk::Talk;
use crate::{
    adapters::slack::{self, Problem},
    functions::Service,
};

/// How long an address is good without asking again. It is better than none after that, too.
const FRESH: Duration = Duration::from_secs(600);
/// Members who are remembered at most; and as many are wanted.
const MEMBERS_MAX: usize = 1_000;
/// How long Slack may take to tell of somebody when nobody waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is known of members, and of whom it is to be found out.
#[derive(Default)]
pub struct Members {
    inner: Mutex<Inner>,
    news: Notify,
}

#[derive(Default)]
struct Inner {
    known: HashMap<String, Known>,
    wanted: BTreeSet<String>,
}

/// What Slack told.
struct Known {
    email: Option<String>,
    told: Instant,
}

impl Members {
    /// The address of a member, where the token may see it: as Slack told it before, or tells it now.
    ///
    /// # Errors
    /// When Slack has never told it and does not in the time of this talk.
    pub async fn email(&self, talk: &Talk, member: &str) -> Result<Option<String>, Problem> {
        if let Some(known) = self.inner().known.get(member)
            && known.told.elapsed() < FRESH
        {
            return Ok(known.email.clone());
        }
        match self.ask(talk, member).await {
            // Not a refusal: it may tell later.
            Err(problem) if problem.code().is_none() => {
                self.want(member);
                let inner = self.inner();
                let known = inner.known.get(member);
                known.map_or(Err(problem), |known| Ok(known.email.clone()))
            }
            told => told,
        }
    }

    /// The address of a member, where Slack has told it.
    #[must_use]
    pub fn known(&self, member: &str) -> Option<String> {
        self.inner().known.get(member)?.email.clone()
    }

    /// Waits until somebody is wanted, and has Slack tell of that member.
    pub async fn find(&self, service: &Arc<Service>) {
        let member = loop {
            let next = self.inner().wanted.pop_first();
            match next {
                Some(member) => break member,
                None => self.news.notified().await,
            }
        };
        let Ok(talk) = Talk::begin(service).map(|talk| talk.within(PATIENCE)) else {
            return;
        };
        if let Err(problem) = self.ask(&talk, &member).await {
            tracing::warn!(member, "Slack does not say who it is: {problem}");
        }
    }

    async fn ask(&self, talk: &Talk, member: &str) -> Result<Option<String>, Problem> {
        let email = slack::email(&talk.service.outgoing, &talk.workspace, member).await?;
        let mut inner = self.inner();
        if inner.known.len() >= MEMBERS_MAX {
            // Rare enough that nothing finer is worth its while.
            inner.known.clear();
        }
        let known = Known {
            email: email.clone(),
            told: Instant::now(),
        };
        inner.known.insert(member.to_owned(), known);
        Ok(email)
    }

    fn want(&self, member: &str) {
        let mut inner = self.inner();
        if inner.wanted.len() < MEMBERS_MAX {
            inner.wanted.insert(member.to_owned());
            self.news.notify_one();
        }
    }

    /// Nothing in here can panic halfway, so what a panic elsewhere left is whole.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
