//! Slack.

use serde_json::Value;

use super::{Kind, Setting};

/// All of them.
pub(super) const SLACK: &[Setting] = &[
    SLACK_ENABLED,
    SLACK_TOKEN,
    SLACK_SIGNING_SECRET,
    SLACK_CHANNEL,
    SLACK_DEPARTMENTS,
    SLACK_AGENTS,
    SLACK_DEFAULT_AGENT,
    SLACK_FORWARD,
    SLACK_PRESENCE,
];

/// Whether the service speaks to Slack.
pub const SLACK_ENABLED: Setting = Setting::new(
    Kind::Checkbox,
    "slack-enabled",
    "Whether the service speaks to Slack; needs slack-token.",
);
/// The bot's token.
pub const SLACK_TOKEN: Setting = Setting::new(
    Kind::Password,
    "slack-token",
    "The bot token of the Slack app (xoxb-), with the scopes chat:write, chat:write.customize, \
     channels:manage, channels:join, channels:read, channels:history, users:read and \
     users:read.email.",
);
/// What Slack's requests are signed with.
pub const SLACK_SIGNING_SECRET: Setting = Setting::new(
    Kind::Password,
    "slack-signing-secret",
    "The signing secret of the Slack app, whose events are sent to /slack/events.",
);
/// Where agents are told of new channels.
pub const SLACK_CHANNEL: Setting = Setting::new(
    Kind::Text,
    "slack-channel",
    "The ID of the Slack channel in which agents are told of users' new channels; empty for none.",
)
.checked(id_or_nothing);
/// The same, department by department.
pub const SLACK_DEPARTMENTS: Setting = Setting::new(
    Kind::Mapping,
    "slack-departments",
    "The Slack channel by department, instead of slack-channel: {\"2\": \"C012AB3CD\"}.",
)
.checked(channels_by_department);
/// Who is who.
pub const SLACK_AGENTS: Setting = Setting::new(
    Kind::Mapping,
    "slack-agents",
    "The agent's ID by the ID of the Slack member: {\"U328T701Z\": \"445\"}.",
)
.checked(agents_by_member);
/// Whose replies those of other members are.
pub const SLACK_DEFAULT_AGENT: Setting = Setting::new(
    Kind::Number,
    "slack-default-agent",
    "The ID of the agent whose replies those of members are who are no agents; empty for none.",
)
.checked(agent_or_nothing);
/// Whether messages go to Slack by themselves.
pub const SLACK_FORWARD: Setting = Setting::new(
    Kind::Checkbox,
    "slack-forward",
    "Whether the messages of users are sent to Slack by themselves.",
);
/// Whether presence in Slack is presence here.
pub const SLACK_PRESENCE: Setting = Setting::new(
    Kind::Checkbox,
    "slack-presence",
    "Whether agents who are active in Slack are online here as well; they are looked at about once a \
     minute.",
);

/// IDs of Slack: capital letters and digits.
fn is_slack_id(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (2..=40).contains(&text.len()) && text.bytes().all(fine)
}

fn is_number(text: &str) -> bool {
    text.parse::<u64>().is_ok_and(|number| number > 0)
}

fn id_or_nothing(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    if text.is_empty() || is_slack_id(text) {
        return Ok(());
    }
    Err(format!("{text:?} is not the ID of a Slack channel"))
}

fn agent_or_nothing(value: &Value) -> Result<(), String> {
    if value.as_u64().is_some_and(|id| id > 0) || value.as_str() == Some("") {
        return Ok(());
    }
    Err(format!("{value} is not an ID"))
}

fn channels_by_department(value: &Value) -> Result<(), String> {
    pairs(value, is_number, is_slack_id)
}

fn agents_by_member(value: &Value) -> Result<(), String> {
    pairs(value, is_slack_id, is_number)
}

fn pairs(value: &Value, name: fn(&str) -> bool, member: fn(&str) -> bool) -> Result<(), String> {
    for (key, text) in value.as_object().into_iter().flatten() {
        let text = text.as_str().unwrap_or_default();
        if !name(key) || !member(text) {
            return Err(format!("{key:?}: {text:?} is not understood"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_checked() {
        let agents = |value: Value| (SLACK_AGENTS.check)(&value).is_ok();
        assert!(agents(json!("")) && agents(json!({"U328T701Z": "445", "W012A3CDE": "2"})));
        for wrong in [json!({"U1": "Ada"}), json!({"u 1": "2"}), json!({"U1": ""})] {
            assert!(!agents(wrong.clone()), "{wrong}");
        }
        let departments = |value: Value| (SLACK_DEPARTMENTS.check)(&value).is_ok();
        assert!(departments(json!({"2": "C012AB3CD"})));
        assert!(!departments(json!({"C012AB3CD": "2"})) && !departments(json!({"0": "C1"})));
        let channel = |text: &str| (SLACK_CHANNEL.check)(&json!(text)).is_ok();
        assert!(channel("") && channel("C012AB3CD") && !channel("#general"));
        let agent = |value: Value| (SLACK_DEFAULT_AGENT.check)(&value).is_ok();
        assert!(agent(json!("")) && agent(json!(2)) && !agent(json!(0)) && !agent(json!(1.5)));
    }
}
