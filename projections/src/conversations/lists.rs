//! Lists of conversations: which ones and in what order the board says, their rows the database.

use events::conversation::{Source, Status};
use events::{ConversationId, DepartmentId, UserId};

use super::board::Place;
use super::rows::ConversationRow;
use super::thread::with_last_messages;
use crate::database::args;
use crate::generation::Generation;
use crate::{Fault, ReadModels, Since};

/// Conversations on a page.
const PAGE: usize = 100;
/// Conversations in an answer without pages.
const LIST_MAX: usize = 1_000;

/// All statuses, the inbox first.
const STATUSES: [Status; 5] = [
    Status::Live,
    Status::WaitingUser,
    Status::WaitingAgent,
    Status::Archived,
    Status::Trashed,
];

/// Conversations of which status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatusFilter {
    /// Live or waiting: all but the archive and the trash.
    #[default]
    Inbox,
    /// This one.
    Code(Status),
}

impl StatusFilter {
    fn statuses(&self) -> &[Status] {
        match self {
            Self::Inbox => &STATUSES[..3],
            Self::Code(status) => std::slice::from_ref(status),
        }
    }
}

/// Whose conversations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AgentFilter {
    /// Everybody's.
    #[default]
    Any,
    /// Those assigned to one agent.
    Only {
        /// The agent.
        agent: UserId,
        /// Those assigned to nobody as well.
        with_unassigned: bool,
    },
}

impl AgentFilter {
    fn lets_through(self, place: &Place) -> bool {
        match self {
            Self::Any => true,
            Self::Only {
                agent,
                with_unassigned,
            } => place.agent == agent || with_unassigned && place.agent == UserId(0),
        }
    }
}

/// Which conversations are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConversationsFilter {
    /// Of this status.
    pub status: StatusFilter,
    /// Of this department.
    pub department: Option<DepartmentId>,
    /// From this source.
    pub source: Option<Source>,
    /// Of this agent.
    pub agent: AgentFilter,
    /// This page of 100, from 1; 0 is 1.
    pub page: u64,
}

impl ConversationsFilter {
    fn lets_through(&self, place: &Place) -> bool {
        self.department
            .is_none_or(|department| place.department == department)
            && self
                .source
                .is_none_or(|source| place.source == Some(source))
            && self.agent.lets_through(place)
    }

    fn is_narrow(&self) -> bool {
        self.department.is_some() || self.source.is_some() || self.agent != AgentFilter::Any
    }
}

impl ReadModels {
    /// A page of conversations, by the time of the last message, newest first. A late page costs
    /// what the first one does.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn conversations(
        &self,
        filter: &ConversationsFilter,
    ) -> Result<Vec<ConversationRow>, Fault> {
        let generation = self.generation();
        let page = usize::try_from(filter.page.saturating_sub(1)).unwrap_or(usize::MAX);
        let wanted = |place: &Place| filter.lets_through(place);
        let wanted: Option<&dyn Fn(&Place) -> bool> = if filter.is_narrow() {
            Some(&wanted)
        } else {
            None
        };
        let ids = generation.board().page(
            filter.status.statuses(),
            wanted,
            page.saturating_mul(PAGE),
            PAGE,
        );
        with_last_messages(&generation.db, &ids).await
    }

    /// Conversations that began, or in which something was written, after a time or another
    /// conversation, whatever their status, newest first; at most 1,000. After a conversation
    /// means: begun after it, or standing above it in the list because of a newer last message.
    /// After an unknown one: with a greater id.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn new_conversations(
        &self,
        since: Since<ConversationId>,
        agent: AgentFilter,
    ) -> Result<Vec<ConversationRow>, Fault> {
        let generation = self.generation();
        let ids: Vec<_> = {
            let board = generation.board();
            let since = After::of(since, |id| board.get(id).copied());
            let new = board
                .newest()
                .filter(|place| since.is_before(place) && agent.lets_through(place));
            new.take(LIST_MAX).map(|place| place.id).collect()
        };
        with_last_messages(&generation.db, &ids).await
    }

    /// The conversations of a user, or with `as_agent` those in which the user wrote one of the
    /// user's newest 20,000 messages; without the trash and `exclude`, newest first, at most 1,000.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn user_conversations(
        &self,
        user: UserId,
        exclude: Option<ConversationId>,
        as_agent: bool,
    ) -> Result<Vec<ConversationRow>, Fault> {
        let generation = self.generation();
        let theirs = if as_agent { WROTE_IN } else { OWN };
        let ids = conversations_in(&generation, user, theirs, |place| Some(place.id) != exclude);
        with_last_messages(&generation.db, &ids.await?).await
    }

    /// As [`ReadModels::user_conversations`], only those that are new since then, in the sense of
    /// [`ReadModels::new_conversations`].
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn new_user_conversations(
        &self,
        user: UserId,
        since: Since<ConversationId>,
    ) -> Result<Vec<ConversationRow>, Fault> {
        let generation = self.generation();
        let since = After::of(since, |id| generation.board().get(id).copied());
        let ids = conversations_in(&generation, user, OWN, |place| since.is_before(place));
        with_last_messages(&generation.db, &ids.await?).await
    }

    /// How many conversations there are, of one status or of all.
    ///
    /// # Errors
    /// None today; fallible as all queries are.
    pub async fn count_conversations(&self, status: Option<Status>) -> Result<u64, Fault> {
        let generation = self.generation();
        let board = generation.board();
        let count = match status {
            Some(status) => board.count(&[status]),
            None => board.count(&STATUSES),
        };
        Ok(count as u64)
    }

    /// Those of these conversations that are assigned to the agent and to the department, as far
    /// as they are given, in the order asked.
    ///
    /// # Errors
    /// None today; fallible as all queries are.
    pub async fn assigned(
        &self,
        conversations: &[ConversationId],
        agent: Option<UserId>,
        department: Option<DepartmentId>,
    ) -> Result<Vec<ConversationId>, Fault> {
        let generation = self.generation();
        let board = generation.board();
        let fits = |id: &&ConversationId| {
            board.get(**id).is_some_and(|place| {
                agent.is_none_or(|agent| place.agent == agent)
                    && department.is_none_or(|department| place.department == department)
            })
        };
        Ok(conversations.iter().filter(fits).copied().collect())
    }
}

/// A point in the list of conversations.
enum After {
    Time(i64),
    Place { time: i64, id: ConversationId },
    Id(ConversationId),
}

impl After {
    fn of(
        since: Since<ConversationId>,
        place: impl FnOnce(ConversationId) -> Option<Place>,
    ) -> Self {
        match since {
            Since::Time(time) => Self::Time(time),
            Since::Id(id) => match place(id) {
                Some(place) => Self::Place {
                    time: place.last_time,
                    id,
                },
                None => Self::Id(id),
            },
        }
    }

    fn is_before(&self, place: &Place) -> bool {
        match *self {
            Self::Time(time) => place.last_time > time,
            Self::Place { time, id } => place.id > id || (place.last_time, place.id) > (time, id),
            Self::Id(id) => place.id > id,
        }
    }
}

/// The conversations of the user `$1`.
const OWN: &str = "FROM conversations WHERE user_id = $1";
/// Those that the user `$1` wrote in lately.
const WROTE_IN: &str = "FROM (SELECT conversation_id AS id FROM messages WHERE user_id = $1
                              ORDER BY messages.id DESC LIMIT 20000) AS newest GROUP BY id";

/// The conversations that `from` names, without the trash, as far as they are `wanted`, newest
/// first.
async fn conversations_in(
    generation: &Generation,
    user: UserId,
    from: &str,
    wanted: impl Fn(&Place) -> bool,
) -> Result<Vec<ConversationId>, Fault> {
    let ids: Vec<(ConversationId,)> = generation.db.read(&["id"], from, args![user.0]).await?;
    let board = generation.board();
    let fits = |place: &&Place| place.status != Status::Trashed && wanted(place);
    let mut places: Vec<&Place> = ids
        .iter()
        .filter_map(|(id,)| board.get(*id))
        .filter(fits)
        .collect();
    places.sort_unstable_by_key(|place| place.key());
    Ok(places.iter().take(LIST_MAX).map(|place| place.id).collect())
}
