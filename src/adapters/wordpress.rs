//! WordPress: the users of a site, a page at a time.
//!
//! `GET {site}/wp-json/wp/v2/users?context=edit&per_page=100&page=N` with HTTP Basic authentication by an
//! application password; addresses are in the answer with `context=edit` alone. `X-WP-TotalPages` says
//! how many pages there are.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::{
    html,
    outgoing::Outgoing,
    request::{Method, Request},
    vendor::{Problem, base},
};

/// Users on a page: as many as WordPress gives at once.
pub const PER_PAGE: usize = 100;
/// The largest page, in bytes: plugins may add a lot to each user.
const ANSWER_MAX: usize = 16 << 20;

/// A site, and who asks there.
#[derive(Clone)]
pub struct Site {
    /// Its address.
    pub url: String,
    /// The user's name.
    pub user: String,
    /// One of the user's application passwords.
    pub password: String,
    /// The limit of time for a call.
    pub timeout: Duration,
}

/// A user of the site.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Person {
    /// Its number at the site.
    pub id: u64,
    /// The name that the site shows.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// First name; may be empty.
    #[serde(default, deserialize_with = "text")]
    pub first_name: String,
    /// Last name; may be empty.
    #[serde(default, deserialize_with = "text")]
    pub last_name: String,
    /// Address.
    pub email: String,
}

/// A name as the site shows it: WordPress keeps and gives names as HTML, `Tom &amp; Jerry`.
fn text<'json, D: Deserializer<'json>>(value: D) -> Result<String, D::Error> {
    String::deserialize(value).map(|name| html::unescaped(&name))
}

/// A page of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Who is on it.
    pub people: Vec<Person>,
    /// How many pages there are.
    pub pages: u64,
}

/// The page with this number, from 1, by number at the site: who registers meanwhile comes last.
///
/// # Errors
/// When nobody answers, the site refuses (then with its own code and words), or the answer is not one
/// of WordPress.
pub async fn people(outgoing: &Outgoing, site: &Site, page: u64) -> Result<Page, Problem> {
    let url = format!(
        "{}/wp-json/wp/v2/users?context=edit&per_page={PER_PAGE}&page={page}&orderby=id&order=asc",
        base(&site.url)
    );
    let request = Request::new(Method::Get, url)
        .basic(&site.user, &site.password)
        .header("accept", "application/json")
        .answer_max(ANSWER_MAX)
        .timeout(site.timeout);
    let answer = outgoing.ask(request).await?;
    if !answer.is_success() {
        return Err(Problem::said(&answer, "code", &["message"]));
    }
    let pages = answer.header("x-wp-totalpages");
    let pages = pages.and_then(|text| text.trim().parse().ok());
    let pages = pages.ok_or_else(|| Problem::odd(&answer, "X-WP-TotalPages"))?;
    let people = serde_json::from_slice(&answer.body)
        .map_err(|_| Problem::odd(&answer, "list of users with their email"))?;
    Ok(Page { people, pages })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::adapters::loopback::{Peer, Reply, client};

    fn site(peer: &Peer) -> Site {
        Site {
            url: peer.url("/shop/"),
            user: "robot".to_owned(),
            password: "abcd EFGH 1234".to_owned(),
            timeout: Duration::from_secs(5),
        }
    }

    #[tokio::test]
    async fn a_page_is_asked_as_documented_and_read() {
        let peer = Peer::start(|_| {
            let users = json!([
                {"id": 1, "name": "ann", "first_name": "Ann", "last_name": "Lee", "email": "ann@example.com",
                 "roles": ["subscriber"], "meta": [], "avatar_urls": {"24": "https://example.com/a.png"}},
                {"id": 7, "email": "bob@example.com", "last_name": "Tom &amp; &lt;Jerry&gt;"},
            ]);
            Reply::json(200, &users).header("X-WP-TotalPages", "3")
        });
        let page = people(&client(), &site(&peer), 2).await.unwrap();
        assert_eq!(page.pages, 3);
        assert_eq!(page.people[0].first_name, "Ann");
        let bob = &page.people[1];
        assert_eq!(
            (bob.id, &*bob.name, &*bob.last_name),
            (7, "", "Tom & <Jerry>")
        );
        let request = &peer.received()[0];
        assert_eq!(
            request.target,
            "/shop/wp-json/wp/v2/users?context=edit&per_page=100&page=2&orderby=id&order=asc"
        );
        // base64("robot:abcd EFGH 1234")
        assert_eq!(
            request.header("authorization"),
            Some("Basic cm9ib3Q6YWJjZCBFRkdIIDEyMzQ=")
        );
    }

    #[tokio::test]
    async fn the_sites_refusal_is_told_in_its_words() {
        let peer = Peer::start(|_| {
            let said = "Sorry, you are not allowed to edit users.";
            Reply::json(
                401,
                &json!({"code": "rest_forbidden_context", "message": said, "data": {"status": 401}}),
            )
        });
        let refused = people(&client(), &site(&peer), 1).await.unwrap_err();
        assert_eq!(
            refused,
            Problem::Said {
                status: 401,
                code: Some("rest_forbidden_context".to_owned()),
                text: "Sorry, you are not allowed to edit users.".to_owned(),
            }
        );
    }

    #[tokio::test]
    async fn what_is_no_wordpress_is_no_success() {
        let answers = [
            Reply::json(200, &json!([])),
            Reply::json(200, &json!({"users": []})).header("X-WP-TotalPages", "1"),
            Reply::json(200, &json!([{"id": 1, "name": "without context=edit"}]))
                .header("X-WP-TotalPages", "1"),
            Reply::json(200, &json!([])).header("X-WP-TotalPages", "many"),
            Reply::new(200, "<html>"),
            Reply::new(301, ""),
        ];
        for answer in answers {
            let peer = Peer::start(move |_| answer.clone());
            let odd = people(&client(), &site(&peer), 1).await;
            assert!(matches!(odd, Err(Problem::Said { .. })), "{odd:?}");
        }
    }
}
