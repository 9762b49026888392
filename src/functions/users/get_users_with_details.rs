//! `get-users-with-details`

use std::collections::{BTreeMap, HashSet};

use events::UserId;
use projections::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use crate::{
    clock::wire_time,
    functions::{Context, Failure, Query, Refusal, ids::Ids},
    wire::{List, OrFalse, Word, WordOr},
};

/// The most details that one call may ask for.
const DETAILS_MAX: usize = 100;

/// Returns, for each detail asked for, the users who have it and what it is.
///
/// A detail is a column of the users (`email`, `first_name`, …) or the slug of an additional
/// detail, at most 100 of them; one that nobody has is answered with an empty list. An explicitly
/// empty list of `user_ids` (`[]`) is nobody.
/// # Example
/// `{"details": ["email", "phone"], "user_ids": "all"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetUsersWithDetails {
    /// Columns and slugs.
    #[schemars(required, extend("minItems" = 1))]
    details: List<Word<255>>,
    /// Whom to look at: all or false for everybody, agents for agents and admins, or at most
    /// 10,000 users.
    #[serde(default)]
    user_ids: OrFalse<WordOr<Whom, Ids<UserId>>>,
}

/// Groups of users.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Whom {
    /// Everybody.
    All,
    /// Agents and admins.
    Agents,
}

/// The users who have a detail, by detail, in the order asked.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct UsersByDetail(
    #[serde(serialize_with = "as_map")]
    #[schemars(with = "BTreeMap<String, Vec<DetailOfUser>>")]
    Vec<(String, Vec<DetailOfUser>)>,
);

/// A user's detail.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DetailOfUser {
    /// The user's ID.
    id: u64,
    /// What the detail is.
    value: String,
}

impl Query for GetUsersWithDetails {
    const NAME: &'static str = "get-users-with-details";
    type Reply = UsersByDetail;

    async fn answer(self, context: &Context) -> Result<UsersByDetail, Failure> {
        let names = wanted(self.details.0)?;
        let scope = match self.user_ids.0 {
            None | Some(WordOr::Word(Whom::All)) => Scope::Everybody,
            Some(WordOr::Word(Whom::Agents)) => Scope::Staff,
            Some(WordOr::Value(ids)) => Scope::Ids(ids),
        };
        let found = context
            .service
            .reads
            .users_with_details(&names, &scope)
            .await?;
        let users = found.into_iter().map(|(name, users)| {
            let users = users.into_iter().map(|user| DetailOfUser {
                id: user.id.0,
                value: shown(&name, user.value),
            });
            let users = users.collect();
            (name, users)
        });
        Ok(UsersByDetail(users.collect()))
    }
}

/// Times as every answer writes them; the read model has them in milliseconds.
fn shown(name: &str, value: String) -> String {
    let is_time = matches!(name, "creation_time" | "last_activity");
    match value.parse() {
        Ok(time_ms) if is_time => wire_time(time_ms),
        _ => value,
    }
}

/// Each name once, because the answer is an object.
fn wanted(mut names: Vec<String>) -> Result<Vec<String>, Refusal> {
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    match names.len() {
        0 => Err(Refusal::MissingArgument("details is missing".to_owned())),
        1..=DETAILS_MAX => Ok(names),
        _ => {
            let why = format!("details: a list of more than {DETAILS_MAX} details");
            Err(Refusal::InvalidArgument(why))
        }
    }
}

fn as_map<S: Serializer>(
    pairs: &[(String, Vec<DetailOfUser>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, users)| (name, users)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_an_object_in_the_order_asked() {
        let users = vec![DetailOfUser {
            id: 3,
            value: "+1".to_owned(),
        }];
        let answer = UsersByDetail(vec![
            ("phone".to_owned(), users),
            ("email".to_owned(), Vec::new()),
        ]);
        let json = serde_json::to_string(&answer).unwrap();
        assert_eq!(json, r#"{"phone":[{"id":3,"value":"+1"}],"email":[]}"#);
    }

    #[test]
    fn times_are_written_as_everywhere() {
        let shown = |name, value: &str| shown(name, value.to_owned());
        assert_eq!(
            shown("creation_time", "1589293739000"),
            "2020-05-12 14:28:59"
        );
        assert_eq!(shown("phone", "1589293739000"), "1589293739000");
    }

    #[test]
    fn details_are_asked_for_once_and_within_a_limit() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(wanted(names(&["b", "a", "b"])), Ok(names(&["b", "a"])));
        assert!(wanted(Vec::new()).is_err());
        assert!(wanted((0..=DETAILS_MAX).map(|name| name.to_string()).collect()).is_err());
    }
}
