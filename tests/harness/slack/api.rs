//! Slack's methods, by its own rules.

use serde_json::{Value, json};

use super::{Channel, Inside};

impl Inside {
    pub(super) fn channel(&mut self, id: &str) -> Option<&mut Channel> {
        self.channels.iter_mut().find(|channel| channel.id == id)
    }

    fn known(&mut self, fields: &Value) -> Result<&mut Channel, &'static str> {
        let id = fields["channel"].as_str().unwrap_or_default().to_owned();
        self.channel(&id).ok_or("channel_not_found")
    }

    pub(super) fn answer(&mut self, method: &str, fields: &Value) -> Result<Value, &'static str> {
        let unarchives = self.unarchives;
        match method {
            "chat.postMessage" => {
                let channel = self.known(fields)?;
                match (channel.archived, channel.joined) {
                    (true, _) => return Err("is_archived"),
                    (false, false) => return Err("not_in_channel"),
                    (false, true) => channel.posts.push(fields.clone()),
                }
                let ts = format!("1503435956.{:06}", channel.posts.len());
                Ok(json!({"channel": channel.id, "ts": ts}))
            }
            "conversations.create" => self.create(fields["name"].as_str().unwrap_or_default()),
            "conversations.archive" => {
                let channel = self.known(fields)?;
                match channel {
                    Channel { name, .. } if name == "general" => Err("cant_archive_general"),
                    Channel { archived: true, .. } => Err("already_archived"),
                    Channel { joined: false, .. } => Err("not_in_channel"),
                    channel => {
                        channel.archived = true;
                        Ok(json!({}))
                    }
                }
            }
            "conversations.unarchive" => {
                let channel = self.known(fields)?;
                if !unarchives {
                    return Err("not_allowed_token_type");
                }
                (channel.archived, channel.joined) = (false, false);
                Ok(json!({}))
            }
            "conversations.join" => {
                let channel = self.known(fields)?;
                if channel.archived {
                    return Err("is_archived");
                }
                channel.joined = true;
                Ok(json!({}))
            }
            "conversations.invite" => {
                let member = fields["users"].as_str().unwrap_or_default().to_owned();
                self.known(fields)?.invited.push(member);
                Ok(json!({}))
            }
            "conversations.list" => {
                let hides = fields["exclude_archived"] == "1";
                let shown = |channel: &&Channel| !(hides && channel.archived);
                let row = |it: &Channel| {
                    json!({
                        "id": it.id, "name": it.name, "is_channel": true,
                        "is_archived": it.archived, "is_general": it.name == "general",
                    })
                };
                let rows = self.channels.iter().filter(shown).map(row).collect();
                Ok(page("channels", rows, fields))
            }
            "users.list" => Ok(page("members", self.members.clone(), fields)),
            "users.info" => {
                let mut members = self.members.iter();
                let found = members.find(|member| member["id"] == fields["user"]);
                Ok(json!({"user": found.ok_or("user_not_found")?}))
            }
            "users.getPresence" => {
                let mut members = self.members.iter();
                let found = members.any(|member| member["id"] == fields["user"]);
                let active = self
                    .active
                    .contains(fields["user"].as_str().unwrap_or_default());
                let presence = if active { "active" } else { "away" };
                found
                    .then(|| json!({"presence": presence}))
                    .ok_or("user_not_found")
            }
            _ => Err("unknown_method"),
        }
    }

    fn create(&mut self, name: &str) -> Result<Value, &'static str> {
        let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > 80 || !name.bytes().all(fine) {
            return Err("invalid_name_specials");
        }
        if self.channels.iter().any(|channel| channel.name == name) {
            return Err("name_taken");
        }
        let id = format!("C{:08}", self.channels.len());
        self.channels.push(Channel {
            id: id.clone(),
            name: name.to_owned(),
            joined: true,
            ..Channel::default()
        });
        Ok(json!({"channel": {"id": id, "name": name}}))
    }
}

/// Two rows of a list at a time, whatever was asked for.
fn page(name: &str, rows: Vec<Value>, fields: &Value) -> Value {
    let limit = fields["limit"]
        .as_str()
        .and_then(|limit| limit.parse().ok());
    assert!(
        limit.is_some_and(|limit: u32| (1..1000).contains(&limit)),
        "{fields}"
    );
    let cursor = fields["cursor"].as_str().map_or(Ok(0), str::parse);
    let from: usize = cursor.expect("a cursor of ours");
    let more = rows.len() > from + 2;
    let next = if more {
        (from + 2).to_string()
    } else {
        String::new()
    };
    let rows: Vec<Value> = rows.into_iter().skip(from).take(2).collect();
    json!({name: rows, "response_metadata": {"next_cursor": next}})
}
