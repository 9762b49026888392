//! `email-piping`

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    functions::{Command, Context, Decision, Failure},
    wire::Flag,
};

/// Fetches the mailbox and makes chat messages of the emails in it.
///
/// The service does so itself every minute (`email_piping_every_seconds`) while the setting
/// `email-piping-enabled` is on; this function does it now. It runs at most once a minute: called
/// again within a minute it does nothing, and its answer is true as well. With `force` it runs
/// whenever it is asked, after a run that is under way.
///
/// The mailbox is the one of the settings `email-piping-protocol`, `-host`, `-port`, `-security`, `-user`
/// and `-password`; its address is that of `email-sender`. What is unread in its inbox is looked at, oldest
/// first, up to 50 emails a run, and marked as read; nothing is moved or deleted. POP3 knows no read and
/// unread: there, an email that became a message, with all its files, is deleted once that is stored, and
/// any other stays and is not looked at again. While the setting is off or incomplete nothing runs: the
/// answer is true, with `force` it is `unavailable` and says what to set. Where the mailbox cannot be
/// reached or refuses, the answer is `email-error`, and told at once while it has failed several times in
/// a row.
///
/// **Replies.** The Reply-To of a notification carries a name such as `Support | SB12-34`, for user 12 and
/// conversation 34. An email to such a name becomes a message in that conversation if it comes from the
/// address of that user, whose conversation it must be, or from the address of an agent or admin, who
/// so answers as the agent. Everything from the line `### Please type your reply above this line ###`
/// on is dropped (setting `email-piping-delimiter`). A customer's email that answers one of the customer's own, which
/// became a message, goes into the same conversation. The status moves and webhooks are sent as with
/// send-message; an email is no sign of being online.
///
/// **Other emails.** With the setting `email-piping-all` an email that is no reply begins a conversation with
/// the source `em` and the subject as its title; an unknown sender becomes a user. One from
/// an agent or admin never does.
///
/// **Left alone** are emails that a program wrote (automatic answers, failed deliveries, mailing lists),
/// our own, those that say nothing, those that claim to be an agent's while the server that took
/// them found them forged (DMARC), and whatever cannot be read; the service's log says which and why.
/// Files become attachments: 50 at most, under `/uploads/` with a name that cannot be guessed; of an email
/// beyond 25 MiB the last one is left out, which is incomplete. An email that comes twice, by its
/// Message-ID and sender, becomes one message.
/// # Example
/// `{"force": false}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct EmailPiping {
    /// Whether to run within a minute of the last run too.
    #[serde(default)]
    force: Flag,
}

impl Command for EmailPiping {
    const NAME: &'static str = "email-piping";
    type Reply = bool;

    // Each email is a decision of its own, so that what was taken stays taken whatever comes after.
    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        if self.force.0 {
            service.piping.run(service).await
        } else {
            service.piping.run_if_due(service).await
        }
    }

    fn decide(self, _: &mut Decision<'_>) -> Result<bool, Failure> {
        Ok(true)
    }
}
