//! The tables of reports.

use crate::database::{Kind, Shape, Table};

/// The table `report_buckets`: what is counted.
pub(crate) const BUCKETS: Table = Table {
    key_columns: 4,
    ..Table::new(
        "report_buckets",
        Shape(&[
            ("report", Kind::Int),
            ("width", Kind::Int),
            ("bucket", Kind::Int),
            ("item", Kind::Text),
            ("entries", Kind::Int),
            ("total", Kind::Int),
        ]),
    )
};

/// The table `report_users`: what reports know of users.
pub(crate) const USERS: Table = Table::new(
    "report_users",
    Shape(&[
        ("user_id", Kind::Int),
        ("created", Kind::Int),
        ("user_type", Kind::Text),
        ("visited", Kind::Int),
        ("registered", Kind::Int),
        ("country_code", Kind::Text),
        ("language", Kind::Text),
        ("browser_language", Kind::Text),
        ("browser", Kind::Text),
        ("os", Kind::Text),
    ]),
);

/// The table `report_conversations`: how far the messages of a conversation are counted.
pub(crate) const CONVERSATIONS: Table = Table::new(
    "report_conversations",
    Shape(&[
        ("conversation_id", Kind::Int),
        ("created", Kind::Int),
        ("messages", Kind::Int),
        ("first_time", Kind::Int),
        ("last_time", Kind::Int),
        ("awaiting", Kind::Int),
        ("authors", Kind::Text),
    ]),
);

/// The table `report_authors`: who wrote where.
pub(crate) const AUTHORS: Table = Table {
    key_columns: 2,
    ..Table::new(
        "report_authors",
        Shape(&[("user_id", Kind::Int), ("conversation_id", Kind::Int)]),
    )
};

/// The table `report_messages`: what is counted anew when one of them goes.
pub(crate) const MESSAGES: Table = Table {
    key_columns: 2,
    ..Table::new(
        "report_messages",
        Shape(&[
            ("conversation_id", Kind::Int),
            ("message_id", Kind::Int),
            ("user_id", Kind::Int),
            ("side", Kind::Int),
            ("time", Kind::Int),
        ]),
    )
};

/// The table `report_ratings`: one a conversation, if it is credited to somebody.
pub(crate) const RATINGS: Table = Table::new(
    "report_ratings",
    Shape(&[
        ("conversation_id", Kind::Int),
        ("agent_id", Kind::Int),
        ("positive", Kind::Int),
        ("rated", Kind::Int),
    ]),
);

/// All tables of the projection.
pub(crate) const TABLES: &[&Table] = &[
    &BUCKETS,
    &USERS,
    &CONVERSATIONS,
    &AUTHORS,
    &MESSAGES,
    &RATINGS,
];
