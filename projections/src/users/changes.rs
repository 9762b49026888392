//! What events do to users: folded into one operation for each row, then written.

use std::collections::{BTreeMap, BTreeSet};

use events::user::{Created, Detail, DetailsUpdated};
use events::{Event, Recorded, UserId, topic};

use super::patch::{PATCH, Patch, SET_PATCH};
use super::rows::{DETAILS, USERS, UserRow};
use crate::Fault;
use crate::database::{Kind, Shape, Tx, run, without_nul};
use crate::projection::Effects;

/// Rows that raise `last_activity`: of whom, to when.
pub(crate) const ACTIVITY: Shape = Shape(&[("id", Kind::Int), ("last_activity", Kind::Int)]);
/// How they raise it: SET and WHERE of an update in which `patch` is such a row.
pub(crate) const RAISE_ACTIVITY: &str = "last_activity = CASE WHEN patch.last_activity > users.last_activity \
                                         THEN patch.last_activity ELSE users.last_activity END";

/// What names a detail.
const DETAIL_KEY: Shape = Shape(&[("user_id", Kind::Int), ("slug", Kind::Text)]);

/// The changes of a batch.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    created: BTreeMap<UserId, UserRow>,
    patched: BTreeMap<UserId, Patch>,
    details: BTreeMap<(UserId, String), DetailChange>,
    seen: BTreeMap<UserId, i64>,
    deleted: BTreeSet<UserId>,
    touched: BTreeSet<UserId>,
}

/// What becomes of a detail in this batch.
#[derive(Debug)]
struct DetailChange {
    /// A row of before goes, and with it the detail's place.
    removed: bool,
    /// The detail now, with its place should it be new; `None` when it is gone.
    now: Option<(Detail, i64)>,
}

impl Changes {
    /// Folds events into changes.
    pub(crate) fn of(events: &[Recorded]) -> Self {
        let mut changes = Self::default();
        for recorded in events {
            if let Some(event) = &recorded.event {
                changes.fold(recorded, event);
            }
        }
        changes
    }

    fn fold(&mut self, recorded: &Recorded, event: &Event) {
        let user = UserId(recorded.stream.id);
        match event {
            Event::UserCreated(created) => self.create(user, created, recorded),
            Event::UserProfileUpdated(profile) => self.patch(user).profile(profile),
            Event::UserEmailChanged(changed) => {
                self.patch(user).email = Some(changed.email.clone());
            }
            Event::UserTypeChanged(changed) => self.patch(user).user_type = Some(changed.to),
            Event::UserDetailsUpdated(details) => {
                self.update_details(user, details, recorded.position);
            }
            Event::UserUrlVisited(visited) => {
                self.set_details(user, &[visited.detail()], recorded.position);
                self.see(user, recorded.time_ms);
            }
            Event::UserLoggedIn(_) => self.see(user, recorded.time_ms),
            Event::UserDeleted(_) => self.delete(user),
            Event::MessageSent(sent) => self.see(sent.author, recorded.time_ms),
            Event::UserPasswordChanged(_)
            | Event::UserLoggedOut(_)
            | Event::UserReturned(_)
            | Event::MessageUpdated(_)
            | Event::MessageRead(_)
            | Event::MessageDeleted(_)
            | Event::ReportRecorded(_)
            | topic!(conversations)
            | topic!(notes)
            | topic!(deliveries)
            | topic!(channels)
            | topic!(articles)
            | topic!(workspace) => {}
        }
    }

    fn create(&mut self, id: UserId, created: &Created, recorded: &Recorded) {
        let row = UserRow {
            id,
            user_type: created.user_type,
            first_name: created.first_name.clone(),
            last_name: created.last_name.clone(),
            email: created.email.clone(),
            profile_image: created.profile_image.clone(),
            department: created.department.filter(|department| department.0 != 0),
            token: created.token.clone(),
            creation_time: recorded.time_ms,
            last_activity: recorded.time_ms,
        };
        self.created.insert(id, row);
        self.touched.insert(id);
        self.set_details(id, &created.details, recorded.position);
    }

    fn patch(&mut self, id: UserId) -> &mut Patch {
        self.touched.insert(id);
        self.patched.entry(id).or_default()
    }

    fn update_details(&mut self, id: UserId, details: &DetailsUpdated, position: u64) {
        self.touched.insert(id);
        for slug in &details.removed {
            let (removed, now) = (true, None);
            let gone = DetailChange { removed, now };
            self.details.insert((id, without_nul(slug)), gone);
        }
        self.set_details(id, &details.set, position);
    }

    fn set_details(&mut self, id: UserId, details: &[Detail], position: u64) {
        for (index, detail) in details.iter().enumerate() {
            let change = self
                .details
                .entry((id, without_nul(&detail.slug)))
                .or_insert(DetailChange {
                    removed: false,
                    now: None,
                });
            // A detail set twice keeps the place it had.
            let place = change
                .now
                .as_ref()
                .map_or(place(position, index), |(_, place)| *place);
            change.now = Some((detail.clone(), place));
        }
    }

    fn see(&mut self, id: UserId, time_ms: i64) {
        let seen = self.seen.entry(id).or_insert(time_ms);
        *seen = time_ms.max(*seen);
    }

    fn delete(&mut self, id: UserId) {
        self.created.remove(&id);
        self.patched.remove(&id);
        self.seen.remove(&id);
        self.deleted.insert(id);
        self.touched.insert(id);
    }

    /// Writes the changes.
    pub(crate) async fn write(mut self, tx: &mut Tx, effects: &mut Effects) -> Result<(), Fault> {
        for (id, row) in &mut self.created {
            if let Some(patch) = self.patched.remove(id) {
                patch.onto(row);
            }
            if let Some(seen) = self.seen.remove(id) {
                row.last_activity = row.last_activity.max(seen);
            }
        }
        let created: Vec<_> = self.created.values().map(UserRow::values).collect();
        USERS.insert(tx, &created).await?;
        let patched: Vec<_> = self
            .patched
            .iter()
            .map(|(id, patch)| patch.values(*id))
            .collect();
        USERS.patch(tx, PATCH, SET_PATCH, &patched).await?;
        let seen: Vec<_> = self.seen.iter().collect();
        USERS.patch(tx, ACTIVITY, RAISE_ACTIVITY, &seen).await?;
        self.write_details(tx).await?;
        let deleted: Vec<_> = self.deleted.iter().collect();
        USERS.delete(tx, "id", &deleted).await?;
        DETAILS.delete(tx, "user_id", &deleted).await?;
        effects.touched.users.append(&mut self.touched);
        Ok(())
    }

    async fn write_details(&self, tx: &mut Tx) -> Result<(), Fault> {
        let removed: Vec<_> = self
            .details
            .iter()
            .filter(|(_, change)| change.removed)
            .map(|(key, _)| key)
            .collect();
        let sql = format!(
            "DELETE FROM user_details WHERE (user_id, slug) IN (SELECT user_id, slug FROM ({}) AS gone)",
            DETAIL_KEY.rows(tx.dialect())
        );
        run(tx, &sql, &removed).await?;
        let now: Vec<_> = self
            .details
            .iter()
            .filter_map(|((user, slug), change)| {
                change
                    .now
                    .as_ref()
                    .map(|(detail, place)| (user, slug, &detail.name, &detail.value, place))
            })
            .collect();
        DETAILS.upsert(tx, &["name", "value"], &now).await
    }
}

/// Orders details by the event that added them, then by their order in it.
fn place(position: u64, index: usize) -> i64 {
    (position.cast_signed() << 16) | i64::try_from(index).unwrap_or(0xffff).min(0xffff)
}
