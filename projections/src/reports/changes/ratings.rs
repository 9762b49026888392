//! Ratings: a conversation's new one takes the place of the old one.

use events::report::Name;
use events::{ConversationId, UserId};
use serde::Deserialize;

use super::{Changes, Rating};
use crate::Fault;
use crate::database::{Tx, args, id_list};
use crate::reports::rows::RATINGS;
use crate::reports::tally::Entry;

/// A row of `report_ratings`.
#[derive(Debug, Deserialize)]
struct RatingRow(ConversationId, UserId, u8, i64);

impl Rating {
    fn entry(self) -> Entry {
        Entry::one(Name::AgentsRatings, self.quarter)
            .of_agent(self.agent)
            .with(1, self.positive.into())
    }
}

impl Changes<'_> {
    pub(super) async fn write_ratings(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        let gone = self.conversations.iter().filter(|(_, news)| news.gone);
        let gone: Vec<ConversationId> = gone.map(|(id, _)| *id).collect();
        if self.rated.is_empty() && gone.is_empty() && self.deleted_users.is_empty() {
            return Ok(());
        }
        let mut conversations: Vec<ConversationId> = self.rated.keys().copied().collect();
        conversations.extend(&gone);
        let agents: Vec<UserId> = self.deleted_users.keys().copied().collect();
        let dialect = tx.dialect();
        let from = format!(
            "FROM report_ratings WHERE conversation_id IN ({}) OR agent_id IN ({})",
            dialect.ids("$1"),
            dialect.ids("$2")
        );
        let columns = ["conversation_id", "agent_id", "positive", "rated"];
        let args = args![id_list(&conversations), id_list(&agents)];
        let before: Vec<RatingRow> = tx.read(&columns, &from, args).await?;
        for row in &before {
            let rating = Rating {
                agent: row.1,
                positive: row.2 == 1,
                quarter: row.3,
            };
            self.tally.take(rating.entry());
        }
        let before: Vec<_> = before.iter().map(|row| row.0).collect();
        RATINGS.delete(tx, "conversation_id", &before).await?;

        let stays = |id: &ConversationId, rating: &Rating| {
            gone.binary_search(id).is_err() && !self.deleted_users.contains_key(&rating.agent)
        };
        let mut rows = Vec::new();
        for (id, rating) in &self.rated {
            if let Some(rating) = rating.filter(|rating| stays(id, rating)) {
                self.tally.add(rating.entry());
                rows.push((id, rating.agent, u8::from(rating.positive), rating.quarter));
            }
        }
        RATINGS.insert(tx, &rows).await
    }
}
