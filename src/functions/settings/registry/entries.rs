//! The settings themselves: a constant each, and the list of all.

use super::{Kind, Setting, one_of, port_or_nothing, url_or_nothing, webhook_names};

/// Whether webhooks are sent.
pub const WEBHOOKS_ENABLED: Setting = Setting::new(
    Kind::Checkbox,
    "webhooks-enabled",
    "Sends webhooks to webhooks-url.",
);
/// Where they are sent.
pub const WEBHOOKS_URL: Setting = Setting::new(
    Kind::Text,
    "webhooks-url",
    "The URL (http or https) that webhooks are sent to.",
)
.checked(url_or_nothing);
/// The secret in them.
pub const WEBHOOKS_KEY: Setting = Setting::new(
    Kind::Password,
    "webhooks-key",
    "The secret key that is in every webhook, and that signs it.",
);
/// Which are sent.
pub const WEBHOOKS_ACTIVE: Setting = Setting::new(
    Kind::Text,
    "webhooks-active",
    "Names of the webhooks to send, separated by commas; empty for all.",
)
.checked(webhook_names);

/// The mail server.
pub const EMAIL_HOST: Setting = Setting::new(
    Kind::Text,
    "email-host",
    "The mail server (SMTP) that emails are sent by.",
);
/// Its port.
pub const EMAIL_PORT: Setting = Setting::new(
    Kind::Number,
    "email-port",
    "The mail server's port; empty for the usual one: 587 with starttls, 465 with tls, 25 with none.",
)
.checked(port_or_nothing);
/// How the talk with it is kept from others.
pub const EMAIL_SECURITY: Setting = Setting::new(
    Kind::Select,
    "email-security",
    "How the talk with the mail server is kept from others: starttls, tls or none.",
)
.text("starttls")
.checked(|value| one_of(value, &["starttls", "tls", "none"]));
/// The login at it.
pub const EMAIL_USER: Setting = Setting::new(
    Kind::Text,
    "email-user",
    "The user name at the mail server; empty where it wants none.",
);
/// The password at it.
pub const EMAIL_PASSWORD: Setting = Setting::new(
    Kind::Password,
    "email-password",
    "The password at the mail server.",
);
/// Who sends.
pub const EMAIL_SENDER: Setting = Setting::new(
    Kind::Text,
    "email-sender",
    "The address that emails come from.",
);
/// The sender's name.
pub const EMAIL_SENDER_NAME: Setting = Setting::new(
    Kind::Text,
    "email-sender-name",
    "The name that emails come from.",
);
/// The subject of send-email.
pub const EMAIL_SUBJECT: Setting = Setting::new(
    Kind::Text,
    "email-subject",
    "The subject of send-email; {sender_name} and {recipient_name} are filled in.",
)
.text("{sender_name} has sent you a message");
/// The template of send-email.
pub const EMAIL_TEMPLATE: Setting = Setting::new(
    Kind::Textarea,
    "email-template",
    "The HTML of send-email; {recipient_name}, {sender_name}, {sender_profile_image}, {message}, \
     {attachments} and {conversation_url_parameter} are filled in.",
)
.text("<p>Hello {recipient_name},</p><p>{message}</p><p>{attachments}</p><p>{sender_name}</p>");
/// The account at the SMS gateway.
pub const SMS_ACCOUNT: Setting = Setting::new(
    Kind::Text,
    "sms-account",
    "The account SID at the SMS gateway (Twilio).",
);
/// Its token.
pub const SMS_TOKEN: Setting = Setting::new(
    Kind::Password,
    "sms-token",
    "The auth token at the SMS gateway.",
);
/// Who sends text messages.
pub const SMS_SENDER: Setting = Setting::new(
    Kind::Text,
    "sms-sender",
    "The number or name that text messages come from.",
);
/// The template of send-sms.
pub const SMS_TEMPLATE: Setting = Setting::new(
    Kind::Textarea,
    "sms-template",
    "What is put around a text message; {message} is filled in.",
)
.text("{message}");
/// Whether push notifications are sent.
pub const PUSH_ENABLED: Setting = Setting::new(
    Kind::Checkbox,
    "push-enabled",
    "Sends push notifications by Pusher Beams.",
);
/// The instance of Pusher Beams.
pub const PUSH_INSTANCE: Setting = Setting::new(
    Kind::Text,
    "push-instance",
    "The ID of the instance of Pusher Beams.",
);
/// Its secret key.
pub const PUSH_SECRET: Setting = Setting::new(
    Kind::Password,
    "push-secret",
    "The secret key of the instance of Pusher Beams.",
);
/// The icon of push notifications.
pub const PUSH_ICON: Setting = Setting::new(
    Kind::Text,
    "push-icon",
    "The URL of the icon of push notifications; empty for the service's own.",
)
.checked(url_or_nothing);
/// The app of Pusher Channels.
pub const PUSHER_ID: Setting = Setting::new(
    Kind::Text,
    "pusher-id",
    "The ID of the app of Pusher Channels.",
);
/// Its key.
pub const PUSHER_KEY: Setting = Setting::new(
    Kind::Text,
    "pusher-key",
    "The key of the app of Pusher Channels.",
);
/// Its secret.
pub const PUSHER_SECRET: Setting = Setting::new(
    Kind::Password,
    "pusher-secret",
    "The secret of the app of Pusher Channels.",
);
/// Its cluster.
pub const PUSHER_CLUSTER: Setting = Setting::new(
    Kind::Text,
    "pusher-cluster",
    "The cluster of the app of Pusher Channels, such as eu.",
);

/// All of them.
pub const REGISTRY: &[Setting] = &[
    WEBHOOKS_ENABLED,
    WEBHOOKS_URL,
    WEBHOOKS_KEY,
    WEBHOOKS_ACTIVE,
    EMAIL_HOST,
    EMAIL_PORT,
    EMAIL_SECURITY,
    EMAIL_USER,
    EMAIL_PASSWORD,
    EMAIL_SENDER,
    EMAIL_SENDER_NAME,
    EMAIL_SUBJECT,
    EMAIL_TEMPLATE,
    SMS_ACCOUNT,
    SMS_TOKEN,
    SMS_SENDER,
    SMS_TEMPLATE,
    PUSH_ENABLED,
    PUSH_INSTANCE,
    PUSH_SECRET,
    PUSH_ICON,
    PUSHER_ID,
    PUSHER_KEY,
    PUSHER_SECRET,
    PUSHER_CLUSTER,
];
