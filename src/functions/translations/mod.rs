//! Translations: of the front (what users see) and of the admin area, by language; those that were
//! saved, and below them those that come with the service.

mod get_translation;
mod get_translations;
mod language;
mod save_translations;
mod shipped;
pub mod state;

use super::Function;
pub use state::translated_for;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::query::<get_translation::GetTranslation>(),
    Function::query::<get_translations::GetTranslations>(),
    Function::command::<save_translations::SaveTranslations>(),
];
