//! Conversations: a customer, a status, and who is to answer.

mod check_conversations_assignment;
mod count_conversations;
mod document;
pub mod elsewhere;
mod get_agents_in_conversation;
mod get_conversation;
mod get_conversations;
mod get_new_conversations;
mod get_new_user_conversations;
mod get_rating;
mod get_user_conversations;
#[cfg(test)]
pub mod histories;
pub mod new_conversation;
pub mod open;
pub mod places;
pub mod route;
mod routing;
pub mod row;
mod search_conversations;
mod search_user_conversations;
mod set_rating;
mod source;
pub mod state;
pub mod status;
mod transcript;
pub mod update_conversation_agent;
mod update_conversation_department;
pub mod update_conversation_status;

use super::Function;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::query::<get_conversation::GetConversation>(),
    Function::query::<get_conversations::GetConversations>(),
    Function::query::<get_new_conversations::GetNewConversations>(),
    Function::query::<get_user_conversations::GetUserConversations>(),
    Function::query::<get_new_user_conversations::GetNewUserConversations>(),
    Function::query::<search_conversations::SearchConversations>(),
    Function::query::<search_user_conversations::SearchUserConversations>(),
    Function::command::<new_conversation::NewConversation>(),
    Function::command::<update_conversation_status::UpdateConversationStatus>(),
    Function::command::<update_conversation_department::UpdateConversationDepartment>(),
    Function::command::<update_conversation_agent::UpdateConversationAgent>(),
    Function::command::<set_rating::SetRating>(),
    Function::query::<get_rating::GetRating>(),
    Function::query::<get_agents_in_conversation::GetAgentsInConversation>(),
    Function::command::<transcript::Transcript>(),
    Function::query::<count_conversations::CountConversations>(),
    Function::query::<check_conversations_assignment::CheckConversationsAssignment>(),
];
