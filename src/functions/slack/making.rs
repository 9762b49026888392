//! Making a user's channel, and telling agents of it.
//!
//! Nothing is locked meanwhile. Two first messages at once make two channels, of which the one that
//! is linked first stays, and the other is archived.

use events::{UserId, slack::ChannelLinked};
use serde_json::json;

use super::{
    channel::Words,
    people::members_of,
    state::channel_of,
    talk::{Stopped, Talk},
    text::escaped,
};
use crate::{
    adapters::slack::{self, Change, Channel, Post, Problem},
    functions::{
        Decision, Refusal, conversation,
        settings::registry::{SLACK_CHANNEL, SLACK_DEPARTMENTS},
        user,
    },
    secret,
};

/// Characters of a channel's name that are the user's. Slack takes 80 in all.
const NAME_CHARS_MAX: usize = 45;
/// Names that are tried before one is left to chance.
const NAMES_MAX: u32 = 3;

impl Talk {
    /// Makes a channel in the place of a former one.
    ///
    /// # Errors
    /// When Slack does not do it; or the user is gone.
    pub(super) async fn make(
        &self,
        id: UserId,
        words: &Words,
        former: Option<&str>,
    ) -> Result<String, Stopped> {
        let known = user(self.service.journal.reader(), id)?;
        let name = known.ok_or(Refusal::UserNotFound(id.0))?.full_name();
        let made = self.create(id, &name).await?;
        if let Some(other) = self.link(id, former, &made).await? {
            let _ = self.change(Change::Archive, &made.id).await;
            return Ok(other);
        }
        self.introduce(id, words, &made.id).await?;
        Ok(made.id)
    }

    async fn create(&self, id: UserId, name: &str) -> Result<Channel, Problem> {
        let base = channel_name(id, name);
        let mut taken = 0;
        loop {
            let name = match taken {
                0 => base.clone(),
                1..NAMES_MAX => format!("{base}-{}", taken + 1),
                _ => format!("{base}-{}", &secret::new_token()[..10]),
            };
            match slack::create(&self.service.outgoing, &self.workspace, &name).await {
                Err(problem) if problem.code() == Some("name_taken") && taken < NAMES_MAX => {
                    taken += 1;
                }
                done => return done,
            }
        }
    }

    /// Records whose channel it is. Answers the one that somebody else has made meanwhile.
    async fn link(
        &self,
        id: UserId,
        former: Option<&str>,
        made: &Channel,
    ) -> Result<Option<String>, Stopped> {
        let (former, made) = (former.map(ToOwned::to_owned), made.clone());
        let decide = move |decision: &mut Decision<'_>| {
            if user(decision.state(), id)?.is_none() {
                return Err(Refusal::UserNotFound(id.0).into());
            }
            let known = channel_of(decision.state(), id)?;
            if let Some(known) = known.filter(|known| Some(&known.id) != former.as_ref()) {
                return Ok(Some(known.id));
            }
            let linked = ChannelLinked {
                channel: made.id,
                name: made.name,
            };
            decision.record(id, linked)?;
            Ok(None)
        };
        let journal = &self.service.journal;
        Ok(journal.decide_because(self.because, decide).await?)
    }

    /// Brings the assigned agent into a new channel, and tells the others of it. What Slack refuses
    /// here is logged, for it would be no different the next time; a failure is for the next time.
    pub(super) async fn introduce(
        &self,
        id: UserId,
        words: &Words,
        channel: &str,
    ) -> Result<(), Stopped> {
        let reader = self.service.journal.reader();
        let about = match words.conversation {
            Some(about) => conversation(reader, about)?,
            None => None,
        };
        let (agent, department) = about.map_or((None, None), |it| (it.agent, it.department));
        for member in agent
            .into_iter()
            .flat_map(|agent| members_of(&self.settings, agent))
        {
            let out = &self.service.outgoing;
            let invited = slack::invite(out, &self.workspace, channel, member).await;
            unless_refused(invited.map_err(Stopped::from), channel)?;
        }
        let own = department.and_then(|department| {
            let department = department.to_string();
            let mut departments = self.settings.mapping(&SLACK_DEPARTMENTS);
            departments.find(|(id, _)| *id == department)
        });
        let place = own.map_or_else(|| self.settings.text(&SLACK_CHANNEL), |(_, place)| place);
        if place.is_empty() {
            return Ok(());
        }
        let name = user(reader, id)?.map(|known| known.full_name());
        let note = note(place, &name.unwrap_or_default(), channel);
        unless_refused(self.post(&note).await.map(drop), channel)
    }
}

fn unless_refused(done: Result<(), Stopped>, channel: &str) -> Result<(), Stopped> {
    match done {
        Err(Stopped::Slack(problem)) if problem.code().is_some() => {
            tracing::warn!(channel, "not everybody was told of the channel: {problem}");
            Ok(())
        }
        done => done,
    }
}

/// The note with a button that leads to a new channel.
fn note(place: &str, name: &str, channel: &str) -> Post {
    let text = format!("*{}* has written: <#{channel}>", escaped(name));
    let blocks = json!([
        {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        {"type": "actions", "elements": [{
            "type": "button", "text": {"type": "plain_text", "text": "Join"}, "style": "primary",
            "url": format!("https://slack.com/app_redirect?channel={channel}"),
        }]},
    ]);
    Post {
        channel: place.to_owned(),
        text,
        blocks: Some(blocks),
        ..Post::default()
    }
}

/// A name that Slack takes (small letters, digits and hyphens), and that tells whose channel it is.
fn channel_name(id: UserId, name: &str) -> String {
    let mut slug = String::new();
    for character in name.chars() {
        match character.to_ascii_lowercase() {
            fine if fine.is_ascii_alphanumeric() => slug.push(fine),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
        if slug.len() == NAME_CHARS_MAX {
            break;
        }
    }
    let number = format!("-{id}");
    match slug.trim_end_matches('-') {
        "" => format!("user{number}"),
        // Users without a name are `User #3` already.
        slug if slug.ends_with(&number) => slug.to_owned(),
        slug => format!("{slug}{number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_have_names_that_slack_takes() {
        for (name, expected) in [
            ("John Doe", "john-doe-3"),
            ("  Zoë O'Neill (VIP) ", "zo-o-neill-vip-3"),
            ("User #3", "user-3"),
            ("王小明", "user-3"),
            ("", "user-3"),
        ] {
            assert_eq!(channel_name(UserId(3), name), expected);
        }
        let long = channel_name(UserId(u64::MAX), &"x y ".repeat(100));
        assert!(long.len() <= 80 - 11, "{long}");
    }

    #[test]
    fn the_note_leads_to_the_channel() {
        let note = note("C0", "A <b>", "C1");
        assert_eq!(note.text, "*A &lt;b&gt;* has written: <#C1>");
        let blocks = note.blocks.unwrap();
        let url = &blocks[1]["elements"][0]["url"];
        assert_eq!(url, "https://slack.com/app_redirect?channel=C1");
    }
}
