//! Samples of what is to leave, and of what has left.

use crate::{ConversationId, Event, MessageId, UserId, message::Attachment, notification};

pub(super) fn samples() -> Vec<Event> {
    let attachment = Attachment {
        name: "plan.pdf".into(),
        url: "https://example.com/plan.pdf".into(),
    };
    vec![
        notification::Ordered {
            time_ms: 1_589_293_737_000,
            orders: vec![
                order(
                    notification::Channel::Email,
                    notification::Content::Html {
                        subject: "Your parcel".into(),
                        html: "<b>Hello!</b>".into(),
                        suffix: "Support".into(),
                    },
                ),
                order(
                    notification::Channel::Push,
                    notification::Content::Text {
                        title: Some("New message".into()),
                        text: "Hello!".into(),
                        attachments: vec![attachment],
                        conversation: Some(ConversationId(7)),
                        icon: Some("https://example.com/icon.png".into()),
                        bare: true,
                    },
                ),
                order(
                    notification::Channel::Sms,
                    notification::Content::Message {
                        conversation: ConversationId(7),
                        message: MessageId(12),
                    },
                ),
                order(
                    notification::Channel::Email,
                    notification::Content::Assigned {
                        conversation: ConversationId(7),
                        department: true,
                        note: Some("Please take this".into()),
                    },
                ),
            ],
        }
        .into(),
        notification::EmailSent {
            delivery: None,
            recipient: Some(UserId(957)),
            to: "zoe@example.com".into(),
            subject: "Your parcel".into(),
            message: "Hello!\nIt is on its way.".into(),
        }
        .into(),
        notification::SmsSent {
            delivery: None,
            recipient: None,
            to: "+15305431221".into(),
            message: "A test message".into(),
            response: serde_json::json!({"sid": "SM1f0e8ae6ade43cb3c0ce4525424e404f"}),
        }
        .into(),
        notification::PushSent {
            delivery: None,
            interests: vec!["agents".into()],
            title: "New message".into(),
            message: "Hello!".into(),
            conversation: Some(ConversationId(1021)),
            publish_id: "pubid-781799f5".into(),
        }
        .into(),
    ]
}

fn order(channel: notification::Channel, content: notification::Content) -> notification::Order {
    notification::Order {
        delivery: 41,
        channel,
        recipients: vec![UserId(957)],
        to: vec!["zoe@example.com".into()],
        sender: Some(UserId(5)),
        content,
        ticket: Some(3),
    }
}
