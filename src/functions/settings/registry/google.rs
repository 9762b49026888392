//! Google's cloud: what its translation is asked with.

use super::{Kind, Setting};

/// All of them.
pub(super) const GOOGLE: &[Setting] = &[GOOGLE_KEY];

/// The API key.
pub const GOOGLE_KEY: Setting = Setting::new(
    Kind::Password,
    "google-key",
    "The API key of a project of Google Cloud that may use the Cloud Translation API.",
);
