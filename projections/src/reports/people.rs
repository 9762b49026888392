//! What a user adds to the reports: as a visitor who came, a lead, a user, and by what is known of
//! the user. Agents, admins and the bot add nothing.

use events::report::Name;
use events::user::{Created, Detail, DetailsUpdated, UserType};
use events::{Event, Recorded, UserId};
use serde::{Deserialize, Serialize};

use super::tally::{Entry, quarter};
use crate::database::without_nul;

/// Characters kept of a detail.
const DETAIL_CHARS_MAX: usize = 100;

/// What reports know of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    /// The quarter in which the user was created.
    created: i64,
    /// What the user is; `None` where that was erased from the log.
    user_type: Option<UserType>,
    /// Whether the user came as a visitor.
    visited: bool,
    /// The quarter in which the user became one in the narrow sense.
    registered: Option<i64>,
    details: Details,
}

/// The details that reports count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Details {
    country_code: String,
    language: String,
    browser_language: String,
    browser: String,
    os: String,
}

/// A row of `report_users`.
#[derive(Debug, Deserialize)]
pub(super) struct PersonRow(
    pub(super) UserId,
    i64,
    Option<UserType>,
    u8,
    Option<i64>,
    String,
    String,
    String,
    String,
    String,
);

/// Whether an event is one that [`Person::after`] cares for.
pub(super) fn concerns(recorded: &Recorded) -> bool {
    match &recorded.event {
        Some(Event::UserDetailsUpdated(updated)) => {
            let mut known = Details::default();
            let set = updated.set.iter().map(|detail| &detail.slug);
            set.chain(&updated.removed)
                .any(|slug| known.named(slug).is_some())
        }
        Some(Event::UserCreated(_) | Event::UserTypeChanged(_) | Event::UserDeleted(_)) => true,
        Some(_) => false,
        None => begins(recorded),
    }
}

/// Whether an event is the first of a user, be it erased.
pub(super) fn begins(recorded: &Recorded) -> bool {
    recorded.event_type.name == "user.created"
}

impl Person {
    /// The person after an event; `None` when deleted.
    pub(super) fn after(before: Option<Self>, recorded: &Recorded) -> Option<Self> {
        let now = quarter(recorded.time_ms);
        match &recorded.event {
            Some(Event::UserCreated(created)) => return Some(Self::new(created, now)),
            None if begins(recorded) => return Some(Self::erased(now)),
            Some(Event::UserDeleted(_)) => return None,
            _ => {}
        }
        let mut person = before?;
        match &recorded.event {
            Some(Event::UserTypeChanged(changed)) => person.become_type(changed.to, now),
            Some(Event::UserDetailsUpdated(updated)) => person.details.update(updated),
            _ => {}
        }
        Some(person)
    }

    fn new(created: &Created, now: i64) -> Self {
        let mut person = Self::erased(now);
        person.visited = created.user_type == UserType::Visitor;
        person.become_type(created.user_type, now);
        person.details.set(&created.details);
        person
    }

    fn erased(now: i64) -> Self {
        Self {
            created: now,
            user_type: None,
            visited: false,
            registered: None,
            details: Details::default(),
        }
    }

    fn become_type(&mut self, user_type: UserType, now: i64) {
        self.user_type = Some(user_type);
        if user_type == UserType::User {
            self.registered.get_or_insert(now);
        }
    }

    /// What remains of a visitor who was deleted as such: that somebody came.
    pub(super) fn trace(&self, deleted_as: UserType) -> Option<Entry> {
        (deleted_as == UserType::Visitor).then(|| Entry::one(Name::Visitors, self.created))
    }

    /// What the person adds to the reports.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        if self.visited {
            entries.push(Entry::one(Name::Visitors, self.created));
        }
        match self.user_type {
            Some(UserType::Lead) => entries.push(Entry::one(Name::Leads, self.created)),
            Some(UserType::User) => entries.push(Entry::one(Name::Users, self.created)),
            _ => {}
        }
        if !self.user_type.is_some_and(UserType::is_customer) {
            return entries;
        }
        entries.extend(
            self.registered
                .map(|when| Entry::one(Name::Registrations, when)),
        );
        let details = &self.details;
        let spoken = match details.language.as_str() {
            "" => &details.browser_language,
            language => language,
        };
        let counted = [
            (Name::Countries, country(&details.country_code)),
            (Name::Languages, language(spoken)),
            (Name::Browsers, details.browser.clone()),
            (Name::Os, details.os.clone()),
        ];
        let counted = counted.into_iter().filter(|(_, item)| !item.is_empty());
        entries.extend(counted.map(|(report, item)| Entry::one(report, self.created).of(&item)));
        entries
    }

    /// The values of its row.
    pub(super) fn values(&self, id: UserId) -> impl Serialize + '_ {
        let details = &self.details;
        (
            id,
            self.created,
            self.user_type,
            u8::from(self.visited),
            self.registered,
            &details.country_code,
            &details.language,
            &details.browser_language,
            &details.browser,
            &details.os,
        )
    }
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Self {
        Self {
            created: row.1,
            user_type: row.2,
            visited: row.3 == 1,
            registered: row.4,
            details: Details {
                country_code: row.5,
                language: row.6,
                browser_language: row.7,
                browser: row.8,
                os: row.9,
            },
        }
    }
}

impl Details {
    fn named(&mut self, slug: &str) -> Option<&mut String> {
        match slug {
            "country_code" => Some(&mut self.country_code),
            "language" => Some(&mut self.language),
            "browser_language" => Some(&mut self.browser_language),
            "browser" => Some(&mut self.browser),
            "os" => Some(&mut self.os),
            _ => None,
        }
    }

    fn set(&mut self, details: &[Detail]) {
        for detail in details {
            if let Some(known) = self.named(&detail.slug) {
                let value = without_nul(detail.value.trim());
                *known = value.chars().take(DETAIL_CHARS_MAX).collect();
            }
        }
    }

    fn update(&mut self, updated: &DetailsUpdated) {
        for slug in &updated.removed {
            if let Some(known) = self.named(slug) {
                known.clear();
            }
        }
        self.set(&updated.set);
    }
}

/// A country's code as it is counted.
pub(super) fn country(code: &str) -> String {
    code.to_uppercase()
}

/// A language as it is counted, without a country: `en` for `en-US`.
pub(super) fn language(tag: &str) -> String {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    primary.to_lowercase()
}
