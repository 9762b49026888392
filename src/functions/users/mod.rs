//! Users: visitors, leads, users, agents, admins and the bot.

mod add_user;
mod agents_online;
mod avatar;
pub mod change;
pub mod conversations;
mod count_users;
mod csv_users;
mod current_url;
pub mod delete;
mod delete_leads;
pub mod delete_user;
mod delete_users;
mod detail;
pub mod email;
pub mod first;
mod get_agent;
mod get_agents_ids;
mod get_avatar;
mod get_bot_id;
mod get_new_users;
mod get_online_users;
mod get_user;
mod get_user_extra;
mod get_user_from_conversation;
pub mod get_user_language;
mod get_users;
mod get_users_with_details;
mod is_agent_typing;
mod is_online;
mod is_typing;
mod login;
mod logout;
mod password;
#[cfg(test)]
pub mod people;
pub mod row;
mod search_users;
mod set_typing;
mod sorting;
pub mod state;
mod update_login;
mod update_user;
mod update_user_to_lead;
mod wp_synch;

use super::Function;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::query::<get_user::GetUser>(),
    Function::query::<get_user_extra::GetUserExtra>(),
    Function::query::<get_user_language::GetUserLanguage>(),
    Function::query::<get_users::GetUsers>(),
    Function::query::<get_new_users::GetNewUsers>(),
    Function::query::<get_online_users::GetOnlineUsers>(),
    Function::query::<get_users_with_details::GetUsersWithDetails>(),
    Function::query::<get_agent::GetAgent>(),
    Function::query::<get_agents_ids::GetAgentsIds>(),
    Function::query::<get_user_from_conversation::GetUserFromConversation>(),
    Function::query::<agents_online::AgentsOnline>(),
    Function::query::<search_users::SearchUsers>(),
    Function::command::<add_user::AddUser>(),
    Function::command::<update_user::UpdateUser>(),
    Function::command::<delete_user::DeleteUser>(),
    Function::command::<delete_users::DeleteUsers>(),
    Function::query::<is_online::IsOnline>(),
    Function::command::<current_url::CurrentUrl>(),
    Function::query::<count_users::CountUsers>(),
    Function::command::<update_user_to_lead::UpdateUserToLead>(),
    Function::command::<get_avatar::GetAvatar>(),
    Function::query::<get_bot_id::GetBotId>(),
    Function::query::<is_typing::IsTyping>(),
    Function::query::<is_agent_typing::IsAgentTyping>(),
    Function::command::<set_typing::SetTyping>(),
    Function::command::<login::Login>(),
    Function::command::<logout::Logout>(),
    Function::command::<update_login::UpdateLogin>(),
    Function::command::<delete_leads::DeleteLeads>(),
    Function::command::<wp_synch::WpSynch>(),
    Function::command::<csv_users::CsvUsers>(),
];
