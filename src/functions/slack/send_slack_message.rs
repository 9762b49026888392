//! `send-slack-message`

use events::{ConversationId, UserId, slack::MessageSent};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{channel::Words, talk::Talk};
use crate::{
    functions::{
        Command, Context, Decision, Failure, Refusal,
        conversations::state::known_conversation,
        messages::content::{TEXT_CHARS_MAX, attachments},
        user,
        users::state::known_user,
    },
    wire::{Attachment, Key, List, Maybe, Text},
};

/// Sends a message to Slack, and answers the IDs of the channels it went to: the one of the user.
///
/// A user's channel is made at the first message: a public one named after the user, with the
/// conversation's agent invited if the setting `slack-agents` links one, and a note with a button in
/// the channel of the setting `slack-channel`, or that of the conversation's department in
/// `slack-departments`. One that was archived is taken back, or made anew where Slack allows no bot to
/// do that. With `user_id` of an agent, of an admin or of the bot it goes to the channel of the
/// conversation's user, and `conversation_id` is needed (`missing-argument` otherwise). With `channel`
/// it goes there and nowhere else, and nothing is made.
///
/// Attachments become links at the end of the text. `*bold*`, `__italic__`, `~strike~` and
/// `` `code` `` are shown as such. A long text goes in parts of 10,000 characters. `full_name` and
/// `profile_image` are the user's unless given. `missing-argument` without a text and attachments,
/// `user-not-found`, `conversation-not-found`, and `invalid-argument` for a conversation of another
/// user.
///
/// While Slack is switched off or has no token it is `slack-not-active`, and `slack-error` with
/// Slack's own code when that refuses, does not answer, or asks for a long pause (`Retry-After`).
/// # Example
/// `{"user_id": 3, "message": "Hi! How are you doing?", "conversation_id": 1}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SendSlackMessage {
    /// Who writes.
    user_id: Key<UserId>,
    /// The shown name of the sender.
    #[serde(default)]
    full_name: Maybe<Text<200>>,
    /// The URL of the sender's shown picture.
    #[serde(default)]
    profile_image: Maybe<Text<2000>>,
    /// The text; may be left out where there are attachments.
    #[serde(default)]
    message: Maybe<Text<TEXT_CHARS_MAX>>,
    /// Files that are uploaded elsewhere: name and URL of each.
    #[serde(default)]
    attachments: List<Attachment>,
    /// The conversation; the user's newest one unless given.
    #[serde(default)]
    conversation_id: Maybe<Key<ConversationId>>,
    /// The ID of a channel; the user's own unless given. -1 is not given.
    #[serde(default)]
    channel: Maybe<Text<80>>,
    #[serde(skip)]
    sent: Option<(UserId, MessageSent)>,
}

impl Command for SendSlackMessage {
    const NAME: &'static str = "send-slack-message";
    type Reply = Vec<String>;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let talk = Talk::begin(&context.service)?;
        let text = self.message.0.take().unwrap_or_default();
        if text.is_empty() && self.attachments.0.is_empty() {
            let why = "message is missing, and so are attachments";
            return Err(Refusal::MissingArgument(why.to_owned()).into());
        }
        let attachments = attachments(std::mem::take(&mut self.attachments.0))?;
        let channel = self.channel.0.take();
        let channel = channel.filter(|channel| !["-1", "false", "0"].contains(&channel.trim()));
        let reader = context.service.journal.reader();
        let author = known_user(reader, self.user_id.0)?;
        let conversation = self.conversation_id.0.or(author.newest_conversation);
        let whose = match self.conversation_id.0 {
            Some(id) => known_conversation(reader, id)?.user,
            None if author.user_type.is_customer() || channel.is_some() => self.user_id.0,
            None => {
                let why = "conversation_id is missing: the channel is that of its user";
                return Err(Refusal::MissingArgument(why.to_owned()).into());
            }
        };
        if author.user_type.is_customer() && whose != self.user_id.0 {
            let why = "conversation_id: it is another user's conversation";
            return Err(Refusal::InvalidArgument(why.to_owned()).into());
        }
        let own_picture = is_web(&author.profile_image).then(|| author.profile_image.clone());
        let words = Words {
            conversation,
            text,
            attachments,
            name: self
                .full_name
                .0
                .take()
                .unwrap_or_else(|| author.full_name()),
            picture: self
                .profile_image
                .0
                .take()
                .or(own_picture)
                .unwrap_or_default(),
        };
        let sent = match &channel {
            Some(channel) => talk.say_in(channel.trim(), &words).await?,
            None => talk.say(whose, &words).await?,
        };
        self.sent = Some((whose, sent));
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<Vec<String>, Failure> {
        let Some((whose, sent)) = self.sent else {
            return Err(Refusal::MissingArgument("message is missing".to_owned()).into());
        };
        let channels = vec![sent.channel.clone()];
        // Nothing is kept of who was deleted while Slack took it.
        if user(decision.state(), whose)?.is_some() {
            decision.record(whose, sent)?;
        }
        Ok(channels)
    }
}

/// Slack shows pictures of the web alone.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
