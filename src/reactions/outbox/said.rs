//! What channels say to a try, and what it means.

use crate::{
    adapters::{smtp, vendor},
    reactions::deliverer::Tried,
};

/// A word with so many digits may be somebody's number.
const DIGITS_SHOWN_MAX: usize = 7;

/// What is wrong with the mail server or its settings, an expired password for instance, is put right by
/// somebody; only what is wrong with the mail stays so.
pub(super) fn mail_said(problem: &smtp::Problem) -> Tried {
    use smtp::Problem::{Login, Refused, Unable};
    let is_curable = matches!(problem, Login(_) | Refused(_) | Unable(_));
    let may_help = problem.is_transient() || is_curable;
    failed(may_help, format!("Email: {problem}."))
}

/// What a gateway said.
pub(super) fn vendor_said(who: &str, problem: &vendor::Problem) -> Tried {
    let text = match problem {
        vendor::Problem::Invalid(why) => why.clone(),
        vendor::Problem::Unanswered(why) => format!("{who}: {why}."),
        vendor::Problem::Said { text, .. } => {
            format!("{who} refused: {}.", text.trim_end_matches('.'))
        }
    };
    failed(problem.is_transient(), text)
}

fn failed(is_transient: bool, error: String) -> Tried {
    if is_transient {
        Tried::again(error)
    } else {
        Tried::never(error)
    }
}

/// A channel's words without addresses and numbers: what is recorded of tries outlives the users
/// whose they are.
pub(super) fn discreet(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        let (bare, blank) = word.split_at(word.trim_end().len());
        let digits = bare.bytes().filter(u8::is_ascii_digit).count();
        let is_personal = bare.contains('@') || digits >= DIGITS_SHOWN_MAX;
        kept.push_str(if is_personal { "***" } else { bare });
        kept.push_str(blank);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::discreet;

    #[test]
    fn addresses_and_numbers_are_not_kept() {
        let said =
            "refused: The 'To' number +15305431221 is not valid, 550 5.1.1 <a@b.example> unknown";
        let kept = "refused: The 'To' number *** is not valid, 550 5.1.1 *** unknown";
        assert_eq!(discreet(said), kept);
    }
}
