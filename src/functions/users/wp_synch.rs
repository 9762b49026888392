//! `wp-synch`

use std::time::Duration;

use events::user::UserType;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    add_user::{Newcomer, add},
    change,
    email::{EmailAddress, writable},
    state::user_of_email,
};
use crate::{
    adapters::{
        vendor,
        wordpress::{self, Person, Site},
    },
    functions::{
        Command, Context, Decision, Failure, Refusal,
        settings::{
            registry::{WORDPRESS_PASSWORD, WORDPRESS_URL, WORDPRESS_USER},
            state::Settings,
        },
    },
    secret,
    wire::{Argument, ExtraDetail},
};

/// Pages that are read in one call: a million users.
const PAGES_MAX: u64 = 10_000;
/// Characters of a name, as add-user takes them.
const NAME_CHARS_MAX: usize = 255;

/// Imports the users of a WordPress site that are new here.
///
/// The site is that of the settings `wordpress-url`, `wordpress-user` and `wordpress-password` (an
/// application password of a user who may list and edit users), and is asked over its REST API. Each of
/// its users with an email that nobody has here becomes a `user`, as by add-user: with first and last
/// name (the shown name where there is neither), the email, and the detail `wp-id`. Somebody who has the
/// email already stays as is, without regard to case, and gains the detail. Nobody is removed, passwords
/// are not taken over, and a WordPress user without an email is left out.
///
/// A page of 100 is one decision: what was imported before something went wrong stays, and the next call
/// goes on, since nobody is imported twice. Without the settings it is `unavailable`; a site that does
/// not answer, refuses, or is no WordPress is `wordpress-error`.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct WpSynch {}

/// Somebody of the site who may come, and a token in case.
#[derive(Debug)]
struct Guest {
    person: Person,
    token: String,
}

impl Command for WpSynch {
    const NAME: &'static str = "wp-synch";
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let settings = context.service.settings()?;
        let site = site(&settings, context.service.config.vendor_timeout())?;
        // The pages' own decisions; this call's Idempotency-Key is for the last one, which says yes.
        let pages = Context {
            service: context.service.clone(),
            caller: context.caller.clone(),
            request: context.request,
            min_position: 0,
            idempotency_key: None,
        };
        let outgoing = &context.service.outgoing;
        for number in 1..=PAGES_MAX {
            let page = wordpress::people(outgoing, &site, number)
                .await
                .map_err(refusal)?;
            let guests: Vec<_> = page.people.into_iter().filter_map(guest).collect();
            if !guests.is_empty() {
                let fingerprint = pages.fingerprint(Self::NAME, &Map::new());
                pages
                    .execute(fingerprint, move |decision| import(decision, guests))
                    .await?;
            }
            if number >= page.pages {
                break;
            }
        }
        Ok(())
    }

    fn decide(self, _: &mut Decision<'_>) -> Result<bool, Failure> {
        Ok(true)
    }
}

fn site(settings: &Settings, timeout: Duration) -> Result<Site, Refusal> {
    let text = |setting| settings.text(setting).trim().to_owned();
    let (url, user, password) = (
        text(&WORDPRESS_URL),
        text(&WORDPRESS_USER),
        text(&WORDPRESS_PASSWORD),
    );
    if url.is_empty() || user.is_empty() || password.is_empty() {
        let why = "WordPress is not configured: save the settings wordpress-url, wordpress-user and \
                   wordpress-password.";
        return Err(Refusal::Unavailable(why.to_owned()));
    }
    Ok(Site {
        url,
        user,
        password,
        timeout,
    })
}

fn refusal(problem: vendor::Problem) -> Refusal {
    let why = match problem {
        vendor::Problem::Said { text, .. } => {
            format!("WordPress refused: {}.", text.trim_end_matches('.'))
        }
        problem => format!("WordPress: {problem}."),
    };
    Refusal::Vendor("wordpress-error", why)
}

/// Whoever has an email that add-user would take; names are cut to what it would.
fn guest(mut person: Person) -> Option<Guest> {
    person.email = EmailAddress::read(Value::String(person.email)).ok()?;
    for name in [
        &mut person.name,
        &mut person.first_name,
        &mut person.last_name,
    ] {
        *name = name.trim().chars().take(NAME_CHARS_MAX).collect();
    }
    let token = secret::new_token();
    Some(Guest { person, token })
}

fn import(decision: &mut Decision<'_>, guests: Vec<Guest>) -> Result<bool, Failure> {
    for Guest { person, token } in guests {
        let wp_id = ExtraDetail {
            slug: "wp-id".to_owned(),
            value: person.id.to_string(),
            name: Some("WordPress ID".to_owned()),
        };
        if let Some(known) = user_of_email(decision.state(), &person.email)? {
            match change::additional(decision, known, vec![wp_id]) {
                // Somebody with as many details as can be does not keep the others out.
                Ok(()) | Err(Failure::Refused(Refusal::TooLarge(_))) => {}
                Err(failure) => return Err(failure),
            }
            continue;
        }
        if writable(&person.email).is_err() {
            continue;
        }
        let is_named = !person.first_name.is_empty() || !person.last_name.is_empty();
        let first_name = if is_named {
            person.first_name
        } else {
            person.name
        };
        let has_name = is_named || !first_name.is_empty();
        let newcomer = Newcomer {
            user_type: UserType::User,
            first_name: has_name.then_some(first_name),
            last_name: has_name.then_some(person.last_name),
            email: Some(person.email),
            profile_image: String::new(),
            password_hash: None,
            token,
            department: None,
            details: vec![wp_id],
        };
        add(decision, newcomer)?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use events::{
        Event, Stream, UserId,
        user::{Created, Detail, DetailsUpdated},
    };

    use super::*;
    use crate::functions::{
        scenario::{given, happened},
        users::people::{founders_and, person},
    };

    fn guest_named(id: u64, names: [&str; 3], email: &str) -> Guest {
        let [name, first_name, last_name] = names.map(str::to_owned);
        let person = Person {
            id,
            name,
            first_name,
            last_name,
            email: email.to_owned(),
        };
        let mut guest = guest(person).unwrap();
        guest.token = format!("{id:040x}");
        guest
    }

    /// What an import records where there are the founders and user 3.
    fn imported(guests: Vec<Guest>) -> Vec<(Stream, Event)> {
        let history = founders_and([UserType::User]);
        let import = |decision: &mut Decision<'_>| import(decision, guests).map(|_| ());
        given(history).when_decided(import).recorded()
    }

    fn wp_id(id: u64) -> Detail {
        Detail {
            slug: "wp-id".to_owned(),
            name: "WordPress ID".to_owned(),
            value: id.to_string(),
        }
    }

    #[test]
    fn newcomers_are_added_once_and_those_who_are_here_linked() {
        let recorded = imported(vec![
            guest_named(7, ["ann", "Ann", "Lee"], " ann@example.com "),
            guest_named(8, ["bob", "", ""], "bob@example.com"),
            guest_named(9, ["again", "", ""], "ANN@example.com"),
            guest_named(10, ["three", "", ""], "USER-3@example.com"),
            guest_named(11, ["", "", ""], "nameless@example.com"),
        ]);
        let came = |user: u64, id, first: &str, last: &str, email: &str| {
            let created = Created {
                first_name: first.to_owned(),
                last_name: last.to_owned(),
                email: Some(email.to_owned()),
                token: format!("{id:040x}"),
                details: vec![wp_id(id)],
                ..person(user, UserType::User)
            };
            happened(UserId(user), created)
        };
        let linked = |user, id| {
            let set = DetailsUpdated {
                set: vec![wp_id(id)],
                removed: Vec::new(),
            };
            happened(UserId(user), set)
        };
        assert_eq!(
            recorded,
            [
                came(4, 7, "Ann", "Lee", "ann@example.com"),
                came(5, 8, "bob", "", "bob@example.com"),
                linked(4, 9),
                linked(3, 10),
                came(6, 11, "User", "#6", "nameless@example.com"),
            ]
        );
    }

    #[test]
    fn without_an_email_that_can_be_one_nobody_comes() {
        for email in ["", "nobody", "a b@example.com"] {
            let person = Person {
                id: 1,
                name: "x".repeat(300),
                first_name: String::new(),
                last_name: String::new(),
                email: email.to_owned(),
            };
            assert!(guest(person).is_none(), "{email}");
        }
        let long = guest_named(1, [&"x".repeat(300), "", ""], "a@example.com");
        assert_eq!(long.person.name.len(), NAME_CHARS_MAX);
    }
}
