//! What reports count: a story told event by event, periods, what deletions take away, and a read
//! model that an older release made.

mod counted;
mod deleted;
mod older;
mod recorded;

use events::report::Name;
use events::user::UserType;
use projections::{ReadModels, Sum};

use crate::history::History;

/// From long before the first event to long after the last.
const EVER: (i64, i64) = (0, 4_000_000);

fn sum(entries: i64, total: i64) -> Sum {
    Sum { entries, total }
}

async fn all(models: &ReadModels, report: Name) -> Sum {
    models.report_over(report, &[EVER]).await.unwrap()[0]
}

async fn count(models: &ReadModels, report: Name) -> i64 {
    all(models, report).await.entries
}

async fn items(models: &ReadModels, report: Name) -> Vec<(String, Sum)> {
    models.report_by_item(report, EVER, 100).await.unwrap()
}

fn of(items: &[(&str, i64, i64)]) -> Vec<(String, Sum)> {
    let item =
        |(item, entries, total): &(&str, i64, i64)| ((*item).to_owned(), sum(*entries, *total));
    items.iter().map(item).collect()
}

/// Una (1), who came as a visitor and wrote; Ann (2), who answered half an hour later; Udo (3),
/// a lead whom nobody answered.
fn talk() -> History {
    let history = History::new();
    let una = [("country_code", "gb"), ("browser", " Chrome "), ("os", "")];
    let udo = [("language", "ES"), ("browser_language", "en-US")];
    history
        .user_with(1, UserType::Visitor, "Una", "One", None, &una)
        .user(2, UserType::Agent, "Ann", "Agent")
        .user_with(3, UserType::Lead, "Udo", "Two", None, &udo)
        .conversation(1, 1, "")
        .user_type(1, UserType::Visitor, UserType::Lead)
        .sent(1, 1, 1, "Hello?")
        .sent(1, 2, 1, "Anybody there?")
        .pass(30)
        .sent(1, 3, 2, "Good day")
        .conversation(2, 3, "")
        .rated(1, true, Some(2))
        .sent(2, 4, 3, "Hello?");
    history
}
