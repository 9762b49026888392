//! What each report is called, what it shows, and how: one line a report.

use events::report::Name;

use Measure::{Average, Count, Ratings};
use Shape::{ByAgent, ByArticle, ByName, OverTime};

/// How a report is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    /// Its title.
    pub title: &'static str,
    /// One sentence on what it shows.
    pub description: &'static str,
    /// The heads of its table's columns.
    pub table: &'static [&'static str],
    /// What its rows are.
    pub shape: Shape,
}

/// What the rows of a report are, and what is in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A row a day or month.
    OverTime(Measure),
    /// A row an agent.
    ByAgent(Measure),
    /// A row an article.
    ByArticle(Measure),
    /// A row a name: of a country, a browser.
    ByName,
}

/// What the numbers of a row are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// How many.
    Count,
    /// How long on average, in seconds.
    Average,
    /// How many good ones, how many bad ones.
    Ratings,
}

const DATE: &[&str] = &["Date", "Count"];
const DATE_TIME: &[&str] = &["Date", "Average time"];
const AGENT: &[&str] = &["Agent name", "Count"];
const AGENT_TIME: &[&str] = &["Agent name", "Average time"];
const AGENT_RATINGS: &[&str] = &["Agent name", "Positive", "Negative"];
const ARTICLE: &[&str] = &["Article", "Count"];
const ARTICLE_RATINGS: &[&str] = &["Article", "Positive", "Negative"];
const COUNTRY: &[&str] = &["Country", "Count"];
const LANGUAGE: &[&str] = &["Language", "Count"];
const BROWSER: &[&str] = &["Browser", "Count"];
const SYSTEM: &[&str] = &["Operating system", "Count"];

/// The sheet of a report.
#[rustfmt::skip]
pub fn sheet(report: Name) -> Sheet {
    let (title, description, table, shape) = match report {
        Name::Conversations => ("Conversations count", "Count of new conversations started by users.", DATE, OverTime(Count)),
        Name::MissedConversations => ("Missed conversations count", "Count of conversations without a reply from an agent, by the day they were started.", DATE, OverTime(Count)),
        Name::ConversationsTime => ("Average conversations duration", "Average time from the first to the last message of a conversation, by the day it was started.", DATE_TIME, OverTime(Average)),
        Name::Visitors => ("Visitors count", "Count of visitors when they first came.", DATE, OverTime(Count)),
        Name::Leads => ("Leads count", "Count of leads, by the day they first came. Leads have a conversation and are not registered.", DATE, OverTime(Count)),
        Name::Users => ("Users count", "Count of registered users, by the day they first came.", DATE, OverTime(Count)),
        Name::AgentsResponseTime => ("Average agent response time", "Average time from a user's unanswered message to the next message of an agent.", AGENT_TIME, ByAgent(Average)),
        Name::AgentsConversations => ("Agent conversations count", "Count of conversations with at least one message of the agent.", AGENT, ByAgent(Count)),
        Name::AgentsConversationsTime => ("Average agent conversations duration", "Average duration of the conversations with at least one message of the agent.", AGENT_TIME, ByAgent(Average)),
        Name::AgentsRatings => ("Agent ratings", "Ratings of conversations, credited to agents.", AGENT_RATINGS, ByAgent(Ratings)),
        Name::Countries => ("User countries", "Countries of visitors, leads and users.", COUNTRY, ByName),
        Name::Languages => ("User languages", "Languages of visitors, leads and users.", LANGUAGE, ByName),
        Name::Browsers => ("User browsers", "Browsers of visitors, leads and users.", BROWSER, ByName),
        Name::Os => ("User operating systems", "Operating systems of visitors, leads and users.", SYSTEM, ByName),
        Name::Subscribe => ("Subscriptions count", "Count of email addresses left in a subscription form.", DATE, OverTime(Count)),
        Name::FollowUp => ("Follow-ups count", "Count of email addresses left in a follow-up form.", DATE, OverTime(Count)),
        Name::Registrations => ("Registrations count", "Count of people who registered: new users, and visitors and leads who became users.", DATE, OverTime(Count)),
        Name::ArticlesSearches => ("Article searches count", "Count of searches for articles.", DATE, OverTime(Count)),
        Name::ArticlesRatings => ("Article ratings", "Ratings of articles.", ARTICLE_RATINGS, ByArticle(Ratings)),
        Name::ArticlesViewsSingle => ("Views by article", "Count of how often each article was read.", ARTICLE, ByArticle(Count)),
        Name::ArticlesViews => ("Article views count", "Count of how often articles were read.", DATE, OverTime(Count)),
        Name::SmsAutomations => ("SMS automations count", "Count of text messages sent by automations.", DATE, OverTime(Count)),
        Name::EmailAutomations => ("Email automations count", "Count of emails sent by automations.", DATE, OverTime(Count)),
        Name::MessageAutomations => ("Message automations count", "Count of chat messages sent by automations.", DATE, OverTime(Count)),
        Name::DirectSms => ("Direct text messages count", "Count of text messages sent to users directly.", DATE, OverTime(Count)),
        Name::DirectEmails => ("Direct emails count", "Count of emails sent to users directly.", DATE, OverTime(Count)),
        Name::DirectMessages => ("Direct chat messages count", "Count of chat messages sent to users directly.", DATE, OverTime(Count)),
    };
    Sheet { title, description, table, shape }
}

impl Shape {
    /// What the numbers are.
    #[must_use]
    pub fn measure(self) -> Measure {
        match self {
            Self::OverTime(measure) | Self::ByAgent(measure) | Self::ByArticle(measure) => measure,
            Self::ByName => Count,
        }
    }

    /// `line`, `bar` or `pie`.
    #[must_use]
    pub fn chart_type(self) -> &'static str {
        match self {
            Self::OverTime(_) => "line",
            Self::ByAgent(_) | Self::ByArticle(_) => "bar",
            Self::ByName => "pie",
        }
    }
}

impl Measure {
    /// 1 for counts, 2 for seconds, 3 for ratings.
    #[must_use]
    pub fn label_type(self) -> u8 {
        match self {
            Self::Count => 1,
            Self::Average => 2,
            Self::Ratings => 3,
        }
    }
}
