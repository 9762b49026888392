//! Given data: users, conversations and messages, made through the API itself.

use serde_json::{Value, json};

use super::server::Server;

impl Server {
    /// Saves these settings, by save-settings.
    pub async fn save(&self, settings: Value) {
        let saved = self.ok("save-settings", json!({ "settings": settings }));
        assert_eq!(saved.await, json!(true));
    }

    /// Adds a user with these arguments of add-user and answers the id.
    pub async fn add_user(&self, arguments: Value) -> u64 {
        let id = self.ok("add-user", arguments).await;
        id.as_u64()
            .unwrap_or_else(|| panic!("add-user answers an integer, not {id}"))
    }

    /// Adds a user with this name and email.
    pub async fn user(&self, first_name: &str, last_name: &str, email: &str) -> u64 {
        self.add_user(json!({
            "first_name": first_name, "last_name": last_name, "email": email, "user_type": "user",
        }))
        .await
    }

    /// Adds an agent with this name.
    pub async fn agent(&self, first_name: &str) -> u64 {
        let email = format!("{first_name}@agents.example.com").to_lowercase();
        self.add_user(json!({
            "first_name": first_name, "last_name": "Agent", "email": email, "user_type": "agent",
        }))
        .await
    }

    /// The row of a user, by get-user.
    pub async fn row(&self, user: u64) -> Value {
        self.ok("get-user", json!({"user_id": user})).await
    }

    /// Starts a conversation of a user and answers its id.
    pub async fn conversation(&self, user: u64) -> u64 {
        self.conversation_with(json!({"user_id": user})).await
    }

    /// Starts a conversation with these arguments of new-conversation and answers its id.
    pub async fn conversation_with(&self, arguments: Value) -> u64 {
        let conversation = self.ok("new-conversation", arguments).await;
        let id = conversation["details"]["id"]
            .as_str()
            .and_then(|id| id.parse().ok());
        id.unwrap_or_else(|| panic!("new-conversation answers the id as a text: {conversation}"))
    }

    /// Sends a message and answers its id.
    pub async fn say(&self, user: u64, conversation: u64, message: &str) -> u64 {
        let arguments =
            json!({"user_id": user, "conversation_id": conversation, "message": message});
        let answer = self.ok("send-message", arguments).await;
        assert_eq!(answer["status"], "success");
        answer["message-id"]
            .as_u64()
            .unwrap_or_else(|| panic!("message-id is an integer: {answer}"))
    }

    /// The messages of a conversation, by get-conversation.
    pub async fn messages(&self, conversation: u64) -> Value {
        self.ok("get-conversation", json!({"conversation_id": conversation}))
            .await["messages"]
            .clone()
    }

    /// The status code of a conversation, by get-conversation.
    pub async fn status(&self, conversation: u64) -> String {
        let answer = self
            .ok("get-conversation", json!({"conversation_id": conversation}))
            .await;
        let status = answer["details"]["conversation_status_code"].as_str();
        status
            .unwrap_or_else(|| panic!("no status in {answer}"))
            .to_owned()
    }

    /// The data of a report.
    pub async fn report(&self, name: &str) -> Value {
        self.ok("reports", json!({"name": name})).await["data"].clone()
    }

    /// The sum of a report's first numbers.
    pub async fn total(&self, name: &str) -> u64 {
        let data = self.report(name).await;
        let rows = data.as_object().expect("rows").values();
        rows.map(|row| row[0].as_u64().expect("a number")).sum()
    }

    /// Everything a refused call could have changed, for comparing before and after.
    pub async fn everything(&self) -> Value {
        let mut users = self.ok("get-users", json!({"extra": true})).await;
        for row in users.as_array_mut().expect("a list") {
            // Presence is written a while after the touch, so it may move in between.
            row.as_object_mut().expect("a row").remove("last_activity");
        }
        let conversations = self.ok("get-conversations", json!({})).await;
        let mut whole = Vec::new();
        for row in conversations.as_array().expect("a list") {
            whole.push(
                self.ok(
                    "get-conversation",
                    json!({"conversation_id": row["conversation_id"]}),
                )
                .await,
            );
        }
        json!({
            "users": users,
            "counts": self.ok("count-users", json!({})).await,
            "conversation count": self.ok("count-conversations", json!({})).await,
            "conversations": conversations,
            "whole conversations": whole,
        })
    }
}
