//! Users: what they added before is taken, what they add now is added.

use std::collections::BTreeMap;

use events::UserId;

use super::Changes;
use crate::Fault;
use crate::database::{Tx, args, id_list};
use crate::reports::people::{Person, PersonRow, begins};
use crate::reports::rows::USERS;

impl Changes<'_> {
    pub(super) async fn write_users(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        let mut before = self.known_people(tx).await?;
        let mut after = BTreeMap::new();
        for (id, events) in &self.people {
            let mut person = before.remove(id);
            for entry in person.iter().flat_map(Person::entries) {
                self.tally.take(entry);
            }
            let mut last = None;
            for recorded in events {
                let now = Person::after(person.clone(), recorded);
                last = person.or(last);
                person = now;
            }
            match person {
                Some(person) => {
                    for entry in person.entries() {
                        self.tally.add(entry);
                    }
                    after.insert(*id, person);
                }
                None => {
                    let deleted = self.deleted_users.get(id).copied();
                    let trace = last.zip(deleted).and_then(|(last, kind)| last.trace(kind));
                    if let Some(entry) = trace {
                        self.tally.add(entry);
                    }
                }
            }
        }
        let rows: Vec<_> = after
            .iter()
            .map(|(id, person)| person.values(*id))
            .collect();
        let columns: Vec<_> = USERS.columns.0[1..].iter().map(|(name, _)| *name).collect();
        USERS.upsert(tx, &columns, &rows).await?;
        let deleted: Vec<_> = self.deleted_users.keys().collect();
        USERS.delete(tx, "user_id", &deleted).await
    }

    /// What is known of those who were there before.
    async fn known_people(&self, tx: &mut Tx) -> Result<BTreeMap<UserId, Person>, Fault> {
        let ids: Vec<UserId> = self
            .people
            .iter()
            .filter(|(_, events)| !events.iter().any(|recorded| begins(recorded)))
            .map(|(id, _)| *id)
            .collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let columns: Vec<_> = USERS.columns.0.iter().map(|(name, _)| *name).collect();
        let from = format!(
            "FROM report_users WHERE user_id IN ({})",
            tx.dialect().ids("$1")
        );
        let rows: Vec<PersonRow> = tx.read(&columns, &from, args![id_list(&ids)]).await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.0, Person::from(row)))
            .collect())
    }
}
