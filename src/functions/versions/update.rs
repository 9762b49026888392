//! `update`

use events::token::Scope;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{Success, index, number::Version, staging};
use crate::functions::{
    Command, Context, Decision, Failure,
    settings::{
        registry::UPDATE_STAGED,
        saving::{self, Wanted},
    },
};

/// Fetches the newest release, proves that it is the one that was signed, and puts it ready.
///
/// The release is that of the index that updates-available reads. It is written to
/// `releases/<version>/havefunnels` in the data folder, and the setting `update-staged` (and the log)
/// says what to run to install it: a running service does not replace its own program, so nothing
/// changes before somebody restarts it. The apps are parts of the service and come with it. The newest
/// release is staged also when it is the one that runs, as an update that repairs; an older one never
/// is. Refused as `unavailable` without the settings `update-index` and `update-key`, and as
/// `update-error` when there is no such release for this platform, or when index or release do not
/// come or are not what was signed.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Update {
    /// What to run, once it is staged.
    #[serde(skip)]
    staged: String,
}

impl Command for Update {
    const NAME: &'static str = "update";
    const SCOPE: Scope = Scope::Admin;
    type Reply = Success;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let index = index::read(context).await?;
        let platform = index::platform();
        let newest = index.newest(&platform);
        let Some((version, program)) = newest.filter(|(version, _)| *version >= Version::own())
        else {
            let why = format!("The index has no release for {platform} that is not older.");
            return Err(index::wrong(why).into());
        };
        self.staged = staging::stage(context, &index, version, program).await?;
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<Success, Failure> {
        let staged = json!([self.staged, UPDATE_STAGED.kind.name()]);
        let wanted = Wanted {
            settings: [(UPDATE_STAGED.id.to_owned(), staged)]
                .into_iter()
                .collect(),
            ..Wanted::default()
        };
        saving::save(decision, wanted)?;
        Ok(Success::Success)
    }
}
