//! What happens in the knowledge base.

use crate::{Event, article};

pub(super) fn samples() -> Vec<Event> {
    vec![
        article::Saved {
            number: 7,
            id: "6P2Oq".into(),
            language: "es".into(),
            title: "¿Qué hay de nuevo?".into(),
            content: "<p>La <b>API V2</b> 👋</p>".into(),
            link: "https://example.com/v2".into(),
            categories: vec!["K92kl".into()],
            more: std::iter::once(("parent".to_owned(), "a".into())).collect(),
        }
        .into(),
        article::Removed {
            number: 7,
            id: "6P2Oq".into(),
            language: "es".into(),
            gone: true,
        }
        .into(),
        article::Ordered {
            language: "es".into(),
            numbers: vec![9, 8],
        }
        .into(),
        article::CategoriesSaved {
            categories: vec![article::Category {
                id: "K92kl".into(),
                title: "Business".into(),
                more: std::iter::once(("image".to_owned(), "b.png".into())).collect(),
            }],
        }
        .into(),
        article::Rated {
            id: "6P2Oq".into(),
            positive: true,
        }
        .into(),
        article::Viewed {
            views: [("6P2Oq".into(), 3)].into(),
        }
        .into(),
        article::Searched { searches: 12 }.into(),
    ]
}
