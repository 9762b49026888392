//! A user's channel: made at the first message, found archived or gone, and written to.

use events::{
    ConversationId, UserId,
    message::Attachment,
    slack::{ChannelArchived, ChannelRestored, MessageSent},
};

use super::{
    state::channel_of,
    talk::{Stopped, Talk},
    text::to_slack,
};
use crate::{
    adapters::slack::{self, Change, Post, Problem},
    functions::Decision,
};

/// What is said to a user's channel.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// The conversation that it belongs to.
    pub conversation: Option<ConversationId>,
    /// The text.
    pub text: String,
    /// Attached files.
    pub attachments: Vec<Attachment>,
    /// Whose name is shown.
    pub name: String,
    /// Whose picture is shown: its URL; empty for none.
    pub picture: String,
}

impl Talk {
    /// Says it in the user's own channel, which is made where there is none yet, and taken back from
    /// the archive or made anew where it is gone. Answers what is to be recorded.
    ///
    /// # Errors
    /// When Slack does not do it; or the user is gone.
    pub async fn say(&self, id: UserId, words: &Words) -> Result<MessageSent, Stopped> {
        let known = channel_of(self.service.journal.reader(), id)?;
        let channel = match known {
            None => self.make(id, words, None).await?,
            Some(known) if known.archived => self.revive(id, words, known.id).await?,
            Some(known) => {
                // It was made, and then Slack failed: nobody may know of it yet.
                if !known.said {
                    self.introduce(id, words, &known.id).await?;
                }
                known.id
            }
        };
        let first = self.say_in(&channel, words).await;
        let code = match &first {
            Err(Stopped::Slack(problem)) => problem.code(),
            _ => None,
        };
        let channel = match code {
            Some("is_archived") => self.revive(id, words, channel).await?,
            Some("channel_not_found") => self.make(id, words, Some(&channel)).await?,
            _ => return first,
        };
        self.say_in(&channel, words).await
    }

    /// Says it in this channel, of which the bot becomes a member where it must be one.
    ///
    /// # Errors
    /// When Slack does not do it.
    pub async fn say_in(&self, channel: &str, words: &Words) -> Result<MessageSent, Stopped> {
        let mut ts = String::new();
        for text in to_slack(&words.text, &words.attachments) {
            let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let post = Post {
                channel: channel.to_owned(),
                text,
                username: given(&words.name),
                icon_url: given(&words.picture),
                blocks: None,
            };
            ts = self.post(&post).await?;
        }
        Ok(MessageSent {
            channel: channel.to_owned(),
            text: words.text.clone(),
            conversation: words.conversation,
            message: None,
            ts,
        })
    }

    /// Archives a user's channel. One that is archived or gone is as good.
    ///
    /// # Errors
    /// When Slack does not do it.
    pub async fn archive(&self, channel: &str) -> Result<(), Stopped> {
        let archive = || self.change(Change::Archive, channel);
        let done = match archive().await {
            Err(problem) if problem.code() == Some("not_in_channel") => {
                self.change(Change::Join, channel).await?;
                archive().await
            }
            done => done,
        };
        match done {
            Err(problem) if is_as_good(&problem) => Ok(()),
            done => Ok(done?),
        }
    }

    /// Records that a user's channel is archived.
    ///
    /// # Errors
    /// The log's failure.
    pub async fn note_archived(&self, id: UserId, channel: String) -> Result<(), Stopped> {
        let decide = move |decision: &mut Decision<'_>| {
            let known = channel_of(decision.state(), id)?;
            if known.is_some_and(|known| known.id == channel && !known.archived) {
                decision.record(id, ChannelArchived { channel })?;
            }
            Ok(())
        };
        Ok(self
            .service
            .journal
            .decide_because(self.because, decide)
            .await?)
    }

    /// Changes a channel.
    pub(super) async fn change(&self, change: Change, channel: &str) -> Result<(), Problem> {
        slack::change(&self.service.outgoing, &self.workspace, change, channel).await
    }

    /// Posts, as a member of the channel where it must be one.
    pub(super) async fn post(&self, post: &Post) -> Result<String, Stopped> {
        let (out, workspace) = (&self.service.outgoing, &self.workspace);
        match slack::post(out, workspace, post).await {
            Err(problem) if problem.code() == Some("not_in_channel") => {
                self.change(Change::Join, &post.channel).await?;
                Ok(slack::post(out, workspace, post).await?)
            }
            done => Ok(done?),
        }
    }

    /// Takes a channel back from the archive. Where Slack lets no bot do that there is a new one.
    async fn revive(&self, id: UserId, words: &Words, channel: String) -> Result<String, Stopped> {
        match self.change(Change::Unarchive, &channel).await {
            Err(problem) if problem.code().is_none() => return Err(problem.into()),
            Err(problem) if problem.code() != Some("not_archived") => {
                return self.make(id, words, Some(&channel)).await;
            }
            _ => {}
        }
        let restored = channel.clone();
        let decide = move |decision: &mut Decision<'_>| {
            let known = channel_of(decision.state(), id)?;
            if known.is_some_and(|known| known.id == restored && known.archived) {
                decision.record(id, ChannelRestored { channel: restored })?;
            }
            Ok(())
        };
        let journal = &self.service.journal;
        journal.decide_because(self.because, decide).await?;
        Ok(channel)
    }
}

fn is_as_good(problem: &Problem) -> bool {
    matches!(
        problem.code(),
        Some("already_archived" | "channel_not_found")
    )
}
