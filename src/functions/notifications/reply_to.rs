//! The name by which a reply to a notification finds its conversation: `Support | SB12-34`, for user
//! 12 and conversation 34. It is the name of the address in the notification's Reply-To.
//!
//! Anybody can write such a name, so it says where a reply wants to go, and never that it may.

use events::{ConversationId, UserId};

/// What stands before the numbers.
const MARK: &str = "SB";
/// The most characters of the shown part: with the numbers it stays a name that mail servers take.
const SHOWN_CHARS_MAX: usize = 100;

/// The name that notifications to `user` about `conversation` ask to be answered to.
#[must_use]
pub fn name(shown: &str, user: UserId, conversation: ConversationId) -> String {
    let shown = shown.replace(char::is_control, " ");
    let shown: String = shown.trim().chars().take(SHOWN_CHARS_MAX).collect();
    format!("{shown} | {MARK}{user}-{conversation}")
        .trim_start()
        .to_owned()
}

/// The user and the conversation that such a name names; `None` for any other name.
#[must_use]
pub fn parse(name: &str) -> Option<(UserId, ConversationId)> {
    let (_, last) = name.rsplit_once('|')?;
    // Some mail programs put quotes around names.
    let last = last.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\'' | '"'));
    let (user, conversation) = last.strip_prefix(MARK)?.split_once('-')?;
    Some((UserId(id(user)?), ConversationId(id(conversation)?)))
}

fn id(text: &str) -> Option<u64> {
    let is_plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const THERE: Option<(UserId, ConversationId)> = Some((UserId(12), ConversationId(34)));

    #[test]
    fn a_name_is_read_as_it_was_made() {
        let name = |shown| name(shown, UserId(12), ConversationId(34));
        assert_eq!(name("Support"), "Support | SB12-34");
        assert_eq!(name(""), "| SB12-34");
        assert_eq!(name("A | SB1-2\r\nBcc: x"), "A | SB1-2  Bcc: x | SB12-34");
        for shown in ["Support", "", "A | SB1-2\r\nBcc: x", "Ünal | Söhne"] {
            assert_eq!(parse(&name(shown)), THERE, "{shown}");
        }
    }

    #[test]
    fn what_mail_programs_make_of_it_is_read_too() {
        for name in ["'Support | SB12-34'", "\"| SB12-34\"", "x |SB12-34 "] {
            assert_eq!(parse(name), THERE, "{name}");
        }
        for name in [
            "",
            "Support",
            "SB12-34",
            "| SB12",
            "| SB12-",
            "| SB-34",
            "| SB0-34",
            "| SB012-34",
            "| SB+12-34",
            "| SB12-34x",
            "| sb12-34",
            "| SB12-34-56",
            "| SB12-99999999999999999999",
            "| SB12-34 | Shop",
        ] {
            assert_eq!(parse(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_name_is_read_without_harm(
            name in "[SB|0-9 '-]{0,20}", shown in ".{0,200}", user in 1..u64::MAX, conversation in 1..u64::MAX,
        ) {
            let _ = parse(&name);
            let (user, conversation) = (UserId(user), ConversationId(conversation));
            prop_assert_eq!(parse(&super::name(&shown, user, conversation)), Some((user, conversation)));
        }
    }
}
