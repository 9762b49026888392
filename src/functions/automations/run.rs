//! Running automations: for a user once, and a repeating one once a period. That it ran and what it
//! did is one decision, so neither a retry, a restart nor two roads at once do it twice.

use eventlog::View;
use events::{
    UserId,
    automation::{Automation, Kind, Ran, Saved},
};

use super::{
    conditions::{Person, Verdict, validate},
    shown::translated,
    state::{has_run, person, saved},
};
use crate::functions::{
    Decision, Failure, Refusal,
    messages::{
        content::TEXT_CHARS_MAX,
        merge_fields::merged,
        newest_conversation,
        send::{Draft, send},
    },
    users::{first::bot, get_user_language::language, state::known_user},
};

/// An automation that may run for a user, now, and in which period; empty for once and for all.
pub type Due = (Kind, Automation, String);

/// What an automation has in store for a user.
pub enum Outlook {
    /// Its conditions do not hold, or it has run.
    Nothing,
    /// These conditions are left; with none it may run in the period.
    Left(Vec<events::automation::Condition>, String),
}

/// Whether an automation may run for a user, now.
///
/// # Errors
/// When the state cannot be read.
pub fn outlook(
    state: &dyn View,
    user: UserId,
    person: &Person,
    automation: &Automation,
    now_ms: i64,
) -> Result<Outlook, Failure> {
    let conditions = automation.conditions.as_deref().unwrap_or_default();
    let Verdict::Open { left, period } = validate(conditions, person, now_ms) else {
        return Ok(Outlook::Nothing);
    };
    if has_run(state, user, &automation.id, &period)? {
        return Ok(Outlook::Nothing);
    }
    Ok(Outlook::Left(left, period))
}

/// The automations that may run for a user in the chat, now.
///
/// # Errors
/// When the state cannot be read.
pub fn due(
    state: &dyn View,
    saved: &Saved,
    user: UserId,
    person: &Person,
    now_ms: i64,
) -> Result<Vec<Due>, Failure> {
    let mut due = Vec::new();
    let kind = Kind::Messages;
    for automation in saved.automations.get(&kind).into_iter().flatten() {
        if let Outlook::Left(left, period) = outlook(state, user, person, automation, now_ms)?
            && left.is_empty()
        {
            due.push((
                kind,
                in_language_of(saved, kind, automation, person),
                period,
            ));
        }
    }
    Ok(due)
}

/// Runs the automations that may run for a user in the chat, now; those that cannot, for they say
/// nothing for instance, are left out and may run another time. Emails and text messages are left
/// out as well, as long as no channel takes them.
///
/// # Errors
/// `user-not-found`, or the state's own failure.
pub fn run_due(
    decision: &mut Decision<'_>,
    user: UserId,
    came_ms: Option<i64>,
) -> Result<(), Failure> {
    let state = decision.state();
    let (saved, person) = (saved(state)?, person(state, user, came_ms)?);
    for (kind, automation, period) in due(state, &saved, user, &person, decision.facts().now_ms)? {
        match run(decision, user, kind, &automation, period) {
            Ok(()) | Err(Failure::Refused(_)) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

/// Runs an automation for a user and records that it ran. A refusal comes before anything is
/// recorded.
///
/// # Errors
/// `unavailable` without a channel for its kind, `invalid-argument` for one that the client shows or
/// that says nothing, `too-large` for a message that is, or the state's own failure.
pub fn run(
    decision: &mut Decision<'_>,
    user: UserId,
    kind: Kind,
    automation: &Automation,
    period: String,
) -> Result<(), Failure> {
    match kind {
        Kind::Messages => say(decision, user, automation)?,
        Kind::Emails | Kind::Sms => run_by_channel(kind)?,
        Kind::Popups | Kind::Design => {
            let kind = kind.name();
            let why = format!("automation: {kind} are run by the client; nothing can be sent.");
            return Err(Refusal::InvalidArgument(why).into());
        }
    }
    let automation = automation.id.clone();
    let ran = Ran {
        automation,
        kind,
        period,
    };
    decision.record(user, ran)
}

/// Hands an automation to the channel of its kind: there is none for emails nor text messages yet.
fn run_by_channel(kind: Kind) -> Result<(), Failure> {
    let why = match kind {
        Kind::Emails => "This release does not run automations of the kind emails yet.",
        _ => "This release does not run automations of the kind sms yet.",
    };
    Err(Refusal::Unavailable(why.to_owned()).into())
}

/// A message of the bot in the user's newest conversation, or in a new one.
fn say(decision: &mut Decision<'_>, id: UserId, automation: &Automation) -> Result<(), Failure> {
    let state = decision.state();
    let user = known_user(state, id)?;
    let Some(bot_id) = bot(state)? else {
        return Err(Refusal::Unavailable("There is no bot to write it.".to_owned()).into());
    };
    let written = automation.message.as_deref().unwrap_or_default();
    if written.trim().is_empty() {
        let why = "automation: its message is empty.".to_owned();
        return Err(Refusal::InvalidArgument(why).into());
    }
    let text = merged(written, &user, &known_user(state, bot_id)?);
    if text.chars().count() > TEXT_CHARS_MAX {
        let why =
            "automation: with its fields filled in the message is longer than 100,000 characters.";
        return Err(Refusal::TooLarge(why.to_owned()).into());
    }
    let conversation = newest_conversation(decision, id, &user)?;
    let draft = Draft {
        text,
        ..Draft::default()
    };
    send(decision, bot_id, conversation, draft)?;
    Ok(())
}

/// The automation in the language of a user, where it is translated.
pub fn in_language_of(
    saved: &Saved,
    kind: Kind,
    automation: &Automation,
    person: &Person,
) -> Automation {
    let value = |slug: &str| {
        let detail = person.details.iter().find(|detail| detail.slug == slug);
        detail.map(|detail| detail.value.as_str())
    };
    let translation = language(value).and_then(|language| {
        let list = saved.translations.get(&language)?.get(&kind)?;
        list.iter().find(|one| one.id == automation.id)
    });
    translated(automation, translation)
}
