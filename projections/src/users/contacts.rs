//! Questions about users, answered with less than their rows.

use events::user::UserType;
use events::{ConversationId, UserId};
use serde::Deserialize;

use super::queries::UserColumn;
use crate::database::{Filter, args, id_list};
use crate::{Fault, ReadModels};

/// Values in the answer for one detail.
const VALUES_MAX: u64 = 100_000;
/// Agents and admins in an answer.
const AGENTS_MAX: u64 = 10_000;

/// Users in the answer to who was active.
const ACTIVE_MAX: u64 = 100_000;

/// The columns of a [`Contact`].
const CONTACT: &[&str] = &["users.id", "users.email"];

/// A user and where to write to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Contact {
    /// The user.
    pub id: UserId,
    /// The address, if there is one.
    pub email: Option<String>,
}

/// The value of one detail of one user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DetailValue {
    /// The user.
    pub id: UserId,
    /// The value as text: times in milliseconds since the epoch.
    pub value: String,
}

/// Whose details are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everybody but the bot.
    Everybody,
    /// Agents and admins.
    Staff,
    /// These users.
    Ids(Vec<UserId>),
}

/// How many users there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserCounts {
    /// Visitors, leads, users, agents and admins; not the bot.
    pub all: u64,
    /// Leads.
    pub lead: u64,
    /// Users in the narrow sense.
    pub user: u64,
    /// Visitors.
    pub visitor: u64,
}

impl ReadModels {
    /// The first user whose detail `phone` is this number, however it is written there.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn user_of_phone(&self, number: &str) -> Result<Option<UserId>, Fault> {
        const SIGNS: [&str; 6] = [" ", "-", ".", "(", ")", "+"];
        let bare = |text: &str| {
            SIGNS.iter().fold(text.to_owned(), |text, sign| {
                format!("replace({text}, '{sign}', '')")
            })
        };
        let from = format!(
            "FROM user_details WHERE slug = 'phone' AND {} = {} ORDER BY user_id LIMIT 1",
            bare("value"),
            bare("$1")
        );
        let found: Vec<(UserId,)> = self.db().read(&["user_id"], &from, args![number]).await?;
        Ok(found.first().map(|(user,)| *user))
    }

    /// For each name, in the order given, the users that have it and its value, by id: names are
    /// those of columns ([`UserColumn`]) or slugs of details. At most 100,000 each.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn users_with_details(
        &self,
        names: &[String],
        scope: &Scope,
    ) -> Result<Vec<(String, Vec<DetailValue>)>, Fault> {
        let mut answer = Vec::with_capacity(names.len());
        for name in names {
            answer.push((name.clone(), self.users_with(name, scope).await?));
        }
        Ok(answer)
    }

    async fn users_with(&self, name: &str, scope: &Scope) -> Result<Vec<DetailValue>, Fault> {
        let db = self.db();
        let mut filter = Filter::default();
        let (value, tables) = match UserColumn::named(name) {
            Some(column) => (format!("CAST(users.{} AS TEXT)", column.name()), "users"),
            None => {
                filter.and_with(name, |slug| format!("user_details.slug = {slug}"));
                let tables = "user_details JOIN users ON users.id = user_details.user_id";
                ("user_details.value".to_owned(), tables)
            }
        };
        filter.and(format!("{value} <> ''"));
        match scope {
            Scope::Everybody => filter.and("users.user_type <> 'bot'"),
            Scope::Staff => filter.and("users.user_type IN ('agent', 'admin')"),
            Scope::Ids(ids) => filter.and_with(id_list(ids), |list| {
                format!("users.id IN ({})", db.dialect().ids(list))
            }),
        }
        let (conditions, args) = filter.finish();
        let from = format!("FROM {tables} WHERE {conditions} ORDER BY users.id LIMIT {VALUES_MAX}");
        db.read(&["users.id", &value], &from, args).await
    }

    /// The agents, and with `admins` the admins, by id. At most 10,000.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn agent_ids(&self, admins: bool) -> Result<Vec<UserId>, Fault> {
        let types = if admins {
            "'agent', 'admin'"
        } else {
            "'agent'"
        };
        let from =
            format!("FROM users WHERE user_type IN ({types}) ORDER BY id LIMIT {AGENTS_MAX}");
        let rows: Vec<(UserId,)> = self.db().read(&["id"], &from, args![]).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Whose conversation it is.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn conversation_user(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<Contact>, Fault> {
        let from = "FROM conversations JOIN users ON users.id = conversations.user_id
                    WHERE conversations.id = $1";
        Ok(self
            .db()
            .read(CONTACT, from, args![conversation.0])
            .await?
            .pop())
    }

    /// The agent or admin who wrote last in a conversation; the bot does not count.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn last_agent_of(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<Contact>, Fault> {
        let from = "FROM messages JOIN users ON users.id = messages.user_id
                    WHERE messages.conversation_id = $1 AND users.user_type IN ('agent', 'admin')
                    ORDER BY messages.id DESC LIMIT 1";
        Ok(self
            .db()
            .read(CONTACT, from, args![conversation.0])
            .await?
            .pop())
    }

    /// How many users there are of each type.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn count_users(&self) -> Result<UserCounts, Fault> {
        let rows: Vec<(UserType, u64)> = self
            .db()
            .read(
                &["user_type", "COUNT(*)"],
                "FROM users GROUP BY user_type",
                args![],
            )
            .await?;
        let mut counts = UserCounts::default();
        for (user_type, users) in rows {
            match user_type {
                UserType::Lead => counts.lead = users,
                UserType::User => counts.user = users,
                UserType::Visitor => counts.visitor = users,
                UserType::Agent | UserType::Admin => {}
                UserType::Bot => continue,
            }
            counts.all += users;
        }
        Ok(counts)
    }

    /// Who was seen after this time, and when last, by id; for the presence kept in memory. At
    /// most 100,000.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn active_since(&self, time_ms: i64) -> Result<Vec<(UserId, i64)>, Fault> {
        // Whoever was made and not seen since has the time of that.
        let from = format!(
            "FROM users WHERE last_activity > $1 AND last_activity > creation_time
             ORDER BY id LIMIT {ACTIVE_MAX}"
        );
        self.db()
            .read(&["id", "last_activity"], &from, args![time_ms])
            .await
    }
}
