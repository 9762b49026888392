//! Templates of emails and text messages: fields in braces, filled in one go.

use events::message::Attachment;

use crate::functions::{Failure, messages::merge_fields::filled};

/// What an email's fields stand for.
pub struct Email<'a> {
    /// `{recipient_name}`
    pub recipient_name: &'a str,
    /// `{sender_name}`
    pub sender_name: &'a str,
    /// `{sender_profile_image}`
    pub sender_profile_image: &'a str,
    /// `{message}`: plain text.
    pub message: &'a str,
    /// `{attachments}`
    pub attachments: &'a [Attachment],
    /// `{conversation_url_parameter}`
    pub conversation_url_parameter: &'a str,
}

/// The HTML of an email: new lines become `<br>`, and whatever is put in is escaped.
pub fn email(template: &str, email: &Email<'_>) -> String {
    let links: Vec<String> = email
        .attachments
        .iter()
        .map(|Attachment { name, url }| {
            format!("<a href=\"{}\">{}</a>", escaped(url), escaped(name))
        })
        .collect();
    let fields = [
        ("{recipient_name}", escaped(email.recipient_name)),
        ("{sender_name}", escaped(email.sender_name)),
        (
            "{sender_profile_image}",
            escaped(email.sender_profile_image),
        ),
        ("{message}", lines(&escaped(email.message))),
        ("{attachments}", links.join("<br>")),
        (
            "{conversation_url_parameter}",
            escaped(email.conversation_url_parameter),
        ),
    ];
    filled(template, &fields)
}

/// The HTML of a template in another language: as a whole where it has been translated, else text by
/// text, with the tags left as they are.
///
/// # Errors
/// Those of `translate`.
pub fn translated(
    template: &str,
    translate: impl Fn(&str) -> Result<String, Failure>,
) -> Result<String, Failure> {
    let whole = translate(template)?;
    if whole != template {
        return Ok(whole);
    }
    let mut html = String::with_capacity(template.len());
    for part in template.split_inclusive('>') {
        let (text, tag) = part.split_at(part.find('<').unwrap_or(part.len()));
        let is_text = text.chars().any(char::is_alphabetic);
        html.push_str(&if is_text {
            translate(text)?
        } else {
            text.to_owned()
        });
        html.push_str(tag);
    }
    Ok(html)
}

/// The subject of an email: plain text.
pub fn subject(template: &str, email: &Email<'_>) -> String {
    let fields = [
        ("{sender_name}", email.sender_name.to_owned()),
        ("{recipient_name}", email.recipient_name.to_owned()),
    ];
    filled(template, &fields)
}

/// The text of an SMS.
pub fn sms(template: &str, message: &str) -> String {
    filled(template, &[("{message}", message.to_owned())])
}

/// New lines as HTML shows them.
pub fn lines(html: &str) -> String {
    html.replace("\r\n", "\n").replace('\n', "<br>")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_filled_escaped_and_never_twice() {
        let attachments = [Attachment {
            name: "a<b".to_owned(),
            url: "https://example.com/?a=1&b=2".to_owned(),
        }];
        let filled = email(
            "<p>{recipient_name}: {message} {attachments} {other}</p>",
            &Email {
                recipient_name: "{message}",
                sender_name: "",
                sender_profile_image: "",
                message: "1 < 2\r\n\"yes\"",
                attachments: &attachments,
                conversation_url_parameter: "",
            },
        );
        assert_eq!(
            filled,
            "<p>{message}: 1 &lt; 2<br>&quot;yes&quot; \
             <a href=\"https://example.com/?a=1&amp;b=2\">a&lt;b</a> {other}</p>"
        );
        assert_eq!(
            sms("Support: {message}", "Hi {message}"),
            "Support: Hi {message}"
        );
    }

    #[test]
    fn texts_are_translated_and_tags_stay() {
        let say = |text: &str| {
            Ok(match text {
                "Hello {recipient_name}," => "Hola {recipient_name},".to_owned(),
                "<p>Bye</p>" => "<p>Adiós</p>".to_owned(),
                other => other.to_owned(),
            })
        };
        let html = |template: &str| translated(template, say).unwrap();
        assert_eq!(
            html("<p class=\"a\">Hello {recipient_name},</p>\n<p>{message}</p> end"),
            "<p class=\"a\">Hola {recipient_name},</p>\n<p>{message}</p> end"
        );
        assert_eq!(html("<p>Bye</p>"), "<p>Adiós</p>");
        assert_eq!(html("1 < 2"), "1 < 2");
    }
}
