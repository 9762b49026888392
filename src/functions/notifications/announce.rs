//! Telling who is not there: customers of agents' messages, agents of customers' messages and of
//! conversations that were given to them. What is to leave is ordered in the decision that made it
//! necessary; only configured channels are used, and only those that the settings allow.

use std::collections::BTreeMap;

use events::{
    ConversationId, MessageId, UserId,
    notification::{Channel, Content},
    user::UserType,
};

use super::{address::address, channels, number::phone};
use crate::{
    functions::{
        Decision, Failure, User,
        conversations::state::{Conversation, known_conversation},
        settings::{
            registry::{
                NOTIFY_AGENT_ASSIGNED, NOTIFY_AGENT_EMAIL, NOTIFY_AGENT_PUSH, NOTIFY_AGENT_SMS,
                NOTIFY_USER_EMAIL, NOTIFY_USER_SMS, Setting,
            },
            state::Settings,
        },
        translations::translated_for,
        user,
        users::state::users_of_type,
    },
    reactions::outbox::{
        orders::{Draft, order},
        told::is_told,
    },
};

/// Agents who are told of one message at most: more are no longer in charge of anything.
const AGENTS_MAX: usize = 50;

/// What agents are told of a conversation that the bot has handed over.
pub const WAITS: &str = "A conversation waits for an agent";

/// How agents are told that a conversation waits, and the settings that allow it.
const TO_AGENTS: [(Channel, Setting); 3] = [
    (Channel::Email, NOTIFY_AGENT_EMAIL),
    (Channel::Sms, NOTIFY_AGENT_SMS),
    (Channel::Push, NOTIFY_AGENT_PUSH),
];

/// Tells who is to read a message and is not online, and answers by which channels.
///
/// Emails and text messages pile up, so nobody gets another before having been there, or having
/// written, by email for instance: a customer gets one whatever is said in the meantime, an agent one
/// for each conversation, as each may wait for somebody else. A push shows for a moment and is how a
/// conversation is followed from afar: there is one for each message.
///
/// # Errors
/// When the state cannot be read.
pub fn message(
    decision: &mut Decision<'_>,
    author: UserId,
    author_type: UserType,
    id: ConversationId,
    message: MessageId,
) -> Result<Vec<Channel>, Failure> {
    if author_type == UserType::Bot || !can_leave(&decision.facts().settings) {
        return Ok(Vec::new());
    }
    // As it is by now: routing may have given it to somebody.
    let conversation = known_conversation(decision.state(), id)?;
    let content = Content::Message {
        conversation: id,
        message,
    };
    let drafts = if author_type.is_customer() {
        let agents = in_charge(decision, &conversation)?;
        let drafts = drafts(decision, &agents, &TO_AGENTS, author, &content)?;
        untold(decision, drafts, Some(id))?
    } else {
        let drafts = to_customer(decision, conversation.user, author, &content)?;
        untold(decision, drafts, None)?
    };
    let mut used: Vec<Channel> = drafts.iter().map(|draft| draft.channel).collect();
    used.sort_unstable();
    used.dedup();
    order(decision, id, drafts)?;
    Ok(used)
}

/// Tells the agents in charge who are not online that the bot has handed a conversation over to people.
///
/// # Errors
/// When the state cannot be read.
pub fn handed_over(
    decision: &mut Decision<'_>,
    bot: UserId,
    (id, conversation): (ConversationId, &Conversation),
) -> Result<(), Failure> {
    let mut agents = in_charge(decision, conversation)?;
    let actor = decision.facts().actor;
    agents.retain(|agent| *agent != actor);
    // Each is told in their own language.
    let mut by_title: BTreeMap<String, Vec<UserId>> = BTreeMap::new();
    for agent in agents {
        let title = translated_for(decision.state(), agent, WAITS)?;
        by_title.entry(title).or_default().push(agent);
    }
    let mut all = Vec::new();
    for (title, agents) in by_title {
        let content = Content::Text {
            text: format!("{title}: #{id}"),
            title: Some(title),
            attachments: Vec::new(),
            conversation: Some(id),
            icon: None,
            bare: false,
        };
        all.extend(drafts(decision, &agents, &TO_AGENTS, bot, &content)?);
    }
    order(decision, id, all)
}

/// Tells agents who are not online that a conversation waits for them, with a note by text message too;
/// the one who gave it to them is not told.
///
/// # Errors
/// When the state cannot be read.
pub fn assigned(
    decision: &mut Decision<'_>,
    id: ConversationId,
    agents: &[UserId],
    by_department: bool,
    note: Option<String>,
) -> Result<(), Failure> {
    let actor = decision.facts().actor;
    let others: Vec<UserId> = agents.iter().copied().filter(|id| *id != actor).collect();
    let mut channels = vec![Channel::Email, Channel::Push];
    channels.extend(note.is_some().then_some(Channel::Sms));
    let allowed: Vec<_> = channels
        .into_iter()
        .map(|channel| (channel, NOTIFY_AGENT_ASSIGNED))
        .collect();
    let content = Content::Assigned {
        conversation: id,
        department: by_department,
        note,
    };
    let away = away(decision, others);
    let drafts = drafts(decision, &away, &allowed, actor, &content)?;
    order(decision, id, drafts)
}

/// The agents of a department, who take its conversations.
///
/// # Errors
/// When the state cannot be read.
pub fn of_department(
    decision: &Decision<'_>,
    department: events::DepartmentId,
) -> Result<Vec<UserId>, Failure> {
    let mut agents = Vec::new();
    for id in users_of_type(decision.state(), UserType::Agent)? {
        let is_member = |agent: User| agent.department == Some(department);
        if user(decision.state(), id)?.is_some_and(is_member) {
            agents.push(id);
        }
    }
    Ok(agents)
}

/// Who is to answer a conversation and is not online: the agent whose it is, else the department's
/// agents, else all agents; where there are no agents at all, the admins.
fn in_charge(decision: &Decision<'_>, conversation: &Conversation) -> Result<Vec<UserId>, Failure> {
    if !can_leave(&decision.facts().settings) {
        return Ok(Vec::new());
    }
    let mut agents = match (conversation.agent, conversation.department) {
        (Some(agent), _) => vec![agent],
        (None, Some(department)) => of_department(decision, department)?,
        (None, None) => Vec::new(),
    };
    for others in [UserType::Agent, UserType::Admin] {
        if agents.is_empty() {
            agents = users_of_type(decision.state(), others)?;
        }
    }
    Ok(away(decision, agents))
}

fn away(decision: &Decision<'_>, mut agents: Vec<UserId>) -> Vec<UserId> {
    agents.retain(|agent| !decision.facts().is_online(*agent));
    agents.truncate(AGENTS_MAX);
    agents
}

/// Whether anything can leave at all; asked first, for most messages need no more.
fn can_leave(settings: &Settings) -> bool {
    [Channel::Email, Channel::Sms, Channel::Push]
        .into_iter()
        .any(|channel| channels::is_configured(settings, channel))
}

fn to_customer(
    decision: &Decision<'_>,
    customer: UserId,
    author: UserId,
    content: &Content,
) -> Result<Vec<Draft>, Failure> {
    if decision.facts().is_online(customer) {
        return Ok(Vec::new());
    }
    let is_customer = |user: User| user.user_type.is_customer();
    if !user(decision.state(), customer)?.is_some_and(is_customer) {
        return Ok(Vec::new());
    }
    let allowed = [
        (Channel::Email, NOTIFY_USER_EMAIL),
        (Channel::Sms, NOTIFY_USER_SMS),
    ];
    drafts(decision, &[customer], &allowed, author, content)
}

/// Those of the drafts whose receivers were not told before of this conversation, or of any where none is
/// named.
fn untold(
    decision: &Decision<'_>,
    drafts: Vec<Draft>,
    conversation: Option<ConversationId>,
) -> Result<Vec<Draft>, Failure> {
    let mut untold = Vec::new();
    for draft in drafts {
        let told = match &*draft.recipients {
            [one] => is_told(decision.state(), *one, draft.channel, conversation)?,
            _ => false,
        };
        if !told {
            untold.push(draft);
        }
    }
    Ok(untold)
}

/// What is to leave to these users by the channels that are allowed, configured, and lead to them.
fn drafts(
    decision: &Decision<'_>,
    users: &[UserId],
    allowed: &[(Channel, Setting)],
    sender: UserId,
    content: &Content,
) -> Result<Vec<Draft>, Failure> {
    let settings = &decision.facts().settings;
    let draft = |channel, recipients| Draft {
        channel,
        recipients,
        to: Vec::new(),
        sender: Some(sender).filter(|sender| sender.0 != 0),
        content: content.clone(),
    };
    let mut drafts = Vec::new();
    for (channel, setting) in allowed {
        if !settings.is_on(setting) || !channels::is_configured(settings, *channel) {
            continue;
        }
        let mut reached = Vec::new();
        for id in users {
            let leads_there = match channel {
                Channel::Email => {
                    user(decision.state(), *id)?.is_some_and(|user| address(&user).is_some())
                }
                Channel::Sms => phone(decision.state(), *id)?.is_some(),
                Channel::Push => true,
            };
            if leads_there {
                reached.push(*id);
            }
        }
        match channel {
            // One push for all of them.
            Channel::Push if !reached.is_empty() => drafts.push(draft(*channel, reached)),
            Channel::Push => {}
            _ => drafts.extend(reached.into_iter().map(|id| draft(*channel, vec![id]))),
        }
    }
    Ok(drafts)
}

#[cfg(test)]
mod tests;
