//! `get-avatar`

use std::sync::Arc;

use chrono::{DateTime, Utc};
use events::file::{Created, Purpose};
use schemars::JsonSchema;
use serde::Deserialize;

use super::avatar;
use crate::{
    clock,
    functions::{Command, Context, Decision, Failure, Fault, files},
    secret,
    uploads::Uploads,
    wire::{Maybe, Text},
};

/// Draws a picture of a name's initials, saves it, and returns its URL.
///
/// It is a PNG of 256 by 256 pixels: the first letter of the first and of the last name on a
/// colour that is the same for the same name, or a silhouette where the letters cannot be drawn.
/// The URL is `<public URL>/uploads/DD-MM-YY/<number>-<22 characters that cannot be guessed>.png`.
/// Every call draws a new file; no user is changed.
/// # Example
/// `{"first_name": "John", "last_name": "Doe"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetAvatar {
    /// First name.
    first_name: Text<255>,
    /// Last name.
    #[serde(default)]
    last_name: Maybe<Text<255>>,
    #[serde(skip)]
    written: Written,
}

/// The file that holds the picture.
#[derive(Debug, Default)]
struct Written {
    path: String,
    bytes: u64,
}

impl Command for GetAvatar {
    const NAME: &'static str = "get-avatar";
    /// The picture's URL.
    type Reply = String;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let (first_name, last_name) = (self.first_name.0.clone(), self.last_name.0.take());
        let service = Arc::clone(&context.service);
        let path = path(clock::now_ms());
        let work = tokio::task::spawn_blocking(move || {
            let picture = avatar::draw(&first_name, &last_name.unwrap_or_default());
            match service.uploads.write(&path, &picture) {
                Ok(()) => Ok(Written {
                    path,
                    bytes: picture.len() as u64,
                }),
                Err(error) => Err(Fault::File(path, error)),
            }
        });
        self.written = work.await.map_err(|_| Fault::Task("drawing a picture"))??;
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<String, Failure> {
        let Written { path, bytes } = self.written;
        let url = format!("{}/uploads/{path}", decision.facts().public_url);
        let created = Created {
            purpose: Purpose::Avatar,
            path,
            bytes,
            conversation: None,
            user: None,
        };
        files::record(decision, created)?;
        Ok(url)
    }
}

/// `13-04-21/9455859-<22 characters>.png`
fn path(now_ms: i64) -> String {
    let day = DateTime::<Utc>::from_timestamp_millis(now_ms).unwrap_or_default();
    let number = u32::from_le_bytes(secret::random_bytes()) % 9_000_000 + 1_000_000;
    format!(
        "{}/{number}-{}.png",
        day.format("%d-%m-%y"),
        Uploads::unguessable()
    )
}

#[cfg(test)]
mod tests {
    use events::{Stream, StreamKind};
    use serde_json::json;

    use super::*;
    use crate::functions::{
        scenario::{NOW_MS, given, happened},
        users::people::{call, founders},
    };

    #[test]
    fn the_file_is_recorded_and_its_url_answered() {
        let path = || "12-05-20/9455859-x.png".to_owned();
        let command = GetAvatar {
            written: Written {
                path: path(),
                bytes: 4_096,
            },
            ..call(json!({"first_name": "John"}))
        };
        let created = Created {
            purpose: Purpose::Avatar,
            path: path(),
            bytes: 4_096,
            conversation: None,
            user: None,
        };
        given(founders())
            .when(command)
            .then([happened(
                Stream {
                    kind: StreamKind::File,
                    id: 1,
                },
                created,
            )])
            .answering("http://chat.test/uploads/12-05-20/9455859-x.png".into());
    }

    #[test]
    fn names_of_files_cannot_be_guessed() {
        let name = path(NOW_MS);
        let rest = name
            .strip_prefix("12-05-20/")
            .and_then(|rest| rest.strip_suffix(".png"));
        let (number, secret) = rest.and_then(|rest| rest.split_once('-')).unwrap();
        assert!(
            number.len() == 7 && number.bytes().all(|digit| digit.is_ascii_digit()),
            "{name}"
        );
        assert_eq!(secret.len(), 22, "{name}");
        assert_ne!(path(NOW_MS), name);
    }
}
