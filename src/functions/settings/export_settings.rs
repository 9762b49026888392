//! `export-settings`

use events::{
    file::{Created, Purpose},
    token::Scope,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::document;
use crate::{
    functions::{Command, Context, Decision, Failure, Fault, files},
    uploads::Uploads,
};

/// Writes all settings to a file and returns the file's URL.
///
/// The file is a JSON object with the three arguments of save-settings: `settings` (value and type by
/// ID, the registered ones with their defaults), `external_settings` and
/// `external_settings_translations`. **Secrets stand in it in clear**, since import-settings could not
/// restore them otherwise: whoever has the URL has them. So its name cannot be guessed, no cache keeps
/// it, and it is deleted after `settings_keep_hours`. Articles, translations and automations are no
/// settings and are not in it. More than 32 MiB are refused as `too-large`.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ExportSettings {
    #[serde(skip)]
    written: Written,
}

/// A file that is there already.
#[derive(Debug, Default)]
struct Written {
    path: String,
    bytes: u64,
}

impl Command for ExportSettings {
    const NAME: &'static str = "export-settings";
    const SCOPE: Scope = Scope::Admin;
    type Reply = String;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let document = document::written(context.service.journal.reader())?;
        let path = format!("settings_{}.json", Uploads::unguessable());
        self.written = Written {
            path: path.clone(),
            bytes: document.len() as u64,
        };
        let service = context.service.clone();
        let write = move || {
            let done = service.uploads.write(&path, &document);
            done.map_err(|source| Fault::File(path, source))
        };
        let done = tokio::task::spawn_blocking(write).await;
        done.map_err(|_| Fault::Task("writing the settings"))??;
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<String, Failure> {
        let Written { path, bytes } = self.written;
        let url = format!("{}/uploads/{path}", decision.facts().public_url);
        let created = Created {
            purpose: Purpose::Settings,
            path,
            bytes,
            conversation: None,
            user: None,
        };
        files::record(decision, created)?;
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use events::{Stream, StreamKind};
    use serde_json::json;

    use super::*;
    use crate::functions::scenario::{given, happened};

    #[test]
    fn a_file_is_recorded_and_its_url_answered() {
        let command = ExportSettings {
            written: Written {
                path: "settings_x.json".to_owned(),
                bytes: 5,
            },
        };
        let file = Stream {
            kind: StreamKind::File,
            id: 1,
        };
        let created = Created {
            purpose: Purpose::Settings,
            path: "settings_x.json".to_owned(),
            bytes: 5,
            conversation: None,
            user: None,
        };
        given([])
            .when(command)
            .then([happened(file, created)])
            .answering(json!("http://chat.test/uploads/settings_x.json"));
    }
}
