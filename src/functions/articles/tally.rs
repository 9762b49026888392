//! How often articles are read and looked for, counted in memory and recorded every few seconds.
//!
//! A reader must not wait for a write, and a page that a thousand people read in a minute must not be
//! a thousand events for ever. So a reading raises a number here and nothing more; upkeep records what
//! has come together as one event with sums, and once more when the service stops in order. A killed
//! process loses the readings of its last seconds: a report that is short by a few of thousands is
//! worth more than a read that costs an fsync. A report sees a reading a few seconds later; it counts
//! in the quarter of an hour in which it is recorded. What is counted is bounded by the articles there
//! are, since only those found are counted.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use events::article::{Searched, Viewed};

use super::state::STREAM;
use crate::functions::Service;

/// Readings that are not recorded yet.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Counts>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Counts {
    views: BTreeMap<String, u64>,
    searches: u64,
}

impl Tally {
    /// Somebody read this article.
    pub fn viewed(&self, id: &str) {
        let mut counts = self.counts();
        if let Some(views) = counts.views.get_mut(id) {
            *views += 1;
        } else {
            counts.views.insert(id.to_owned(), 1);
        }
    }

    /// Somebody looked for articles.
    pub fn searched(&self) {
        self.counts().searches += 1;
    }

    fn take(&self) -> Counts {
        std::mem::take(&mut *self.counts())
    }

    /// Takes back what was not recorded.
    fn give_back(&self, former: Counts) {
        let mut counts = self.counts();
        counts.searches += former.searches;
        for (id, views) in former.views {
            *counts.views.entry(id).or_default() += views;
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Records what was counted, if anything was. What cannot be recorded is kept for the next time.
pub async fn record(service: &Service) {
    let counts = service.readings.take();
    if counts == Counts::default() {
        return;
    }
    let Counts { views, searches } = counts.clone();
    let recorded = service.journal.decide_alone(move |decision| {
        if !views.is_empty() {
            decision.record(STREAM, Viewed { views })?;
        }
        if searches > 0 {
            decision.record(STREAM, Searched { searches })?;
        }
        Ok(())
    });
    if let Err(failure) = recorded.await {
        tracing::warn!("readings of articles were not recorded: {failure:?}");
        service.readings.give_back(counts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_recorded_is_not_lost() {
        let tally = Tally::default();
        assert_eq!(tally.take(), Counts::default());
        tally.viewed("a");
        tally.viewed("a");
        tally.viewed("b");
        tally.searched();
        let first = tally.take();
        assert_eq!(
            first.views,
            [("a".to_owned(), 2), ("b".to_owned(), 1)].into()
        );
        assert_eq!(tally.take(), Counts::default());
        tally.viewed("a");
        tally.give_back(first);
        let all = tally.take();
        assert_eq!(all.views, [("a".to_owned(), 3), ("b".to_owned(), 1)].into());
        assert_eq!(all.searches, 1);
    }
}
