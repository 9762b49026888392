//! The table `deliveries` and its rows.

use serde::{Deserialize, Serialize};

use crate::database::{Kind, Shape, Table};

/// What has become of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// Not tried yet.
    Pending,
    /// Tried in vain, to be tried again.
    Failed,
    /// Taken.
    Delivered,
    /// Given up.
    Abandoned,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Pending,
        Self::Failed,
        Self::Delivered,
        Self::Abandoned,
    ];

    /// Its name, as stored and as asked for.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Abandoned => "abandoned",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A delivery, as in the table `deliveries`. Times are milliseconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DeliveryRow {
    /// Its number.
    pub id: u64,
    /// The reaction that delivers it, by its number in the log.
    pub reaction: u64,
    /// What it is: the webhook's name.
    pub name: String,
    /// Which part of the event it tells of.
    pub part: u32,
    /// The position of the event it tells of.
    pub source: u64,
    /// What it must not overtake.
    pub lane: String,
    /// What has become of it.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: u32,
    /// The HTTP status of the last try.
    pub status: Option<u16>,
    /// How long the last try took, in milliseconds.
    pub duration_ms: Option<u32>,
    /// What went wrong at the last try.
    pub error: Option<String>,
    /// When it was planned.
    pub planned_time: i64,
    /// When it was tried last.
    pub last_time: Option<i64>,
    /// When it is tried again.
    pub retry_time: Option<i64>,
}

impl DeliveryRow {
    /// A delivery that has not been tried yet; what it is and whose is left to say.
    pub(crate) fn pending(id: u64, lane: String, planned_time: i64) -> Self {
        Self {
            id,
            reaction: 0,
            name: String::new(),
            part: 0,
            source: 0,
            lane,
            state: DeliveryState::Pending,
            attempts: 0,
            status: None,
            duration_ms: None,
            error: None,
            planned_time,
            last_time: None,
            retry_time: None,
        }
    }

    /// The columns, in the order of the fields.
    pub(crate) const COLUMNS: &'static [&'static str] = &[
        "id",
        "reaction",
        "name",
        "part",
        "source",
        "lane",
        "state",
        "attempts",
        "status",
        "duration_ms",
        "error",
        "planned_time",
        "last_time",
        "retry_time",
    ];

    /// The values, in the order of the columns.
    pub(crate) fn values(&self) -> impl Serialize + '_ {
        (
            self.id,
            self.reaction,
            &self.name,
            self.part,
            self.source,
            &self.lane,
            self.state,
            self.attempts,
            self.status,
            self.duration_ms,
            &self.error,
            self.planned_time,
            self.last_time,
            self.retry_time,
        )
    }
}

/// The table `deliveries`.
pub(crate) const DELIVERIES: Table = Table::new(
    "deliveries",
    Shape(&[
        ("id", Kind::Int),
        ("reaction", Kind::Int),
        ("name", Kind::Text),
        ("part", Kind::Int),
        ("source", Kind::Int),
        ("lane", Kind::Text),
        ("state", Kind::Text),
        ("attempts", Kind::Int),
        ("status", Kind::Int),
        ("duration_ms", Kind::Int),
        ("error", Kind::Text),
        ("planned_time", Kind::Int),
        ("last_time", Kind::Int),
        ("retry_time", Kind::Int),
    ]),
);

/// The tables of this read model.
pub(crate) const TABLES: &[&Table] = &[&DELIVERIES];
