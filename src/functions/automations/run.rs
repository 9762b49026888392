//! Running automations: for a user once, and a repeating one once a period. That it ran and what it
//! did is one decision, so neither a retry, a restart nor two roads at once do it twice.

use eventlog::View;
use events::{
    UserId,
    automation::{Automation, Kind, Ran, Saved},
    notification::{Channel, Content},
    report::Name,
};
use serde_json::Value;

use super::{
    conditions::{Person, Verdict, validate},
    shown::translated,
    state::{has_run, person, saved},
};
use crate::{
    functions::{
        Decision, Failure, Refusal, User,
        messages::{
            content::TEXT_CHARS_MAX,
            merge_fields::merged,
            newest_conversation,
            send::{Draft as Message, send},
        },
        notifications::{address, channels, check_email, check_sms, number::phone},
        reports,
        settings::state::Settings,
        users::{first::bot, get_user_language::language, state::known_user},
    },
    reactions::outbox::orders::{Draft, order},
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

/// The kinds that the service runs; the others are the client's.
pub const RUN_HERE: [Kind; 3] = [Kind::Emails, Kind::Sms, Kind::Messages];

/// The automations that may run for a user, now. Emails and text messages only where the channel is
/// configured and leads to the user.
///
/// # Errors
/// When the state cannot be read.
pub fn due(
    state: &dyn View,
    settings: &Settings,
    saved: &Saved,
    user: UserId,
    person: &Person,
    now_ms: i64,
) -> Result<Vec<Due>, Failure> {
    let mut due = Vec::new();
    for kind in RUN_HERE {
        let automations = saved.automations.get(&kind).map_or(&[][..], Vec::as_slice);
        if automations.is_empty() || !leads_to(state, settings, user, kind)? {
            continue;
        }
        for automation in automations {
            if let Outlook::Left(left, period) = outlook(state, user, person, automation, now_ms)?
                && left.is_empty()
            {
                let automation = in_language_of(saved, kind, automation, person);
                due.push((kind, automation, period));
            }
        }
    }
    Ok(due)
}

/// Whether an automation of this kind can reach a user.
fn leads_to(
    state: &dyn View,
    settings: &Settings,
    id: UserId,
    kind: Kind,
) -> Result<bool, Failure> {
    Ok(match kind {
        Kind::Emails => {
            channels::is_configured(settings, Channel::Email)
                && address(&known_user(state, id)?).is_some()
        }
        Kind::Sms => channels::is_configured(settings, Channel::Sms) && phone(state, id)?.is_some(),
        Kind::Messages | Kind::Popups | Kind::Design => true,
    })
}

/// Runs the automations that may run for a user, now; those that cannot, for they say nothing for
/// instance, are left out and may run another time.
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
    let facts = decision.facts();
    let due = due(state, &facts.settings, &saved, user, &person, facts.now_ms)?;
    for (kind, automation, period) in due {
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
/// `unavailable` without a channel for its kind, `user-email-not-found` without an address,
/// `invalid-argument` for one that the client shows or that says nothing and for a user without a
/// telephone number, `too-large` for a message that is, or the state's own failure.
pub fn run(
    decision: &mut Decision<'_>,
    user: UserId,
    kind: Kind,
    automation: &Automation,
    period: String,
) -> Result<(), Failure> {
    let report = match kind {
        Kind::Messages => {
            say(decision, user, automation)?;
            Name::MessageAutomations
        }
        Kind::Emails => {
            let draft = letter(decision, user, automation, Channel::Email)?;
            check_email(decision, &draft)?;
            order(decision, user, vec![draft])?;
            Name::EmailAutomations
        }
        Kind::Sms => {
            let draft = letter(decision, user, automation, Channel::Sms)?;
            check_sms(decision, &draft)?;
            order(decision, user, vec![draft])?;
            Name::SmsAutomations
        }
        Kind::Popups | Kind::Design => {
            let kind = kind.name();
            let why = format!("automation: {kind} are run by the client; nothing can be sent.");
            return Err(Refusal::InvalidArgument(why).into());
        }
    };
    let automation = automation.id.clone();
    let ran = Ran {
        automation,
        kind,
        period,
    };
    decision.record(user, ran)?;
    reports::count(decision, report, 1)
}

/// What an automation sends by a channel, with its fields filled in.
fn letter(
    decision: &Decision<'_>,
    id: UserId,
    automation: &Automation,
    channel: Channel,
) -> Result<Draft, Failure> {
    channels::require(&decision.facts().settings, channel)?;
    let (user, agent) = (known_user(decision.state(), id)?, speaker(decision)?);
    let more = |name: &str| automation.more.get(name).and_then(Value::as_str);
    let subject = more("subject").filter(|subject| !subject.trim().is_empty());
    let agent_id = agent.0;
    Ok(Draft {
        channel,
        recipients: vec![id],
        to: Vec::new(),
        sender: Some(agent_id),
        content: Content::Text {
            title: subject.map(|subject| merged(subject, &user, &agent.1)),
            text: text(automation, &user, &agent.1)?,
            attachments: Vec::new(),
            conversation: None,
            icon: None,
            bare: false,
        },
    })
}

/// Who speaks: the bot.
fn speaker(decision: &Decision<'_>) -> Result<(UserId, User), Failure> {
    let Some(bot) = bot(decision.state())? else {
        return Err(Refusal::Unavailable("There is no bot to write it.".to_owned()).into());
    };
    Ok((bot, known_user(decision.state(), bot)?))
}

/// What an automation says, with its fields filled in.
fn text(automation: &Automation, user: &User, agent: &User) -> Result<String, Refusal> {
    let written = automation.message.as_deref().unwrap_or_default();
    if written.trim().is_empty() {
        let why = "automation: its message is empty.".to_owned();
        return Err(Refusal::InvalidArgument(why));
    }
    let text = merged(written, user, agent);
    if text.chars().count() > TEXT_CHARS_MAX {
        let why =
            "automation: with its fields filled in the message is longer than 100,000 characters.";
        return Err(Refusal::TooLarge(why.to_owned()));
    }
    Ok(text)
}

/// A message of the bot in the user's newest conversation, or in a new one.
fn say(decision: &mut Decision<'_>, id: UserId, automation: &Automation) -> Result<(), Failure> {
    let user = known_user(decision.state(), id)?;
    let (bot_id, bot) = speaker(decision)?;
    let text = text(automation, &user, &bot)?;
    let conversation = newest_conversation(decision, id, &user)?;
    let draft = Message {
        text,
        ..Message::default()
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
