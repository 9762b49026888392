//! Emails that come: the mailbox, and what becomes of what lies in it.

use super::{Kind, Setting, one_of, port_or_nothing};

/// All of them.
pub(super) const EMAIL_PIPING: &[Setting] = &[
    EMAIL_PIPING_ENABLED,
    EMAIL_PIPING_PROTOCOL,
    EMAIL_PIPING_HOST,
    EMAIL_PIPING_PORT,
    EMAIL_PIPING_SECURITY,
    EMAIL_PIPING_USER,
    EMAIL_PIPING_PASSWORD,
    EMAIL_PIPING_ALL,
    EMAIL_PIPING_DELIMITER,
];

/// Whether the mailbox is fetched.
pub const EMAIL_PIPING_ENABLED: Setting = Setting::new(
    Kind::Checkbox,
    "email-piping-enabled",
    "Makes chat messages of the emails in a mailbox, which is that of email-sender. All unread emails \
     in it are looked at and marked as read, those of the time before too; by POP3 all emails in it.",
);
/// What the mailbox is spoken to by.
pub const EMAIL_PIPING_PROTOCOL: Setting = Setting::new(
    Kind::Select,
    "email-piping-protocol",
    "What the mailbox's server speaks: imap or pop3. By IMAP nothing is deleted. POP3 knows no read and \
     unread: an email that became a message, with all its files, is deleted from the mailbox once that \
     is stored; any other stays there and is not looked at again.",
)
.text("imap")
.checked(|value| one_of(value, &["imap", "pop3"]));
/// The mailbox's server.
pub const EMAIL_PIPING_HOST: Setting = Setting::new(
    Kind::Text,
    "email-piping-host",
    "The server of the mailbox (IMAP or POP3).",
);
/// Its port.
pub const EMAIL_PIPING_PORT: Setting = Setting::new(
    Kind::Number,
    "email-piping-port",
    "The port of the mailbox's server; empty for the usual one: 993 with tls, 143 with starttls or none; \
     995 and 110 for POP3.",
)
.checked(port_or_nothing);
/// How the talk with it is kept from others.
pub const EMAIL_PIPING_SECURITY: Setting = Setting::new(
    Kind::Select,
    "email-piping-security",
    "How the talk with the mailbox's server is kept from others: tls, starttls or none.",
)
.text("tls")
.checked(|value| one_of(value, &["tls", "starttls", "none"]));
/// The login at it.
pub const EMAIL_PIPING_USER: Setting = Setting::new(
    Kind::Text,
    "email-piping-user",
    "The user name of the mailbox, often its address.",
);
/// The password at it.
pub const EMAIL_PIPING_PASSWORD: Setting = Setting::new(
    Kind::Password,
    "email-piping-password",
    "The password of the mailbox.",
);
/// Whether emails that answer nothing become conversations.
pub const EMAIL_PIPING_ALL: Setting = Setting::new(
    Kind::Checkbox,
    "email-piping-all",
    "Converts all emails: one that answers no notification makes a conversation, and a user of an \
     unknown sender.",
);
/// Whether replies are cut at the delimiter.
pub const EMAIL_PIPING_DELIMITER: Setting = Setting::new(
    Kind::Checkbox,
    "email-piping-delimiter",
    "Drops what stands below the line \"### Please type your reply above this line ###\" of a reply.",
)
.on();
