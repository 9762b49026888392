//! The knowledge base: lists, languages, ratings and searches, and what goes.

mod amounts;
mod batches;
mod changes;
mod lists;
mod readers;

use events::article::{Ordered, Rated, Removed, Saved};
use events::{Stream, StreamKind};
use projections::{ArticleRow, ArticlesFilter, ReadModels};

use crate::history::History;

const STREAM: Stream = Stream {
    kind: StreamKind::Articles,
    id: 1,
};

impl History {
    fn article(&self, number: u64, id: &str, language: &str, title: &str, content: &str) -> &Self {
        let saved = Saved {
            number,
            id: id.to_owned(),
            language: language.to_owned(),
            title: title.to_owned(),
            content: content.to_owned(),
            link: format!("https://example.com/{id}"),
            categories: vec![format!("c{}", number % 2)],
            more: std::iter::once(("own".to_owned(), number.into())).collect(),
        };
        self.add(STREAM, saved)
    }

    fn ordered(&self, language: &str, numbers: impl IntoIterator<Item = u64>) -> &Self {
        let ordered = Ordered {
            language: language.to_owned(),
            numbers: numbers.into_iter().collect(),
        };
        self.add(STREAM, ordered)
    }

    fn removed(&self, number: u64, id: &str, language: &str, gone: bool) -> &Self {
        let removed = Removed {
            number,
            id: id.to_owned(),
            language: language.to_owned(),
            gone,
        };
        self.add(STREAM, removed)
    }

    fn rating(&self, id: &str, positive: bool) -> &Self {
        let id = id.to_owned();
        self.add(STREAM, Rated { id, positive })
    }
}

fn ids(rows: &[ArticleRow]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}

fn filter(language: &str) -> ArticlesFilter {
    ArticlesFilter {
        language: language.to_owned(),
        ..ArticlesFilter::default()
    }
}

async fn found(models: &ReadModels, text: &str, language: Option<&str>) -> Vec<String> {
    let rows = models.search_articles(text, language).await.unwrap();
    ids(&rows).into_iter().map(str::to_owned).collect()
}

/// Three articles, the second one in Spanish too.
fn three() -> History {
    let history = History::new();
    history
        .article(
            1,
            "a",
            "",
            "What's new?",
            "<p>The <b>API</b> V2 is the new iteration</p>",
        )
        .article(
            2,
            "b",
            "",
            "Straße 猫",
            &format!("<p>{}</p>tail", "word ".repeat(60)),
        )
        .article(3, "c", "", "Other", "Read the API's reference")
        .ordered("", [2, 1, 3])
        .article(4, "b", "es", "Calle", "<p>Una palabra</p>")
        .ordered("es", [4])
        .rating("a", false)
        .rating("b", true)
        .rating("a", true);
    history
}
