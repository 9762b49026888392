//! What a command decides on and with: the decision state as of now, the facts, and the
//! events it records. No I/O but the state's own table, no clock, no chance.

mod numbers;

use std::sync::Arc;

use eventlog::{State, View};
use events::{Event, Stream, UserId, token::Scope};
use serde::{Serialize, de::DeserializeOwned};

use super::{Failure, Fault, authority, evolve, settings::state::Settings};
use crate::presence::Presence;

pub use numbers::{Numbered, evolve as evolve_numbers, last_numbers, next_id, note_id};

/// Rows read at once.
const PAGE: usize = 1_000;

/// What was undetermined, determined before the decision.
#[derive(Clone)]
pub struct Facts {
    /// The time of the decision, milliseconds since the Unix epoch.
    pub now_ms: i64,
    /// The active user: of the sb-login cookie, else of the token. 0 is the service.
    pub actor: UserId,
    /// What the caller's API token is good for; everything where there is none.
    pub scope: Scope,
    /// Base of every URL handed out, without a slash at its end.
    pub public_url: String,
    /// Who is there at this time; known to this process alone, so never part of the state.
    pub presence: Arc<Presence>,
    /// The settings of the moment, never older than the last save that was answered.
    pub settings: Arc<Settings>,
}

impl Facts {
    /// Whether this user is online.
    #[must_use]
    pub fn is_online(&self, user: UserId) -> bool {
        self.presence.is_online(user, self.now_ms)
    }
}

/// One decision in the making.
pub struct Decision<'a> {
    state: &'a mut dyn State,
    recorded: Vec<(Stream, Event)>,
    facts: &'a Facts,
    passing: bool,
}

impl<'a> Decision<'a> {
    /// A decision on `state`.
    pub fn new(state: &'a mut dyn State, facts: &'a Facts) -> Self {
        Self {
            state,
            recorded: Vec::new(),
            facts,
            passing: false,
        }
    }

    /// What was determined beforehand.
    #[must_use]
    pub fn facts(&self) -> &'a Facts {
        self.facts
    }

    /// The decision state, for the typed tables of the function groups.
    #[must_use]
    pub fn state(&self) -> &dyn View {
        self.state
    }

    /// Records that `event` happened to `stream`; the state follows at once, so that what is
    /// decided next sees it.
    ///
    /// # Errors
    /// When it is beyond the caller's authority, or the state's table cannot be read.
    pub fn record(
        &mut self,
        stream: impl Into<Stream>,
        event: impl Into<Event>,
    ) -> Result<(), Failure> {
        let (stream, event) = (stream.into(), event.into());
        authority::check(self.state, self.facts.scope, stream, &event)?;
        evolve(self.state, stream, &event)?;
        self.recorded.push((stream, event));
        Ok(())
    }

    /// Says that the answer holds for this moment alone, as one that tells of a vendor's failure: it is
    /// not remembered for the call's Idempotency-Key, so that the same call may succeed later.
    pub fn answers_for_now(&mut self) {
        self.passing = true;
    }

    /// Whether the answer holds for this moment alone.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.passing
    }

    /// What was recorded, in order.
    #[must_use]
    pub fn into_recorded(self) -> Vec<(Stream, Event)> {
        self.recorded
    }
}

/// The tables of the decision state: the first byte of every key. The numbers never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Table {
    /// Last id given, by kind.
    LastId = 1,
    /// User by id.
    User = 10,
    /// Details of a user by id.
    UserDetails = 11,
    /// User id by address, folded.
    UserByEmail = 12,
    /// User id by hash of the token.
    UserByToken = 13,
    /// Users by type: type and id, no value.
    UsersByType = 14,
    /// Conversations of a user: user id and conversation id, no value.
    UserConversations = 15,
    /// Conversation by id.
    Conversation = 20,
    /// How many active conversations an agent has, by agent.
    AgentLoad = 21,
    /// Conversations that wait for an agent to have time, by their places.
    Queue = 22,
    /// Message by id.
    Message = 30,
    /// Setting by ID: value and type.
    Setting = 40,
    /// Setting that is stored apart, by name.
    ExternalSetting = 41,
    /// Translations of such a setting, by name.
    ExternalSettingTranslations = 42,
    /// How far a reaction has planned, by reaction.
    ReactionCheckpoint = 50,
    /// What a reaction still has to deliver: reaction and delivery.
    Delivery = 51,
    /// What is to leave by a channel, by delivery.
    Order = 52,
    /// What became of orders that somebody waits for, by ticket.
    Receipt = 53,
    /// That somebody was told of messages and was not there since: user, channel and conversation; the
    /// delivery is the value.
    Told = 54,
    /// Since when and why a reaction delivers nothing, by reaction.
    Stopped = 55,
    /// Conversation of a mail that became a message, by the mail's identity.
    EmailReceived = 67,
    /// Text of the knowledge base by article and language: its number, and a hash of it.
    Article = 70,
    /// Numbers of the texts of a language in their order, by language.
    ArticleOrder = 71,
    /// All categories of articles: one row.
    ArticleCategories = 72,
    /// All automations with their translations: one row.
    Automations = 95,
    /// That an automation ran for a user: user id and automation; the period is the value.
    AutomationRan = 96,
    /// That a conversation has a note: conversation id and note id; its author is the value.
    Note = 80,
    /// Translation of a text: language, area and text.
    Translation = 83,
    /// What is known of a language that was saved, by code.
    Language = 84,
    /// That people have taken a conversation over from the bot, by conversation.
    Takeover = 105,
    /// The Slack channel of a user, by user id.
    SlackChannel = 110,
    /// Whose channel it is: user id by Slack's id of the channel.
    SlackChannelUser = 111,
    /// API token by the first half of its hash.
    ApiToken = 120,
    /// The first half of an API token's hash, by the token's id.
    ApiTokenById = 121,
    /// API tokens of an admin: user id and the token's id, no value.
    ApiTokensOfAdmin = 122,
}

impl Table {
    /// The key of a row: the table's byte and the parts, numbers big-endian.
    #[must_use]
    pub fn key(self, parts: &[&[u8]]) -> Vec<u8> {
        let mut key = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
        key.push(self as u8);
        for part in parts {
            key.extend_from_slice(part);
        }
        key
    }

    /// The key of a row that is found by its number.
    #[must_use]
    pub fn row(self, id: u64) -> Vec<u8> {
        self.key(&[&id.to_be_bytes()])
    }
}

/// The row at `key`, if there is one.
///
/// # Errors
/// When the table cannot be read, or the row is not a `T`.
pub fn read<T: DeserializeOwned>(state: &dyn View, key: &[u8]) -> Result<Option<T>, Failure> {
    state.get(key)?.map(|row| parsed(key, &row)).transpose()
}

/// A row that a scan has brought.
///
/// # Errors
/// When the row is not a `T`.
pub fn parsed<T: DeserializeOwned>(key: &[u8], row: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(row).map_err(|source| Fault::State(format!("{key:02x?}"), source).into())
}

/// Puts `row` at `key`.
pub fn write<T: Serialize>(state: &mut dyn State, key: &[u8], row: &T) {
    state.put(
        key,
        serde_json::to_vec(row).expect("rows have string keys and no failing serializer"),
    );
}

/// The number in the last eight bytes of a key.
#[must_use]
pub fn last_number(key: &[u8]) -> u64 {
    key.last_chunk::<8>()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// All numbers below a prefix, in order: the rows of an index such as [`Table::UsersByType`].
///
/// # Errors
/// When the table cannot be read.
pub fn numbers_below(state: &dyn View, prefix: &[u8]) -> Result<Vec<u64>, Failure> {
    let mut numbers = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = state.scan(prefix, after.as_deref(), PAGE)?;
        numbers.extend(page.iter().map(|(key, _)| last_number(key)));
        match page.into_iter().nth(PAGE - 1) {
            Some((key, _)) => after = Some(key),
            None => return Ok(numbers),
        }
    }
}

/// Deletes all rows below a prefix.
///
/// # Errors
/// When the table cannot be read.
pub fn delete_below(state: &mut dyn State, prefix: &[u8]) -> Result<(), Failure> {
    loop {
        let page = state.scan(prefix, None, PAGE)?;
        for (key, _) in &page {
            state.delete(key);
        }
        if page.len() < PAGE {
            return Ok(());
        }
    }
}
