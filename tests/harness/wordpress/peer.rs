//! A WordPress site on this machine, as far as its users go: pages, totals, rights and refusals as the
//! handbook of its REST API has them.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::super::served::{Served, Shared};

struct Inside {
    users: Vec<Value>,
    asked: Vec<String>,
    /// The page from which on the site is broken.
    broken_from: usize,
}

/// The site; it ends when dropped.
pub struct WordPress {
    /// Its address.
    pub url: String,
    served: Served<Inside>,
}

impl WordPress {
    /// Who may ask.
    pub const USER: &'static str = "robot";
    /// The application password.
    pub const PASSWORD: &'static str = "abcd EFGH 1234 ijkl MNOP 6789";

    /// Starts on a free port, without users.
    pub async fn start() -> Self {
        let inside = Inside {
            users: Vec::new(),
            asked: Vec::new(),
            broken_from: usize::MAX,
        };
        let router = axum::Router::new()
            .route("/wp-json/wp/v2/users", axum::routing::get(users))
            .fallback(nothing);
        let served = Served::start(inside, router).await;
        Self {
            url: served.url.clone(),
            served,
        }
    }

    /// Adds a user, as the site itself shows one in full.
    pub fn add(&self, first_name: &str, last_name: &str, email: &str) {
        let mut inside = self.served.lock();
        let id = inside.users.len() + 1;
        let slug = format!("user-{id}");
        let pictures = json!({"24": "https://secure.gravatar.com/avatar/x?s=24", "96": "https://secure.gravatar.com/avatar/x?s=96"});
        inside.users.push(json!({
            "id": id, "username": slug, "name": slug, "first_name": first_name, "last_name": last_name,
            "email": email, "url": "", "description": "", "link": format!("{}/author/{slug}/", self.url),
            "locale": "en_US", "nickname": slug, "slug": slug, "roles": ["subscriber"],
            "registered_date": "2020-05-12T14:28:57+00:00", "capabilities": {"read": true, "subscriber": true},
            "extra_capabilities": {"subscriber": true}, "avatar_urls": pictures, "meta": [],
        }));
    }

    /// Breaks from this page on, or is whole again.
    pub fn break_from(&self, page: Option<usize>) {
        self.served.lock().broken_from = page.unwrap_or(usize::MAX);
    }

    /// What it was asked: paths and queries.
    pub fn asked(&self) -> Vec<String> {
        self.served.lock().asked.clone()
    }
}

fn refused(status: u16, code: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    let json = (header::CONTENT_TYPE, "application/json; charset=UTF-8");
    let body = json!({"code": code, "message": message, "data": {"status": status.as_u16()}});
    (status, [json], body.to_string()).into_response()
}

async fn nothing() -> Response {
    let message = "No route was found matching the URL and request method.";
    refused(404, "rest_no_route", message)
}

async fn users(State(inside): State<Shared<Inside>>, uri: Uri, headers: HeaderMap) -> Response {
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let query: HashMap<_, _> = query.into_owned().collect();
    let mut inside = inside.lock().expect("no panic");
    inside.asked.push(uri.to_string());
    let pair = STANDARD.encode(format!("{}:{}", WordPress::USER, WordPress::PASSWORD));
    let given = headers
        .get(header::AUTHORIZATION)
        .map(HeaderValue::as_bytes);
    let may_edit = given == Some(format!("Basic {pair}").as_bytes());
    let text = |name: &str| query.get(name).map(String::as_str);
    let is_edit = text("context") == Some("edit");
    if is_edit && !may_edit {
        let message = "Sorry, you are not allowed to edit users.";
        return refused(401, "rest_forbidden_context", message);
    }
    let number = |name: &str, usual: usize| {
        text(name).map_or(Some(usual), |text| text.parse::<usize>().ok())
    };
    let (Some(page @ 1..), Some(per_page @ 1..=100)) = (number("page", 1), number("per_page", 10))
    else {
        let message = "Invalid parameter(s): page, per_page";
        return refused(400, "rest_invalid_param", message);
    };
    if page >= inside.broken_from {
        return refused(
            500,
            "internal_server_error",
            "There has been a critical error on this website.",
        );
    }
    let mut shown: Vec<Value> = inside
        .users
        .iter()
        .skip((page - 1) * per_page)
        .take(per_page)
        .cloned()
        .collect();
    if !is_edit {
        for user in shown.iter_mut().filter_map(Value::as_object_mut) {
            user.retain(|name, _| {
                [
                    "id",
                    "name",
                    "url",
                    "description",
                    "link",
                    "slug",
                    "avatar_urls",
                    "meta",
                ]
                .contains(&name.as_str())
            });
        }
    }
    let total = inside.users.len();
    let totals = [
        ("content-type", "application/json; charset=UTF-8".to_owned()),
        ("x-wp-total", total.to_string()),
        ("x-wp-totalpages", total.div_ceil(per_page).to_string()),
    ];
    (StatusCode::OK, totals, Value::from(shown).to_string()).into_response()
}
