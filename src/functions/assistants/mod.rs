//! Assistants: those who answer, translate and recognise by a vendor's intelligence.
//!
//! | file | what it holds |
//! |---|---|
//! | `bot` | how the answer of any of them becomes the bot's messages |
//! | `vendors` | OpenAI and Google as the settings describe them |
//! | `history` | what the model is told of a conversation |
//! | `upload` | the files that go to OpenAI |
//!
//! These functions ask the vendor in `prepare`: nothing is decided, and nothing stored, before the whole
//! answer is there.

pub mod bot;
mod google_language_detection_update_user;
mod google_translate;
mod history;
mod open_ai_curl;
mod open_ai_message;
mod upload;
pub mod vendors;

use super::Function;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::command::<open_ai_message::OpenAiMessage>(),
    Function::command::<open_ai_curl::OpenAiCurl>(),
    Function::query::<google_translate::GoogleTranslate>(),
    Function::command::<google_language_detection_update_user::GoogleLanguageDetectionUpdateUser>(),
];
