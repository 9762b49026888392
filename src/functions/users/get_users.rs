//! `get-users`

use std::collections::HashMap;

use events::{UserId, user::UserType};
use projections::{UserRow, UsersFilter};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    add_user::creatable,
    row::{DetailAnswer, UserAnswer},
    sorting::SortedBy,
};
use crate::{
    functions::{Context, Failure, Query, Refusal, ids::Ids},
    wire::{FlagOr, Integer, List, Maybe, OrFalse, Text, Word},
};

/// Users whose details are read at once: few enough that no limit of the read model cuts them.
const USERS_AT_ONCE: usize = 1_000;

/// Returns users of all types but the bot, newest first.
///
/// Without `pagination`, or with 0, these are all users, at most 100,000. `search` finds parts of
/// names, email and additional details without regard to case, among the newest 5,000 that match.
/// `extra` adds to each user the list `details`, empty where there is nothing to show. An
/// explicitly empty list of `user_ids` (`[]`) is nobody; absent or false is no filter. A type that does not exist is refused as
/// `invalid-user-type`, a column or order that does not exist as `invalid-argument`.
/// # Example
/// `{"sorting": ["last_name", "ASC"], "user_types": ["user", "lead"], "pagination": 1, "extra": ["phone"]}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetUsers {
    /// Column and order: `first_name`, `last_name`, `email`, `profile_image`, `user_type`,
    /// `creation_time`, `last_activity` or `department`; ASC or DESC (the default).
    sorting: SortedBy,
    /// visitor, lead, user, agent, admin; all of them when empty.
    #[serde(default)]
    user_types: List<Word<32>>,
    /// What to look for.
    #[serde(default)]
    search: Maybe<Text<255>>,
    /// 1 for the first 100 users, 2 for the next 100, and so on.
    #[serde(default)]
    pagination: OrFalse<Integer<1, 1_000_000>>,
    /// true for all additional details, or the slugs of those to show.
    #[serde(default)]
    extra: FlagOr<List<Word<255>>>,
    /// Only these users, at most 10,000.
    #[serde(default)]
    user_ids: OrFalse<Ids<UserId>>,
}

impl Query for GetUsers {
    const NAME: &'static str = "get-users";
    type Reply = Vec<UserAnswer>;

    async fn answer(self, context: &Context) -> Result<Vec<UserAnswer>, Failure> {
        let types: Result<Vec<UserType>, Refusal> = self
            .user_types
            .0
            .iter()
            .map(|name| creatable(name))
            .collect();
        let filter = UsersFilter {
            types: types?,
            search: self.search.0,
            ids: self.user_ids.0,
            sorting: self.sorting.0,
            page: self.pagination.0.map(i64::unsigned_abs),
        };
        let rows = context.service.reads.users(&filter).await?;
        let slugs = match self.extra {
            FlagOr::Flag(false) => return Ok(answers(context, rows).collect()),
            FlagOr::Flag(true) => None,
            FlagOr::Value(slugs) => Some(slugs),
        };
        let ids: Vec<UserId> = rows.iter().map(|row| row.id).collect();
        let mut details = details_by_user(context, &ids, slugs.as_deref()).await?;
        let details = ids.iter().map(|id| details.remove(id).unwrap_or_default());
        Ok(answers(context, rows)
            .zip(details)
            .map(|(user, details)| user.with_details(details))
            .collect())
    }
}

/// Users of the read model as rows of an answer.
pub fn answers(context: &Context, rows: Vec<UserRow>) -> impl Iterator<Item = UserAnswer> {
    rows.into_iter().map(|row| UserAnswer::new(context, row))
}

async fn details_by_user(
    context: &Context,
    ids: &[UserId],
    slugs: Option<&[String]>,
) -> Result<HashMap<UserId, Vec<DetailAnswer>>, Failure> {
    let mut details: HashMap<UserId, Vec<DetailAnswer>> = HashMap::new();
    for some in ids.chunks(USERS_AT_ONCE) {
        for row in context.service.reads.details(some, slugs).await? {
            details.entry(row.user_id).or_default().push(row.into());
        }
    }
    Ok(details)
}
