//! Notifications: emails, text messages and push.
//!
//! These functions speak to the outside in `prepare`, and record what the channel took. A call whose
//! answer was lost is safe to repeat with the same Idempotency-Key.

pub mod channels;
mod push_notification;
mod pusher_trigger;
mod send_custom_email;
mod send_email;
mod send_sms;
mod template;

use events::{Stream, StreamKind, UserId};

use super::Function;

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::command::<send_email::SendEmail>(),
    Function::command::<send_custom_email::SendCustomEmail>(),
    Function::command::<send_sms::SendSms>(),
    Function::command::<push_notification::PushNotification>(),
    Function::command::<pusher_trigger::PusherTrigger>(),
];

/// The stream of what was sent to a user; of all that was sent to nobody we know.
fn stream(recipient: Option<UserId>) -> Stream {
    recipient.map_or(
        Stream {
            kind: StreamKind::Outbox,
            id: 1,
        },
        Stream::from,
    )
}
