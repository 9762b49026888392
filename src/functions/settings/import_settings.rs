//! `import-settings`

use events::token::Scope;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{document, saving, saving::Wanted};
use crate::{
    adapters::download::{self, Problem},
    functions::{Command, Context, Decision, Failure, Fault, Refusal, Service},
    wire::Text,
};

/// Loads settings from the URL of a file that export-settings wrote, here or elsewhere.
///
/// What the file names is saved as by save-settings, all of it or nothing; what it does not name stays.
/// A file under this service's own `/uploads/` is read without a call over the network. Any other URL
/// (http or https) is fetched within `download_timeout_seconds`, not beyond redirects, and only from addresses that the
/// service may call: a private one is `security-error` unless `allow_private_targets` lets it in. A
/// file that is not there, that is no such file, or that the registry does not take is
/// `invalid-argument`; one larger than 32 MiB is `too-large`; a server that does not answer is
/// `unavailable`.
/// # Example
/// `{"file_url": "https://chat.example.com/uploads/settings_9ZJxVtPnSm2uYc0aQeWb7g.json"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ImportSettings {
    /// The file's URL.
    file_url: Text<2048, 1>,
    /// What stands in it.
    #[serde(skip)]
    wanted: Wanted,
}

impl Command for ImportSettings {
    const NAME: &'static str = "import-settings";
    const SCOPE: Scope = Scope::Admin;
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let url = self.file_url.0.trim();
        let own = format!("{}/uploads/", context.service.public_url);
        let bytes = match url.strip_prefix(&own) {
            Some(path) => own_file(context, path).await?,
            None => downloaded(&context.service, url).await.map_err(refusal)?,
        };
        // Megabytes of JSON are not for the threads that serve everybody.
        let read = tokio::task::spawn_blocking(move || document::read(&bytes)).await;
        self.wanted = read.map_err(|_| Fault::Task("reading settings"))??;
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        saving::save(decision, self.wanted)?;
        Ok(true)
    }
}

#[cfg(test)]
impl ImportSettings {
    /// The call, once the file was read.
    pub fn of(wanted: Wanted) -> Self {
        Self {
            file_url: Text(String::new()),
            wanted,
        }
    }
}

async fn downloaded(service: &Service, url: &str) -> Result<Vec<u8>, Problem> {
    let timeout = service.config.download_timeout();
    download::file(&service.outgoing, url, document::BYTES_MAX, timeout).await
}

async fn own_file(context: &Context, path: &str) -> Result<Vec<u8>, Failure> {
    let not_there = || Refusal::InvalidArgument("There is no such file (any more).".to_owned());
    let file = context.service.uploads.find(path).ok_or_else(not_there)?;
    let length = tokio::fs::metadata(&file).await;
    let length = length.map_err(|_| not_there())?.len();
    if length > document::BYTES_MAX as u64 {
        return Err(document::too_large().into());
    }
    Ok(tokio::fs::read(&file).await.map_err(|_| not_there())?)
}

fn refusal(problem: Problem) -> Refusal {
    match problem {
        Problem::Refused(why) => Refusal::SecurityError(format!("The file is not fetched: {why}.")),
        Problem::TooLarge(_) => document::too_large(),
        Problem::NotThere { .. } => Refusal::InvalidArgument(format!("{problem}.")),
        Problem::Unanswered(_) => Refusal::Unavailable(format!("{problem}.")),
    }
}
