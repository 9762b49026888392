//! What is counted for reports: the reports' names, and one more row of one of them.

use serde::{Deserialize, Serialize};

use crate::{Stream, StreamKind};

/// The reports. Their numbers are those of their streams and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Name {
    /// Conversations begun.
    Conversations = 1,
    /// Conversations that no agent has answered.
    MissedConversations = 2,
    /// How long conversations are.
    ConversationsTime = 3,
    /// Visitors who came.
    Visitors = 4,
    /// Leads.
    Leads = 5,
    /// Users in the narrow sense.
    Users = 6,
    /// How long users wait for an agent's answer.
    AgentsResponseTime = 7,
    /// Conversations in which an agent wrote.
    AgentsConversations = 8,
    /// How long the conversations of an agent are.
    AgentsConversationsTime = 9,
    /// How an agent was rated.
    AgentsRatings = 10,
    /// Where users are.
    Countries = 11,
    /// What users speak.
    Languages = 12,
    /// What users look with.
    Browsers = 13,
    /// What users' machines run.
    Os = 14,
    /// Addresses left in a subscription form.
    Subscribe = 15,
    /// Addresses left in a follow-up form.
    FollowUp = 16,
    /// People who registered.
    Registrations = 17,
    /// Searches for articles.
    ArticlesSearches = 18,
    /// How articles were rated.
    ArticlesRatings = 19,
    /// How often each article was read.
    ArticlesViewsSingle = 20,
    /// How often articles were read.
    ArticlesViews = 21,
    /// Text messages sent by automations.
    SmsAutomations = 22,
    /// Emails sent by automations.
    EmailAutomations = 23,
    /// Chat messages sent by automations.
    MessageAutomations = 24,
    /// Text messages sent to users directly.
    DirectSms = 25,
    /// Emails sent to users directly.
    DirectEmails = 26,
    /// Chat messages sent to users directly.
    DirectMessages = 27,
}

impl Name {
    /// All reports, in the order of their numbers, each with its name on the wire.
    const NAMES: [(Self, &str); 27] = [
        (Self::Conversations, "conversations"),
        (Self::MissedConversations, "missed-conversations"),
        (Self::ConversationsTime, "conversations-time"),
        (Self::Visitors, "visitors"),
        (Self::Leads, "leads"),
        (Self::Users, "users"),
        (Self::AgentsResponseTime, "agents-response-time"),
        (Self::AgentsConversations, "agents-conversations"),
        (Self::AgentsConversationsTime, "agents-conversations-time"),
        (Self::AgentsRatings, "agents-ratings"),
        (Self::Countries, "countries"),
        (Self::Languages, "languages"),
        (Self::Browsers, "browsers"),
        (Self::Os, "os"),
        (Self::Subscribe, "subscribe"),
        (Self::FollowUp, "follow-up"),
        (Self::Registrations, "registrations"),
        (Self::ArticlesSearches, "articles-searches"),
        (Self::ArticlesRatings, "articles-ratings"),
        (Self::ArticlesViewsSingle, "articles-views-single"),
        (Self::ArticlesViews, "articles-views"),
        (Self::SmsAutomations, "sms-automations"),
        (Self::EmailAutomations, "email-automations"),
        (Self::MessageAutomations, "message-automations"),
        (Self::DirectSms, "direct-sms"),
        (Self::DirectEmails, "direct-emails"),
        (Self::DirectMessages, "direct-messages"),
    ];

    /// All reports, in the order of their numbers.
    pub const ALL: [Self; 27] = {
        let mut all = [Self::Conversations; 27];
        let mut index = 0;
        while index < all.len() {
            all[index] = Self::NAMES[index].0;
            index += 1;
        }
        all
    };

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize - 1].1
    }

    /// The report with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(_, candidate)| *candidate == name)
            .map(|(report, _)| *report)
    }

    /// The number, which is also that of its stream.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }
}

impl From<Name> for Stream {
    fn from(name: Name) -> Self {
        Self {
            kind: StreamKind::Report,
            id: name.number().into(),
        }
    }
}

/// Something happened that a report counts. It belongs to the report's stream, not to a user's:
/// erasing a user does not find what a caller wrote here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The report.
    pub name: Name,
    /// The row's value. What it means depends on the report: how many, how long, how good, what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What it is about, such as an agent's or an article's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// A free value of the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_agree() {
        for (index, name) in Name::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(name.number()), index + 1);
            assert_eq!(Name::named(name.name()), Some(name));
            assert_eq!(serde_json::to_value(name).expect("JSON"), name.name());
        }
        assert_eq!(Name::named("weather"), None);
    }
}
