//! What events do to the knowledge base: folded into one operation for each row, then written.

use std::collections::{BTreeMap, BTreeSet};

use events::article::Saved;
use events::{Event, Recorded};

use super::plain::{excerpt, plain};
use super::rows::{ARTICLES, CONTENTS, PLACES, RATINGS, SEARCH};
use crate::Fault;
use crate::database::{Tx, run};
use crate::search::{CHARACTERS_MAX, SEARCH_CHARACTERS_MAX, fold, searchable};

/// Pieces of a text that can be found: more than the longest text has.
const PIECES_MAX: usize = 1 << 10;

/// The changes of a batch.
#[derive(Debug, Default)]
pub(crate) struct Changes<'a> {
    saved: BTreeMap<u64, &'a Saved>,
    removed: BTreeSet<u64>,
    ordered: BTreeMap<&'a str, &'a [u64]>,
    /// Articles whose former ratings are forgotten.
    unrated: BTreeSet<&'a str>,
    /// Position, article, and whether it was positive.
    rated: Vec<(u64, &'a str, bool)>,
}

impl<'a> Changes<'a> {
    /// Folds events into changes.
    pub(crate) fn of(events: &'a [Recorded]) -> Self {
        let mut changes = Self::default();
        for recorded in events {
            match &recorded.event {
                Some(Event::ArticleSaved(saved)) => {
                    changes.saved.insert(saved.number, saved);
                }
                Some(Event::ArticleRemoved(removed)) => {
                    changes.saved.remove(&removed.number);
                    changes.removed.insert(removed.number);
                    if removed.gone {
                        changes.rated.retain(|(_, id, _)| *id != removed.id);
                        changes.unrated.insert(&removed.id);
                    }
                }
                Some(Event::ArticlesOrdered(ordered)) => {
                    changes.ordered.insert(&ordered.language, &ordered.numbers);
                }
                Some(Event::ArticleRated(rated)) => {
                    let rating = (recorded.position, rated.id.as_str(), rated.positive);
                    changes.rated.push(rating);
                }
                _ => {}
            }
        }
        changes
    }

    /// Writes the changes. What goes comes first: an ID that comes back has another number.
    pub(crate) async fn write(self, tx: &mut Tx) -> Result<(), Fault> {
        let removed: Vec<u64> = self.removed.iter().copied().collect();
        ARTICLES.delete(tx, "number", &removed).await?;
        CONTENTS.delete(tx, "number", &removed).await?;
        SEARCH.delete(tx, "number", &removed).await?;
        self.write_articles(tx).await?;
        self.write_places(tx).await?;
        self.write_ratings(tx).await
    }

    async fn write_articles(&self, tx: &mut Tx) -> Result<(), Fault> {
        let mut rows = Vec::with_capacity(self.saved.len());
        for (number, saved) in &self.saved {
            rows.push((
                number,
                &saved.id,
                &saved.language,
                &saved.title,
                excerpt(&saved.content),
                &saved.link,
                serde_json::to_string(&saved.categories).map_err(Fault::Row)?,
                serde_json::to_string(&saved.more).map_err(Fault::Row)?,
            ));
        }
        let columns = ["title", "excerpt", "link", "categories", "more"];
        ARTICLES.upsert(tx, &columns, &rows).await?;
        let contents: Vec<_> = self
            .saved
            .iter()
            .map(|(number, saved)| (number, &saved.content))
            .collect();
        CONTENTS.upsert(tx, &["content"], &contents).await?;

        let numbers: Vec<u64> = self.saved.keys().copied().collect();
        SEARCH.delete(tx, "number", &numbers).await?;
        let found: Vec<_> = self
            .saved
            .values()
            .flat_map(|saved| pieces(saved))
            .collect();
        SEARCH.insert(tx, &found).await
    }

    async fn write_places(&self, tx: &mut Tx) -> Result<(), Fault> {
        let languages: Vec<_> = self.ordered.keys().collect();
        delete_by_text(tx, "article_places", "language", &languages).await?;
        let mut rows = Vec::new();
        for (language, numbers) in &self.ordered {
            rows.extend(numbers.iter().zip(0_u64..).map(|(n, at)| (language, at, n)));
        }
        PLACES.insert(tx, &rows).await
    }

    async fn write_ratings(&self, tx: &mut Tx) -> Result<(), Fault> {
        let unrated: Vec<_> = self.unrated.iter().collect();
        delete_by_text(tx, "article_ratings", "article", &unrated).await?;
        let rows: Vec<_> = self
            .rated
            .iter()
            .map(|(position, id, positive)| (position, id, u8::from(*positive)))
            .collect();
        RATINGS.insert(tx, &rows).await
    }
}

/// Removes the rows whose `column` is one of these texts.
async fn delete_by_text<T: serde::Serialize>(
    tx: &mut Tx,
    table: &str,
    column: &str,
    texts: &[T],
) -> Result<(), Fault> {
    let texts_of_list = tx.dialect().texts("$1");
    let sql = format!("DELETE FROM {table} WHERE {column} IN ({texts_of_list})");
    run(tx, &sql, texts).await
}

/// The rows of `article_search` of a text: title and content, folded. A piece begins with the
/// characters that the one before ends with, as many as a search has, so nothing is cut in two.
fn pieces(saved: &Saved) -> Vec<(u64, u64, &str, String)> {
    const LENGTH: usize = CHARACTERS_MAX - 1;
    const STEP: usize = LENGTH - SEARCH_CHARACTERS_MAX;
    let (title, content) = (fold(&saved.title), fold(&plain(&saved.content)));
    let text: Vec<char> = format!("{}\n{}", title.trim(), content.trim())
        .chars()
        .collect();
    let last = text.len().saturating_sub(SEARCH_CHARACTERS_MAX).max(1);
    (0..last)
        .step_by(STEP)
        .take(PIECES_MAX)
        .zip(0_u64..)
        .map(|(start, piece)| {
            let end = text.len().min(start + LENGTH);
            let part: String = text[start..end].iter().collect();
            let id = saved.number * PIECES_MAX as u64 + piece;
            (
                id,
                saved.number,
                saved.language.as_str(),
                searchable([part]),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(title: &str, content: &str) -> Saved {
        Saved {
            number: 3,
            title: title.to_owned(),
            content: content.to_owned(),
            ..Saved::default()
        }
    }

    #[test]
    fn a_short_text_is_one_piece() {
        let article = saved(" Straße ", "<p>One &amp; two</p>");
        let expected = (3072, 3, "", "strasse\none & two\n\n".to_owned());
        assert_eq!(pieces(&article), [expected]);
        assert_eq!(pieces(&saved("", ""))[0].3, "\n\n\n");
    }

    #[test]
    fn every_search_fits_into_a_piece_of_a_long_text() {
        let numbers: Vec<String> = (0..40_000).map(|n| n.to_string()).collect();
        let content = numbers.join(" ");
        let article = saved("Numbers", &content);
        let found = pieces(&article);
        assert!(found.len() > 5, "{}", found.len());
        let whole: Vec<char> = format!("numbers\n{}", content.trim()).chars().collect();
        for at in (0..whole.len() - SEARCH_CHARACTERS_MAX).step_by(101) {
            let wanted: String = whole[at..at + SEARCH_CHARACTERS_MAX].iter().collect();
            assert!(found.iter().any(|piece| piece.3.contains(&wanted)), "{at}");
        }
        let end: String = whole[whole.len() - SEARCH_CHARACTERS_MAX..]
            .iter()
            .collect();
        assert!(found.last().unwrap().3.contains(&end));
        let longest = found.iter().map(|piece| piece.3.chars().count()).max();
        assert_eq!(longest, Some(CHARACTERS_MAX + 1));
    }
}
