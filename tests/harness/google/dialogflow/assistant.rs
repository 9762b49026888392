//! Agent Assist: conversations, who takes part in them, and what is suggested to whom.

use serde_json::{Value, json};

use super::super::described::Call;
use super::{Agent, Refused, page};

impl Agent {
    pub(super) fn begin(&mut self, call: &Call, body: &Value) -> Result<Value, Refused> {
        let Some(id) = call.query.get("conversationId") else {
            return Err((400, "INVALID_ARGUMENT", "The conversation has no ID."));
        };
        if body["conversationProfile"] != "projects/example/conversationProfiles/profile-1" {
            return Err((404, "NOT_FOUND", "There is no such conversation profile."));
        }
        let begins = id.starts_with(|first: char| first.is_ascii_alphabetic());
        if !begins || id.len() > 64 {
            return Err((400, "INVALID_ARGUMENT", "The ID begins with a letter."));
        }
        let name = format!("{}/conversations/{id}", call.resource);
        if self.conversations.contains_key(&name) {
            return Err((409, "ALREADY_EXISTS", "The conversation exists."));
        }
        self.conversations.insert(name.clone(), Vec::new());
        Ok(json!({
            "name": name, "lifecycleState": "IN_PROGRESS",
            "conversationProfile": body["conversationProfile"],
        }))
    }

    pub(super) fn assist(&mut self, id: &str, call: &Call, body: &Value) -> Result<Value, Refused> {
        let unknown = (404, "NOT_FOUND", "There is no such conversation.");
        let name = call
            .resource
            .split("/participants")
            .next()
            .unwrap_or_default();
        let made = self.made;
        let participants = self.conversations.get_mut(name).ok_or(unknown)?;
        let role_is = |role: &str| {
            let here = participants
                .iter()
                .find(|one| one["name"] == *call.resource);
            here.is_some_and(|one| one["role"] == role)
        };
        match id {
            "conversations.participants.list" => page(call, "participants", participants),
            "conversations.participants.create" => {
                if participants.iter().any(|one| one["role"] == body["role"]) {
                    return Err((
                        400,
                        "FAILED_PRECONDITION",
                        "Somebody is there in this role.",
                    ));
                }
                let number = participants.len();
                let joined = json!({
                    "name": format!("{name}/participants/p{number}"), "role": body["role"],
                });
                participants.push(joined.clone());
                self.made = made + 1;
                Ok(joined)
            }
            "conversations.participants.analyzeContent" if role_is("END_USER") => Ok(json!({
                "message": {
                    "name": format!("{name}/messages/m1"), "content": body["textInput"]["text"],
                    "languageCode": body["textInput"]["languageCode"],
                },
            })),
            "conversations.participants.suggestions.suggestSmartReplies"
                if role_is("HUMAN_AGENT")
                    && body["latestMessage"] == format!("{name}/messages/m1") =>
            {
                let reply = |text: &str| json!({"reply": text, "confidence": 0.9});
                Ok(json!({
                    "smartReplyAnswers": [
                        reply("I would be happy to help!"), reply("What can I do for you?"),
                    ],
                    "latestMessage": body["latestMessage"],
                }))
            }
            _ => Err((400, "INVALID_ARGUMENT", "The participant has another role.")),
        }
    }
}
