//! Questions about users, answered with their rows.

use events::UserId;
use events::user::UserType;

use super::rows::{DetailRow, UserRow};
use crate::database::{Filter, args, id_list};
use crate::{Fault, ReadModels};

/// Users on a page.
const PAGE: u64 = 100;
/// Users in an answer without pages.
const USERS_MAX: u64 = 100_000;
/// Users in an answer of what is new.
const NEW_USERS_MAX: u64 = 1_000;
/// Details in an answer.
const DETAILS_MAX: u64 = 1_000_000;
/// Users in an answer of a search.
const FOUND_MAX: u64 = 100;

/// A point after which something is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since<Id> {
    /// After the one with this id.
    Id(Id),
    /// After this time, in milliseconds since the epoch.
    Time(i64),
}

/// A column by which users can be sorted and asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserColumn {
    /// `first_name`
    FirstName,
    /// `last_name`
    LastName,
    /// `email`
    Email,
    /// `profile_image`
    ProfileImage,
    /// `user_type`
    UserType,
    /// `creation_time`
    CreationTime,
    /// `last_activity`
    LastActivity,
    /// `department`
    Department,
}

impl UserColumn {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::ProfileImage,
        Self::UserType,
        Self::CreationTime,
        Self::LastActivity,
        Self::Department,
    ];

    /// Its name in the API and in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
            Self::ProfileImage => "profile_image",
            Self::UserType => "user_type",
            Self::CreationTime => "creation_time",
            Self::LastActivity => "last_activity",
            Self::Department => "department",
        }
    }

    /// The column with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

    /// What to sort by. Texts are sorted without regard to the case of Latin letters; what is
    /// not there counts as empty.
    fn order(self) -> String {
        match self {
            Self::CreationTime | Self::LastActivity => self.name().to_owned(),
            Self::Department => "COALESCE(department, 0)".to_owned(),
            Self::FirstName
            | Self::LastName
            | Self::Email
            | Self::ProfileImage
            | Self::UserType => {
                format!("lower(COALESCE({}, ''))", self.name())
            }
        }
    }
}

/// Which end of a list comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The smallest.
    Ascending,
    /// The largest.
    Descending,
}

/// How users are sorted; those alike are sorted by id, in the same direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sorting {
    /// By what.
    pub column: UserColumn,
    /// Which way.
    pub direction: Direction,
}

impl Default for Sorting {
    /// Newest first.
    fn default() -> Self {
        Self {
            column: UserColumn::CreationTime,
            direction: Direction::Descending,
        }
    }
}

impl Sorting {
    fn order(self) -> String {
        let direction = match self.direction {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        };
        format!("{} {direction}, id {direction}", self.column.order())
    }
}

/// Which users are asked for, and how they come.
#[derive(Clone, Debug, Default)]
pub struct UsersFilter {
    /// Of these types; empty for all but the bot.
    pub types: Vec<UserType>,
    /// With this text in a name, the address or a detail; as [`ReadModels::search_users`], among
    /// the newest 5,000 that match.
    pub search: Option<String>,
    /// Among these.
    pub ids: Option<Vec<UserId>>,
    /// In this order.
    pub sorting: Sorting,
    /// This page of 100, from 1; without it the first 100,000.
    pub page: Option<u64>,
}

impl ReadModels {
    /// A user, whatever the type.
    ///
    /// # Errors
    /// When the database cannot be read; so with every query.
    pub async fn user(&self, user: UserId) -> Result<Option<UserRow>, Fault> {
        Ok(self
            .db()
            .read(UserRow::COLUMNS, "FROM users WHERE id = $1", args![user.0])
            .await?
            .pop())
    }

    /// The details of these users, by user and in each user's order; only those with one of
    /// `slugs`, if given. At most 1,000,000.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn details(
        &self,
        users: &[UserId],
        slugs: Option<&[String]>,
    ) -> Result<Vec<DetailRow>, Fault> {
        let db = self.db();
        let mut filter = Filter::default();
        filter.and_with(id_list(users), |list| {
            format!("user_id IN ({})", db.dialect().ids(list))
        });
        if let Some(slugs) = slugs {
            let slugs = serde_json::to_string(slugs).map_err(Fault::Row)?;
            filter.and_with(slugs, |list| {
                format!("slug IN ({})", db.dialect().texts(list))
            });
        }
        let (conditions, args) = filter.finish();
        let from = format!(
            "FROM user_details WHERE {conditions} ORDER BY user_id, place, slug LIMIT {DETAILS_MAX}"
        );
        db.read(&["user_id", "slug", "name", "value"], &from, args)
            .await
    }

    /// The users that a filter lets through.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn users(&self, filter: &UsersFilter) -> Result<Vec<UserRow>, Fault> {
        let db = self.db();
        let mut where_ = Filter::default();
        if filter.types.is_empty() {
            where_.and("user_type <> 'bot'");
        } else {
            let types = serde_json::to_string(&filter.types).map_err(Fault::Row)?;
            where_.and_with(types, |list| {
                format!("user_type IN ({})", db.dialect().texts(list))
            });
        }
        if let Some(text) = &filter.search {
            let found = self.matching_users(text).await?;
            where_.and_with(id_list(&found), |list| {
                format!("id IN ({})", db.dialect().ids(list))
            });
        }
        if let Some(ids) = &filter.ids {
            where_.and_with(id_list(ids), |list| {
                format!("id IN ({})", db.dialect().ids(list))
            });
        }
        let (conditions, args) = where_.finish();
        let order = filter.sorting.order();
        let from = match filter.page {
            None => format!("FROM users WHERE {conditions} ORDER BY {order} LIMIT {USERS_MAX}"),
            // What comes before a page is stepped over in an index, without reading the rows.
            Some(page) => format!(
                "FROM users WHERE id IN (SELECT id FROM users WHERE {conditions}
                                         ORDER BY {order} LIMIT {PAGE} OFFSET {})
                 ORDER BY {order}",
                page.saturating_sub(1)
                    .saturating_mul(PAGE)
                    .min(i64::MAX as u64)
            ),
        };
        db.read(UserRow::COLUMNS, &from, args).await
    }

    /// Users created after a user or a time, newest first, without the bot; at most 1,000.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn new_users(&self, since: Since<UserId>) -> Result<Vec<UserRow>, Fault> {
        let (condition, args) = match since {
            Since::Id(user) => ("id > $1", args![user.0]),
            Since::Time(time) => ("creation_time > $1", args![time]),
        };
        let from = format!(
            "FROM users WHERE {condition} AND user_type <> 'bot'
             ORDER BY creation_time DESC, id DESC LIMIT {NEW_USERS_MAX}"
        );
        self.db().read(UserRow::COLUMNS, &from, args).await
    }

    /// Those of these users that exist, sorted.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn users_by_ids(
        &self,
        users: &[UserId],
        sorting: Sorting,
    ) -> Result<Vec<UserRow>, Fault> {
        let db = self.db();
        let from = format!(
            "FROM users WHERE id IN ({}) ORDER BY {} LIMIT {USERS_MAX}",
            db.dialect().ids("$1"),
            sorting.order()
        );
        db.read(UserRow::COLUMNS, &from, args![id_list(users)])
            .await
    }

    /// Users with this text in a name, in "first last", in the address or in the value of a
    /// detail, without regard to case; newest first, without the bot, at most 100.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn search_users(&self, text: &str) -> Result<Vec<UserRow>, Fault> {
        let db = self.db();
        let found = self.matching_users(text).await?;
        let from = format!(
            "FROM users WHERE id IN ({}) AND user_type <> 'bot'
             ORDER BY creation_time DESC, id DESC LIMIT {FOUND_MAX}",
            db.dialect().ids("$1")
        );
        db.read(UserRow::COLUMNS, &from, args![id_list(&found)])
            .await
    }
}
