//! What leaves by each channel: a draft, put into words under the settings of the moment.

use eventlog::View;
use events::{ConversationId, UserId, message::Attachment, notification::Content};

use super::{
    address::name,
    channels,
    number::{number, phone},
    reply_to, template,
};
use crate::{
    adapters::{
        mail::{Mail, Person, automatic, one_line},
        mime::DELIMITER,
        pusher_beams::Notification,
        twilio::{self, Sms},
    },
    functions::{
        Failure, Refusal, User,
        settings::{
            registry::{
                EMAIL_PIPING_DELIMITER, EMAIL_PIPING_ENABLED, EMAIL_SUBJECT, EMAIL_TEMPLATE,
                PUSH_ICON, SMS_TEMPLATE,
            },
            state::Settings,
        },
        translations::translated_for,
        users::{row::picture, state::known_user},
    },
    reactions::outbox::orders::Draft,
};

/// The most characters of a text message: ten times what one carries.
const SMS_CHARS_MAX: usize = 1_600;
/// The most characters of a push notification's text.
const PUSH_CHARS_MAX: usize = 4_000;

/// What drafts are put into words with.
pub struct Words<'a> {
    /// Who is who.
    pub state: &'a dyn View,
    /// The templates.
    pub settings: &'a Settings,
    /// Base of URLs.
    pub public_url: &'a str,
    /// The text and the files of the message that the draft tells of, if it tells of one.
    pub said: Option<(String, Vec<Attachment>)>,
}

/// A draft's own words.
struct Body {
    title: Option<String>,
    text: String,
    attachments: Vec<Attachment>,
    conversation: Option<ConversationId>,
    icon: Option<String>,
    bare: bool,
}

impl Words<'_> {
    /// The email, and what it says without the template around it. Its identity and its time are
    /// left to who sends it.
    ///
    /// # Errors
    /// `user-not-found` and `user-email-not-found` without a receiver, `unavailable` without a sender
    /// in the settings.
    pub fn email(&self, draft: &Draft) -> Result<(Mail, String), Failure> {
        let (_, mut from) = channels::mail(self.settings)?;
        let (recipient, to) = self.receiver(draft)?;
        if let Content::Html {
            subject,
            html,
            suffix,
        } = &draft.content
        {
            let name = format!("{} {suffix}", from.name);
            name.trim().clone_into(&mut from.name);
            let mail = Mail {
                from,
                to,
                subject: subject.clone(),
                html: template::lines(html),
                ..Mail::default()
            };
            return Ok((mail, html.clone()));
        }
        let body = self.body(draft)?;
        let sender = draft.sender.map(|id| known_user(self.state, id));
        let sender = sender.transpose()?;
        let sender_name = sender.as_ref().map_or_else(|| from.name.clone(), name);
        let image = sender.map(|sender| {
            let own = sender.profile_image;
            picture(self.public_url, sender.user_type, own)
        });
        let recipient_name = recipient.as_ref().map(name).unwrap_or_default();
        let email = template::Email {
            recipient_name: &recipient_name,
            sender_name: &sender_name,
            sender_profile_image: &image.unwrap_or_default(),
            message: &body.text,
            attachments: &body.attachments,
            conversation_url_parameter: &parameter(body.conversation),
        };
        let subject = match &body.title {
            Some(title) => title.clone(),
            None => {
                let subject = self.in_language_of(draft, self.settings.text(&EMAIL_SUBJECT))?;
                template::subject(&subject, &email)
            }
        };
        let subject = one_line(&subject);
        let answer_to = body.conversation.zip(draft.recipients.first());
        let around = self.settings.text(&EMAIL_TEMPLATE);
        let around = template::translated(around, |text| self.in_language_of(draft, text))?;
        let mut html = template::email(&around, &email);
        if answer_to.is_some() && self.are_answers_read() {
            html = format!("<p style=\"color:#999\">{DELIMITER}</p>{html}");
        }
        let mail = Mail {
            html,
            reply_to: answer_to.map(|(conversation, user)| Person {
                name: reply_to::name(&sender_name, *user, conversation),
                address: from.address.clone(),
            }),
            from,
            to,
            subject,
            headers: automatic(),
            ..Mail::default()
        };
        Ok((mail, body.text))
    }

    /// The text message; `from` is the sender's number.
    ///
    /// # Errors
    /// `user-not-found`, or `invalid-argument` without a telephone number.
    pub fn sms(&self, draft: &Draft, from: String) -> Result<Sms, Failure> {
        let to = match (draft.to.first(), draft.recipients.first()) {
            (Some(to), _) => number(to)?,
            (None, Some(user)) => self.phone(*user)?,
            (None, None) => return Err(nobody()),
        };
        let body = self.body(draft)?;
        let text = body.text.replace(
            "{conversation_url_parameter}",
            &parameter(body.conversation),
        );
        let text = match self.settings.text(&SMS_TEMPLATE) {
            "" => text,
            _ if body.bare => text,
            around => template::sms(&self.in_language_of(draft, around)?, &text),
        };
        let media = body.attachments.into_iter().take(twilio::MEDIA_MAX);
        Ok(Sms {
            from,
            to,
            body: text.chars().take(SMS_CHARS_MAX).collect(),
            media_urls: media.map(|attachment| attachment.url).collect(),
        })
    }

    /// The push notification, and who listens for it.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn push(&self, draft: &Draft) -> Result<(Vec<String>, Notification), Failure> {
        let interests = match &*draft.to {
            [] => draft.recipients.iter().map(UserId::to_string).collect(),
            to => to.to_vec(),
        };
        let body = self.body(draft)?;
        let sender = draft.sender.map(|id| known_user(self.state, id));
        let sender = sender.transpose()?.as_ref().map(name);
        let icon = match (body.icon, self.settings.text(&PUSH_ICON)) {
            (Some(icon), _) => icon,
            (None, "") => format!("{}/media/agent.svg", self.public_url),
            (None, icon) => icon.to_owned(),
        };
        let link = |id: ConversationId| format!("{}/{}", self.public_url, parameter(Some(id)));
        let notification = Notification {
            title: body.title.or(sender).unwrap_or_default(),
            body: body.text.chars().take(PUSH_CHARS_MAX).collect(),
            icon: Some(icon),
            deep_link: body.conversation.map(link),
        };
        Ok((interests, notification))
    }

    fn body(&self, draft: &Draft) -> Result<Body, Failure> {
        let mut body = Body {
            title: None,
            text: String::new(),
            attachments: Vec::new(),
            conversation: None,
            icon: None,
            bare: false,
        };
        match draft.content.clone() {
            Content::Html { subject, html, .. } => {
                (body.title, body.text) = (Some(subject), html);
            }
            Content::Text {
                title,
                text,
                attachments,
                conversation,
                icon,
                bare,
            } => {
                return Ok(Body {
                    title,
                    text,
                    attachments,
                    conversation,
                    icon,
                    bare,
                });
            }
            Content::Message { conversation, .. } => {
                body.conversation = Some(conversation);
                (body.text, body.attachments) = self.said.clone().unwrap_or_default();
            }
            Content::Assigned {
                conversation,
                department,
                note,
            } => {
                let title = if department {
                    "A conversation was assigned to your department"
                } else {
                    "A conversation was assigned to you"
                };
                let title = self.in_language_of(draft, title)?;
                let told = format!("{title}: #{conversation}");
                body.text = note.map_or(told.clone(), |note| format!("{told}\n{note}"));
                body.title = Some(title);
                body.conversation = Some(conversation);
            }
        }
        Ok(body)
    }

    /// Whether answers are fetched, and what is quoted in them is to be told from what is new.
    fn are_answers_read(&self) -> bool {
        let settings = self.settings;
        settings.is_on(&EMAIL_PIPING_ENABLED) && settings.is_on(&EMAIL_PIPING_DELIMITER)
    }

    /// One of the service's own texts in the language of who gets it.
    fn in_language_of(&self, draft: &Draft, text: &str) -> Result<String, Failure> {
        match draft.recipients.first() {
            Some(user) => translated_for(self.state, *user, text),
            None => Ok(text.to_owned()),
        }
    }

    /// Who gets an email, as far as that is a user, and the address.
    fn receiver(&self, draft: &Draft) -> Result<(Option<User>, Person), Failure> {
        let recipient = draft.recipients.first();
        let user = recipient
            .map(|id| known_user(self.state, *id))
            .transpose()?;
        let address = match (draft.to.first(), &user, recipient) {
            (Some(to), ..) => to.clone(),
            (None, Some(user), Some(id)) => {
                let address = user.email.clone();
                address.ok_or(Refusal::UserEmailNotFound(id.0))?
            }
            _ => return Err(nobody()),
        };
        // An address as it was given says nothing of the name that its owner wants.
        let shown = user.as_ref().filter(|_| draft.to.is_empty());
        let name = shown.map(name).unwrap_or_default();
        Ok((user, Person { name, address }))
    }

    fn phone(&self, user: UserId) -> Result<String, Failure> {
        let phone = phone(self.state, user)?;
        phone.ok_or_else(|| {
            let why = format!("User {user} has no telephone number.");
            Refusal::InvalidArgument(why).into()
        })
    }
}

fn nobody() -> Failure {
    Refusal::InvalidArgument("There is nobody to send it to.".to_owned()).into()
}

fn parameter(conversation: Option<ConversationId>) -> String {
    let parameter = conversation.map(|id| format!("?conversation={id}"));
    parameter.unwrap_or_default()
}
