//! Telephone numbers in one form.

use eventlog::View;
use events::UserId;

use crate::functions::{Failure, Refusal, users::state::details};

/// Digits of a telephone number in the form E.164, at most.
const DIGITS_MAX: usize = 15;

/// The number in the form E.164.
///
/// # Errors
/// `invalid-argument` for what is none.
pub fn number(text: &str) -> Result<String, Refusal> {
    let kept: String = text
        .chars()
        .filter(|character| !character.is_whitespace() && !"-.()".contains(*character))
        .collect();
    let digits = kept.strip_prefix('+').unwrap_or(&kept);
    let fine = (3..=DIGITS_MAX).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if fine {
        return Ok(format!("+{digits}"));
    }
    Err(Refusal::InvalidArgument(format!(
        "to: {text:?} is not a telephone number (+ and up to {DIGITS_MAX} digits expected)"
    )))
}

/// A user's telephone number in the form E.164: the detail `phone`, where it is one.
///
/// # Errors
/// When the state cannot be read.
pub fn phone(state: &dyn View, user: UserId) -> Result<Option<String>, Failure> {
    let details = details(state, user)?;
    let phone = details.iter().find(|detail| detail.slug == "phone");
    Ok(phone.and_then(|phone| number(&phone.value).ok()))
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_brought_into_one_form() {
        for text in ["+1 (530) 543-1221", "+15305431221", "1.530.543.1221"] {
            assert_eq!(number(text).as_deref(), Ok("+15305431221"));
        }
        for text in ["", "+", "12", "call me", "+1530543122112345", "+1530x"] {
            assert!(number(text).is_err(), "{text}");
        }
    }
}
