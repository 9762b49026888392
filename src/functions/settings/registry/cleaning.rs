//! What is cleaned every hour without being asked.

use super::{Kind, Setting};

/// All of them.
pub(super) const CLEANING: &[Setting] = &[CLEANING_VISITORS, CLEANING_TRASH, CLEANING_ARCHIVE];

/// Whether visitors go.
pub const CLEANING_VISITORS: Setting = Setting::new(
    Kind::Checkbox,
    "cleaning-visitors",
    "Deletes visitors who were last seen more than 24 hours ago, every hour.",
);
/// Whether the trash is emptied.
pub const CLEANING_TRASH: Setting = Setting::new(
    Kind::Checkbox,
    "cleaning-trash",
    "Deletes conversations that have been in the trash for more than 30 days, every hour.",
);
/// Whether answered conversations are archived.
pub const CLEANING_ARCHIVE: Setting = Setting::new(
    Kind::Checkbox,
    "cleaning-archive",
    "Archives conversations whose last message is an agent's and more than 24 hours old, every hour.",
);
