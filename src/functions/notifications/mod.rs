//! Notifications: emails, text messages and push.
//!
//! What is to leave is ordered in the decision and leaves by the outbox
//! ([`outbox`](mod@crate::reactions::outbox)); the functions wait for how that went. A call whose
//! answer was lost is safe to repeat with the same Idempotency-Key.

mod address;
pub mod announce;
pub mod channels;
mod deliveries;
mod email_piping;
pub mod letter;
pub mod number;
mod piping;
mod push_notification;
mod pusher_trigger;
pub mod reply_to;
pub mod returned;
mod send_custom_email;
mod send_email;
mod send_sms;
mod template;

use events::{Stream, StreamKind, UserId, notification::Channel};

use super::{Decision, Failure, Function, Refusal};
use crate::{
    adapters::mail::{self, Mail},
    reactions::outbox::orders::{Draft, order_and_wait},
};
pub use address::address;
pub use piping::{EMAIL_FILES, Piping, state::evolve};

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::errand::<send_email::SendEmail>(),
    Function::errand::<send_custom_email::SendCustomEmail>(),
    Function::errand::<send_sms::SendSms>(),
    Function::errand::<push_notification::PushNotification>(),
    Function::command::<pusher_trigger::PusherTrigger>(),
    Function::command::<email_piping::EmailPiping>(),
];

/// The operations of this group, by their addresses below `/v1/`.
pub const OPERATIONS: &[Function] = &[Function::query::<deliveries::Deliveries>()];

/// Orders an email that a call waits for, once it is known to be one that can be sent.
fn order_email(decision: &mut Decision<'_>, draft: Draft) -> Result<Option<u64>, Failure> {
    check_email(decision, &draft)?;
    let recipient = draft.recipients.first().copied();
    order_and_wait(decision, stream(recipient), draft).map(Some)
}

/// Makes sure that an email can be written as it is asked for: somebody gets it, a mail server is
/// configured, and nothing in it adds a header.
///
/// # Errors
/// What is wrong with it.
pub fn check_email(decision: &Decision<'_>, draft: &Draft) -> Result<(), Failure> {
    let (mail, _) = words(decision).email(draft)?;
    let mail = Mail {
        message_id: "check@localhost".to_owned(),
        ..mail
    };
    let checked = mail::check(&mail);
    Ok(checked.map_err(|mistake| Refusal::InvalidArgument(mistake.to_string()))?)
}

/// Makes sure that a text message can be sent as it is asked for.
///
/// # Errors
/// What is wrong with it.
pub fn check_sms(decision: &Decision<'_>, draft: &Draft) -> Result<(), Failure> {
    channels::require(&decision.facts().settings, Channel::Sms)?;
    words(decision).sms(draft, String::new()).map(|_| ())
}

fn words<'a>(decision: &'a Decision<'_>) -> letter::Words<'a> {
    let facts = decision.facts();
    letter::Words {
        state: decision.state(),
        settings: &facts.settings,
        public_url: &facts.public_url,
        said: None,
    }
}

/// The stream of what was sent to a user; of all that was sent to nobody we know.
pub fn stream(recipient: Option<UserId>) -> Stream {
    recipient.map_or(
        Stream {
            kind: StreamKind::Outbox,
            id: 1,
        },
        Stream::from,
    )
}
