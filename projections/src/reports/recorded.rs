//! What a row that was recorded for a report adds to it.

use events::report::{Name, Recorded};

use super::people::{country, language};
use super::tally::{Entry, quarter};

/// The largest number that one row adds: seconds, or how many.
const NUMBER_MAX: i64 = 1_000_000_000;

/// What a row adds; nothing where the report needs a value and there is none to be understood.
///
/// A row is one more, except for these. `direct-sms`, `direct-emails` and `direct-messages`: the
/// value is how many were sent, where it is a number. Times: the value is seconds. Ratings: 1 is
/// a good one, anything else a bad one. Countries, languages, browsers and systems: the value is
/// the name.
pub(super) fn entry(recorded: &Recorded, time_ms: i64) -> Option<Entry> {
    let one = Entry::one(recorded.name, quarter(time_ms));
    let about = recorded.external_id.as_deref().unwrap_or_default();
    let value = recorded.value.as_deref().map(str::trim);
    let value = value.filter(|value| !value.is_empty());
    let entry = match recorded.name {
        Name::ConversationsTime => one.with(1, milliseconds(value?)?),
        Name::AgentsResponseTime | Name::AgentsConversationsTime => {
            one.of(about).with(1, milliseconds(value?)?)
        }
        Name::AgentsRatings | Name::ArticlesRatings => {
            one.of(about).with(1, i64::from(value? == "1"))
        }
        Name::AgentsConversations | Name::ArticlesViewsSingle => one.of(about),
        Name::Countries => one.of(&country(value?)),
        Name::Languages => one.of(&language(value?)),
        Name::Browsers | Name::Os => one.of(value?),
        Name::DirectSms | Name::DirectEmails | Name::DirectMessages => {
            let sent = value.and_then(|value| value.parse().ok()).unwrap_or(1);
            one.with(i64::clamp(sent, 0, NUMBER_MAX), 0)
        }
        Name::Conversations
        | Name::MissedConversations
        | Name::Visitors
        | Name::Leads
        | Name::Users
        | Name::Subscribe
        | Name::FollowUp
        | Name::Registrations
        | Name::ArticlesSearches
        | Name::ArticlesViews
        | Name::SmsAutomations
        | Name::EmailAutomations
        | Name::MessageAutomations => one,
    };
    Some(entry)
}

fn milliseconds(seconds: &str) -> Option<i64> {
    let seconds: i64 = seconds.parse().ok()?;
    Some(seconds.clamp(0, NUMBER_MAX) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: Name, value: Option<&str>, about: Option<&str>) -> Option<(String, i64, i64)> {
        let recorded = Recorded {
            name,
            value: value.map(str::to_owned),
            external_id: about.map(str::to_owned),
            extra: None,
        };
        entry(&recorded, 0).map(|entry| (entry.item, entry.entries, entry.total))
    }

    #[test]
    fn a_row_is_one_more() {
        for name in [Name::Subscribe, Name::Visitors, Name::ArticlesSearches] {
            assert_eq!(
                row(name, Some("17"), Some("9")),
                Some((String::new(), 1, 0))
            );
        }
        assert_eq!(
            row(Name::ArticlesViewsSingle, None, Some("6P2Oq")),
            Some(("6P2Oq".to_owned(), 1, 0))
        );
    }

    #[test]
    fn some_values_count() {
        let text = str::to_owned;
        assert_eq!(
            row(Name::AgentsResponseTime, Some("90"), Some("4")),
            Some((text("4"), 1, 90_000))
        );
        assert_eq!(row(Name::ConversationsTime, None, None), None);
        assert_eq!(
            row(Name::ArticlesRatings, Some("-1"), Some("a")),
            Some((text("a"), 1, 0))
        );
        assert_eq!(
            row(Name::AgentsRatings, Some("1"), Some("4")),
            Some((text("4"), 1, 1))
        );
        assert_eq!(
            row(Name::Languages, Some("en-US"), None),
            Some((text("en"), 1, 0))
        );
        assert_eq!(
            row(Name::DirectMessages, Some("12"), None),
            Some((text(""), 12, 0))
        );
        assert_eq!(
            row(Name::DirectSms, Some("Hello"), None),
            Some((text(""), 1, 0))
        );
        assert_eq!(
            row(Name::DirectSms, Some("99999999999999999"), None),
            Some((text(""), NUMBER_MAX, 0))
        );
    }
}
