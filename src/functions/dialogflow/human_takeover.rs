//! `dialogflow-human-takeover`

use events::ConversationId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::takeover::hand_over;
use crate::{
    functions::{Command, Decision, Failure},
    wire::{Flag, Key},
};

/// Hands a conversation over from the bot to people.
///
/// The conversation waits for an agent (status 2), from the archive and the trash too, and goes on
/// top: the bot says what the setting `dialogflow-takeover-message` holds. With `auto_messages` it
/// also says what the settings `dialogflow-offline-message` (while no agent is online),
/// `dialogflow-follow-up-message` and `dialogflow-subscribe-message` (to a user without an email
/// address) hold, where they are not empty. What was said at a takeover within ten days that is not over
/// is not said again: the conversation waits and goes on top as before, by a message without a text.
/// From then on, and after every reply of an agent, the bot
/// is silent while the conversation's last agent is online, and for ten days it does not say that it
/// has not understood. Archiving or deleting the conversation ends that. Agents in charge who are not
/// online are told by email, SMS and push, as of a message of the user's, and the routing and the queue
/// have their say. Answers true for the takeover and for each message. Dialogflow is not asked, so it need
/// not be active. An unknown conversation is refused as `conversation-not-found`.
/// # Example
/// `{"conversation_id": 1, "auto_messages": true}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DialogflowHumanTakeover {
    /// The conversation.
    conversation_id: Key<ConversationId>,
    /// Whether to send the offline, follow-up and subscribe messages as well.
    #[serde(default)]
    auto_messages: Flag,
}

impl Command for DialogflowHumanTakeover {
    const NAME: &'static str = "dialogflow-human-takeover";
    type Reply = Vec<bool>;

    fn decide(self, decision: &mut Decision<'_>) -> Result<Vec<bool>, Failure> {
        hand_over(decision, self.conversation_id.0, self.auto_messages.0)
    }
}

#[cfg(test)]
mod tests {
    use events::{
        Event, Stream, UserId,
        conversation::{Status, StatusChanged, TakenOver},
        message::Sent,
        settings::Saved,
        user::{EmailChanged, UserType},
    };
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        Refusal,
        conversations::histories::{and, arguments, john_and_agents, sent, somebody},
        scenario::{NOW_MS, given, happened},
        settings::state::STREAM,
    };

    const ID: ConversationId = ConversationId(1);

    fn take_over(auto_messages: bool) -> DialogflowHumanTakeover {
        arguments(json!({"conversation_id": 1, "auto_messages": auto_messages}))
    }

    fn john_and_bot() -> Vec<(Stream, Event)> {
        let mut history = john_and_agents();
        history.insert(0, somebody(1, UserType::Bot));
        history
    }

    /// John's conversation is in the archive.
    fn history() -> Vec<(Stream, Event)> {
        let history = john_and_bot();
        let (from, to) = (Status::Live, Status::Archived);
        and(history, ID, StatusChanged { from, to })
    }

    fn saved(settings: &Value) -> Saved {
        let texts = settings.as_object().unwrap().iter();
        Saved {
            set: texts
                .map(|(id, text)| (id.clone(), (text.clone(), "textarea".to_owned())))
                .collect(),
            ..Saved::default()
        }
    }

    fn says(message: u64, text: &str) -> (Stream, Event) {
        let said = Sent {
            payload: r#"{"human-takeover":true}"#.to_owned(),
            asked_status: Some(Status::WaitingAgent),
            ..sent(message, 1, UserType::Bot, text)
        };
        happened(ID, said)
    }

    fn back() -> (Stream, Event) {
        let (from, to) = (Status::Archived, Status::WaitingAgent);
        happened(ID, StatusChanged { from, to })
    }

    #[test]
    fn the_conversation_waits_for_an_agent_and_goes_on_top() {
        given(history())
            .when(take_over(true))
            .then([
                happened(ID, TakenOver { at_ms: NOW_MS }),
                says(1, "One of our agents will answer you soon."),
                back(),
            ])
            .answering(json!([true, true]));
        // Without a text the message is there all the same: it is what puts the conversation on top.
        let silent = saved(&json!({"dialogflow-takeover-message": ""}));
        given(and(history(), STREAM, silent))
            .when(take_over(false))
            .then([
                happened(ID, TakenOver { at_ms: NOW_MS }),
                says(1, ""),
                back(),
            ])
            .answering(json!([true, true]));
    }

    #[test]
    fn what_was_said_is_not_said_again_before_the_takeover_is_over() {
        let taken = |at_ms| TakenOver { at_ms };
        let day_ms = 24 * 3_600_000;
        let before = |days: i64| and(john_and_bot(), ID, taken(NOW_MS - days * day_ms));
        let waits = || {
            let (from, to) = (Status::Live, Status::WaitingAgent);
            happened(ID, StatusChanged { from, to })
        };
        given(before(9))
            .when(take_over(true))
            .then([happened(ID, taken(NOW_MS)), says(1, ""), waits()])
            .answering(json!([true, true]));
        let told = "One of our agents will answer you soon.";
        given(before(10)).when(take_over(true)).then([
            happened(ID, taken(NOW_MS)),
            says(1, told),
            waits(),
        ]);
        // The archive ends it.
        let (from, to) = (Status::Live, Status::Archived);
        let archived = and(before(1), ID, StatusChanged { from, to });
        given(archived).when(take_over(true)).then([
            happened(ID, taken(NOW_MS)),
            says(1, told),
            back(),
        ]);
    }

    #[test]
    fn automatic_messages_go_to_those_whom_they_concern() {
        let messages = saved(&json!({
            "dialogflow-takeover-message": "Wait.", "dialogflow-offline-message": "Nobody is here.",
            "dialogflow-follow-up-message": "Your email?", "dialogflow-subscribe-message": "Subscribe!",
        }));
        let with_email = and(history(), STREAM, messages);
        let gone = EmailChanged {
            email: None,
            first: false,
        };
        let without = and(with_email.clone(), UserId(3), gone);
        let taken = || happened(ID, TakenOver { at_ms: NOW_MS });
        given(without.clone())
            .online([3])
            .when(take_over(true))
            .then([
                taken(),
                says(1, "Wait."),
                back(),
                says(2, "Nobody is here."),
                says(3, "Your email?"),
                says(4, "Subscribe!"),
            ])
            .answering(json!([true, true, true, true, true]));
        given(with_email).online([5]).when(take_over(true)).then([
            taken(),
            says(1, "Wait."),
            back(),
        ]);
        given(without)
            .when(take_over(false))
            .then([taken(), says(1, "Wait."), back()]);
    }

    #[test]
    fn an_unknown_conversation_is_refused() {
        let unknown: DialogflowHumanTakeover = arguments(json!({"conversation_id": 9}));
        given(history())
            .when(unknown)
            .then_refused(Refusal::ConversationNotFound(9));
    }
}
