//! Internal notes of conversations: what agents and admins tell each other about a customer.

mod add_note;
mod delete_note;
mod get_notes;
pub mod state;

use super::Function;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::query::<get_notes::GetNotes>(),
    Function::command::<add_note::AddNote>(),
    Function::command::<delete_note::DeleteNote>(),
];
