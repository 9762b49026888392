//! One event of each type, with every field in use somewhere.

mod articles;

use crate::{ConversationId, DepartmentId, MessageId, NoteId, UserId};
use crate::{
    Event, automation, bot, conversation, delivery, file, mailbox, message, note, report, settings,
    translation, user,
};

#[expect(clippy::too_many_lines, reason = "one sample for each type")]
pub(super) fn samples() -> Vec<Event> {
    let detail = user::Detail {
        slug: "phone".into(),
        name: "Phone".into(),
        value: "+44 62367136".into(),
    };
    let attachment = message::Attachment {
        name: "plan.pdf".into(),
        url: "https://example.com/plan.pdf".into(),
    };
    vec![
        user::Created {
            user_type: user::UserType::User,
            first_name: "Zoë".into(),
            last_name: "O'Neil 👋".into(),
            email: Some("zoe@example.com".into()),
            profile_image: String::new(),
            password_hash: Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA".into()),
            token: "a521773c5a566a251c3fb00e93162b20ff955b12".into(),
            department: Some(DepartmentId(3)),
            details: vec![detail.clone()],
        }
        .into(),
        user::ProfileUpdated {
            last_name: Some("Doe".into()),
            department: Some(DepartmentId(0)),
            ..Default::default()
        }
        .into(),
        user::EmailChanged {
            email: None,
            first: false,
        }
        .into(),
        user::PasswordChanged {
            password_hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA".into(),
        }
        .into(),
        user::TypeChanged {
            from: user::UserType::Visitor,
            to: user::UserType::Lead,
        }
        .into(),
        user::DetailsUpdated {
            set: vec![detail],
            removed: vec!["city".into()],
        }
        .into(),
        user::UrlVisited {
            url: "https://example.com/pricing".into(),
        }
        .into(),
        user::LoggedIn {
            method: user::LoginMethod::Password,
        }
        .into(),
        user::LoggedOut {}.into(),
        user::Returned {}.into(),
        user::Deleted {
            user_type: user::UserType::Lead,
            conversations: vec![ConversationId(7), ConversationId(9)],
        }
        .into(),
        conversation::Created {
            user: UserId(882),
            title: "Invoice".into(),
            status: conversation::Status::Live,
            department: Some(DepartmentId(1)),
            agent: Some(UserId(5)),
            source: Some(conversation::Source::Em),
            extra: "order-12".into(),
        }
        .into(),
        conversation::StatusChanged {
            from: conversation::Status::Live,
            to: conversation::Status::Trashed,
        }
        .into(),
        conversation::AgentAssigned {
            agent: Some(UserId(5)),
            message: Some("Please take this".into()),
        }
        .into(),
        conversation::DepartmentAssigned {
            department: None,
            message: None,
        }
        .into(),
        conversation::Queued { place: 12 }.into(),
        conversation::Rated {
            positive: true,
            agent: Some(UserId(5)),
        }
        .into(),
        message::Sent {
            message: MessageId(2044),
            author: UserId(802),
            author_type: user::UserType::Lead,
            text: "Hello!\r\nمرحبا".into(),
            attachments: vec![attachment.clone()],
            payload: r#"{"key":1}"#.into(),
            asked_status: Some(conversation::Status::WaitingAgent),
            first_of_customer: true,
            recipient: Some(UserId(5)),
        }
        .into(),
        message::Updated {
            message: MessageId(2044),
            text: Some("Hello".into()),
            attachments: Some(vec![attachment]),
            payload: None,
        }
        .into(),
        message::Read {
            messages: vec![MessageId(2044), MessageId(2045)],
        }
        .into(),
        message::Deleted {
            message: MessageId(2044),
        }
        .into(),
        file::Created {
            purpose: file::Purpose::Transcript,
            path: "conversation-1021-AbCdEfGhIjKlMnOpQrStUv.csv".into(),
            bytes: 812,
            conversation: Some(ConversationId(1021)),
            user: None,
        }
        .into(),
        settings::Saved {
            set: [("rtl".into(), (true.into(), "checkbox".into()))].into(),
            external: [("departments".into(), serde_json::json!([{"id": "1"}]))].into(),
            external_translations: [("departments".into(), serde_json::json!({"fr": []}))].into(),
        }
        .into(),
        delivery::Planned {
            through: 120,
            deliveries: vec![delivery::Plan {
                delivery: 7,
                source: 118,
                name: "rich-message".into(),
                part: 1,
                lane: "conversation-1021".into(),
            }],
        }
        .into(),
        delivery::Succeeded {
            deliveries: vec![delivery::Attempt {
                delivery: 7,
                attempt: 2,
                status: Some(204),
                duration_ms: 31,
                ..Default::default()
            }],
        }
        .into(),
        delivery::Failed {
            deliveries: vec![delivery::Attempt {
                delivery: 7,
                attempt: 1,
                status: Some(503),
                duration_ms: 31,
                error: Some("the receiver answered 503".into()),
                retry_at_ms: Some(1_589_293_742_000),
            }],
        }
        .into(),
        delivery::Abandoned {
            deliveries: vec![delivery::Attempt {
                delivery: 7,
                attempt: 3,
                status: Some(410),
                duration_ms: 31,
                error: Some("the receiver answered 410".into()),
                retry_at_ms: None,
            }],
            stopped: None,
        }
        .into(),
        mailbox::Received {
            identity: "0f1e2d3c4b5a69788796a5b4c3d2e1f0".into(),
            conversation: ConversationId(7),
            message: MessageId(41),
        }
        .into(),
        delivery::ReplayRequested {
            after: 100,
            until: 120,
            name: Some("message-sent".into()),
        }
        .into(),
        report::Recorded {
            name: report::Name::ArticlesViewsSingle,
            value: Some("1".into()),
            external_id: Some("6P2Oq".into()),
            extra: Some("en".into()),
        }
        .into(),
        automation::Saved {
            automations: [(
                automation::Kind::Messages,
                vec![automation::Automation {
                    id: "y6hNE".into(),
                    conditions: Some(vec![
                        automation::Condition(vec![
                            automation::Part::Text("datetime".into()),
                            automation::Part::Text("is-between".into()),
                            automation::Part::Text("10/04/2021 - 13/04/2021".into()),
                        ]),
                        automation::Condition(vec![
                            automation::Part::Text("countries".into()),
                            automation::Part::List(vec!["fr".into(), "es".into()]),
                        ]),
                    ]),
                    name: None,
                    message: Some("Hello {user_name}".into()),
                    more: std::iter::once(("subject".to_owned(), "Spring".into())).collect(),
                }],
            )]
            .into(),
            translations: [(
                "fr".into(),
                [(
                    automation::Kind::Messages,
                    vec![automation::Automation {
                        id: "y6hNE".into(),
                        message: Some("Bonjour {user_name}".into()),
                        ..Default::default()
                    }],
                )]
                .into(),
            )]
            .into(),
        }
        .into(),
        automation::Ran {
            automation: "y6hNE".into(),
            kind: automation::Kind::Messages,
            period: "2021-04-10".into(),
        }
        .into(),
        bot::Answered {
            function: "dialogflow-message".into(),
            question: "Hello".into(),
            messages: vec![bot::Said {
                message: MessageId(2046),
                text: "Hi! How are you doing?".into(),
                attachments: vec![message::Attachment {
                    name: "plan.pdf".into(),
                    url: "https://example.com/plan.pdf".into(),
                }],
            }],
            response: serde_json::json!({"queryResult": {"languageCode": "en"}}),
        }
        .into(),
        conversation::TakenOver {
            at_ms: 1_589_293_737_000,
        }
        .into(),
        note::Added {
            note: NoteId(98207),
            author: UserId(5),
            name: "Ava".into(),
            text: "Calls back on Monday.\nKnows the invoice.".into(),
        }
        .into(),
        note::Deleted {
            note: NoteId(98207),
        }
        .into(),
        conversation::Deleted { user: UserId(882) }.into(),
        translation::Saved {
            language: "es".into(),
            name: Some("Spanish".into()),
            area: Some(translation::Area::Front),
            texts: [(
                "All fields are required.".into(),
                "Todos los campos son obligatorios.".into(),
            )]
            .into(),
            removed: vec!["Old \"text\"".into()],
        }
        .into(),
    ]
    .into_iter()
    .chain(articles::samples())
    .collect()
}
