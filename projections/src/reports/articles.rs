//! What the knowledge base adds to the reports: how articles are rated, read and looked for.
//!
//! An article that is gone stays counted: that it was read is no less true, nothing of a person is
//! in it, and the events from which it is counted again stay in the log.

use events::Event;
use events::report::Name;

use super::tally::{Entry, quarter};

/// What an event adds.
pub(super) fn entries(event: &Event, time_ms: i64) -> Vec<Entry> {
    let one = |name| Entry::one(name, quarter(time_ms));
    match event {
        Event::ArticleRated(rated) => vec![
            one(Name::ArticlesRatings)
                .of(&rated.id)
                .with(1, rated.positive.into()),
        ],
        Event::ArticlesViewed(viewed) => {
            let each = viewed.views.iter().map(|(id, views)| {
                one(Name::ArticlesViewsSingle)
                    .of(id)
                    .with(number(*views), 0)
            });
            let all = viewed.views.values().map(|views| number(*views)).sum();
            each.chain([one(Name::ArticlesViews).with(all, 0)])
                .collect()
        }
        Event::ArticlesSearched(searched) => {
            vec![one(Name::ArticlesSearches).with(number(searched.searches), 0)]
        }
        _ => Vec::new(),
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
