//! A real WordPress: what its users are here, how its own refusals are told, and what follows there
//! and here from what is changed.

use serde_json::{Value, json};

use super::{by_email, detail, service, settings};
use crate::harness::{DebianWordPress, Engine, Server, column, sorted};

/// Users without anything particular: with them the site has three pages.
const PLAIN: usize = 195;
/// The number at the site of the first of them; the administrator is 1.
const WP0: usize = 2;

/// Users of whom something is particular: login, email, role, first and last name.
const PARTICULAR: [(&str, &str, &str, [&str; 2]); 10] = [
    (
        "john",
        "JOHN@example.com",
        "subscriber",
        ["Johnny", "Other"],
    ),
    (
        "eleni",
        "eleni@example.com",
        "editor",
        ["Ελένη", "Παπαδοπούλου"],
    ),
    ("olga", "olga@example.com", "author", ["Ольга", "Щербакова"]),
    (
        "layla",
        "layla@example.com",
        "contributor",
        ["ليلى", "حدّاد"],
    ),
    ("wang", "wang@example.com", "subscriber", ["王", "小明"]),
    ("party", "party@example.com", "subscriber", ["Zoë 🎉", ""]),
    (
        "firm",
        "firm@example.com",
        "subscriber",
        ["Tom & Jerry", "O'Neil \"Ltd\""],
    ),
    ("nameless", "nameless@example.com", "subscriber", ["", ""]),
    (
        "roleless",
        "no-role+tag@sub.example.com",
        "",
        ["No", "Role"],
    ),
    ("mailless", "", "subscriber", ["No", "Email"]),
];

/// The names that one of them has here: John has been here before, and where there is no name the site
/// shows the login.
fn names_here(login: &'static str, names: [&'static str; 2]) -> [&'static str; 2] {
    match login {
        "john" => ["John", "Doe"],
        "nameless" => ["nameless", ""],
        _ => names,
    }
}

/// All of them, as WordPress takes them.
fn users_of_the_site() -> Value {
    let plain = (0..PLAIN).map(|number| {
        json!({
            "user_login": format!("wp{number}"), "user_email": format!("wp{number}@example.com"),
            "first_name": "Wp", "last_name": format!("Number{number}"), "role": "subscriber",
        })
    });
    let particular = PARTICULAR.map(|(login, email, role, [first_name, last_name])| {
        json!({
            "user_login": login, "user_email": email, "first_name": first_name,
            "last_name": last_name, "role": role,
        })
    });
    plain.chain(particular).collect()
}

/// Who comes: the administrator, the plain ones, and of the particular ones those who have an email,
/// John as he is here already.
fn emails() -> Vec<String> {
    let mut emails: Vec<_> = (0..PLAIN)
        .map(|number| format!("wp{number}@example.com"))
        .collect();
    emails.extend(["admin@wordpress.example", "john@example.com"].map(str::to_owned));
    let particular = PARTICULAR.iter().map(|particular| particular.1.to_owned());
    emails.extend(particular.skip(1).filter(|email| !email.is_empty()));
    sorted(emails)
}

/// The emails of all users here who are neither agents nor admins.
async fn emails_here(server: &Server) -> Vec<String> {
    let users = server
        .ok("get-users", json!({"user_types": ["user"]}))
        .await;
    sorted(column(&users, "email"))
}

/// What wp-synch was refused by, and that it left no trace.
async fn refused(server: &Server) -> String {
    let before = server.events(&[]).len();
    let answer = server.v1("wp-synch", json!({})).await;
    assert_eq!(answer.problem(), "wordpress-error");
    assert_eq!(answer.status, 503);
    assert_eq!(server.events(&[]).len(), before, "nothing is stored");
    answer.json()["detail"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn the_users_of_a_real_site_come_once() {
    let site = DebianWordPress::start(&users_of_the_site());
    let wrong = settings(&site.url, &site.user, "abcd EFGH 1234 ijkl MNOP 6789");
    let server = service(Engine::Sqlite, wrong).await;
    let john = server.user("John", "Doe", "john@example.com").await;
    who_may_not_read_the_users_is_told(&server, &site).await;

    let right = settings(&site.url, &site.user, &site.password);
    server.save(right).await;
    assert_eq!(server.ok("wp-synch", json!({})).await, json!(true));
    assert_eq!(emails_here(&server).await, emails());
    assert_eq!(server.row(john).await["email"], "john@example.com");
    names_and_numbers_are_those_of_the_site(&server).await;
    later_only_newcomers_come(&server, &site).await;

    site.stop();
    refused(&server).await;
}

async fn who_may_not_read_the_users_is_told(server: &Server, site: &DebianWordPress) {
    let said = refused(server).await;
    assert!(said.starts_with("WordPress refused: "), "{said}");
    // Somebody with a password, but no right.
    let path = format!("users/{WP0}/application-passwords");
    let password = site
        .post(server.client(), &path, json!({"name": "Chat"}))
        .await;
    let password = password["password"].as_str().expect("a password");
    server.save(settings(&site.url, "wp0", password)).await;
    let said = refused(server).await;
    assert!(said.contains("not allowed"), "{said}");
}

async fn names_and_numbers_are_those_of_the_site(server: &Server) {
    for (place, (login, email, _, names)) in PARTICULAR.into_iter().enumerate() {
        if email.is_empty() {
            continue;
        }
        let user = by_email(server, email).await;
        let here = names_here(login, names);
        assert_eq!([&user["first_name"], &user["last_name"]], here, "{email}");
        assert_eq!(user["user_type"], "user", "{email}");
        let number = (WP0 + PLAIN + place).to_string();
        assert_eq!(detail(&user, "wp-id"), json!(number), "{email}");
    }
}

async fn later_only_newcomers_come(server: &Server, site: &DebianWordPress) {
    let synch = async || assert_eq!(server.ok("wp-synch", json!({})).await, json!(true));
    let post = async |path: String, body| site.post(server.client(), &path, body).await;
    let before = server.events(&[]).len();
    synch().await;
    assert_eq!(server.events(&[]).len(), before, "nobody new");

    // Somebody gets another name there, and somebody is deleted.
    post(
        format!("users/{WP0}"),
        json!({"first_name": "Wanda", "name": "Wanda"}),
    )
    .await;
    let deleted = format!("users/{}?_method=DELETE&force=true&reassign=1", WP0 + 1);
    post(deleted, json!({})).await;
    synch().await;
    assert_eq!(server.events(&[]).len(), before, "nobody new");
    assert_eq!(
        by_email(server, "wp0@example.com").await["first_name"],
        "Wp"
    );

    // Somebody gets another email there, and somebody comes.
    post(
        format!("users/{}", WP0 + 2),
        json!({"email": "other@example.com"}),
    )
    .await;
    let new = json!({"username": "new", "email": "new@example.com", "password": "geheim-123"});
    post("users".to_owned(), new).await;
    synch().await;
    let mut expected = emails();
    expected.extend(["other@example.com", "new@example.com"].map(str::to_owned));
    assert_eq!(emails_here(server).await, sorted(expected));
}
