//! Status codes as arguments.

use events::conversation::Status;

use crate::{functions::Refusal, wire::StatusCode};

/// The status that is given, if one is.
///
/// # Errors
/// [`Refusal::InvalidStatusCode`] for anything beyond 0 to 4.
pub fn status_given<const SKIP: bool>(code: StatusCode<SKIP>) -> Result<Option<Status>, Refusal> {
    let given = match code {
        StatusCode::NotGiven | StatusCode::Skip => return Ok(None),
        StatusCode::Code(code) => match Status::try_from(code) {
            Ok(status) => return Ok(Some(status)),
            Err(unknown) => unknown.0.to_string(),
        },
        // It comes as an error message shows it: a text in quotes, and the refusal adds its own.
        StatusCode::Invalid(given) => given.trim_matches('"').to_owned(),
    };
    Err(Refusal::InvalidStatusCode(given))
}

#[cfg(test)]
mod tests {
    use events::conversation::Status;

    use super::status_given;
    use crate::{functions::Refusal, wire::StatusCode};

    #[test]
    fn zero_is_a_status_and_five_is_none() {
        assert_eq!(status_given(StatusCode::<false>::NotGiven), Ok(None));
        assert_eq!(
            status_given(StatusCode::<false>::Code(0)),
            Ok(Some(Status::Live))
        );
        for code in [
            StatusCode::<false>::Code(5),
            StatusCode::Invalid("\"5\"".to_owned()),
        ] {
            assert_eq!(
                status_given(code),
                Err(Refusal::InvalidStatusCode("5".to_owned()))
            );
        }
    }
}
