//! Additional details as arguments: what of them is new, and what they are called.

use events::user::{Detail, DetailsUpdated};

use crate::{functions::Refusal, wire::ExtraDetail};

/// The most additional details a user can have.
pub const DETAILS_MAX: usize = 1_000;

/// What `given` changes about the details a user has: an empty value removes one, a detail
/// without a name keeps the one it had.
///
/// # Errors
/// `too-large` when the user would have more than [`DETAILS_MAX`].
pub fn changes(own: &[Detail], given: Vec<ExtraDetail>) -> Result<DetailsUpdated, Refusal> {
    let mut changes = DetailsUpdated::default();
    let mut count = own.len();
    for one in given {
        let former = own.iter().find(|detail| detail.slug == one.slug);
        match (named(one, former), former) {
            (Ok(detail), former) if former != Some(&detail) => {
                count += usize::from(former.is_none());
                changes.set.push(detail);
            }
            (Err(Emptied(slug)), Some(_)) => {
                count -= 1;
                changes.removed.push(slug);
            }
            (Ok(_), _) | (Err(_), None) => {}
        }
    }
    if count > DETAILS_MAX {
        let why = format!("A user has at most {DETAILS_MAX} additional details.");
        return Err(Refusal::TooLarge(why));
    }
    Ok(changes)
}

/// A detail without a value, by its slug.
struct Emptied(String);

fn named(given: ExtraDetail, former: Option<&Detail>) -> Result<Detail, Emptied> {
    let ExtraDetail { slug, value, name } = given;
    if value.is_empty() {
        return Err(Emptied(slug));
    }
    let name = name
        .or_else(|| former.map(|detail| detail.name.clone()))
        .unwrap_or_else(|| label(&slug));
    Ok(Detail { slug, name, value })
}

/// `country_code` → `Country code`, for a detail whose name was never given.
fn label(slug: &str) -> String {
    let text = slug.replace(['_', '-'], " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(slug: &str, value: &str, name: Option<&str>) -> ExtraDetail {
        ExtraDetail {
            slug: slug.to_owned(),
            value: value.to_owned(),
            name: name.map(str::to_owned),
        }
    }

    fn detail(slug: &str, value: &str, name: &str) -> Detail {
        Detail {
            slug: slug.to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let own = [
            detail("phone", "+1", "Telephone"),
            detail("city", "Rome", "City"),
            detail("os", "Linux", "OS"),
        ];
        let changes = changes(
            &own,
            vec![
                given("phone", "+2", None),
                given("city", "", None),
                given("os", "Linux", Some("OS")),
                given("fax", "", None),
                given("country_code", "it", None),
            ],
        );
        let set = vec![
            detail("phone", "+2", "Telephone"),
            detail("country_code", "it", "Country code"),
        ];
        let removed = vec!["city".to_owned()];
        assert_eq!(changes, Ok(DetailsUpdated { set, removed }));
    }

    #[test]
    fn details_have_an_end() {
        let many = |count| (0..count).map(|slug: usize| given(&slug.to_string(), "x", None));
        assert!(changes(&[], many(DETAILS_MAX).collect()).is_ok());
        assert!(changes(&[], many(DETAILS_MAX + 1).collect()).is_err());
        assert!(changes(&[detail("a", "b", "c")], many(DETAILS_MAX).collect()).is_err());
    }
}
