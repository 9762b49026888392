//! What a site may do that a healthy one does not: be private, be none, or break in the middle.

use serde_json::{Value, json};

use super::{by_email, count, detail, service};
use crate::harness::{Receiver, Server, WordPress, eventually, on_both_engines};

on_both_engines!(
    what_is_no_site_is_told,
    users_of_wordpress_are_imported_once,
);

fn settings(site: &WordPress) -> Value {
    super::settings(
        &format!("{}/", site.url),
        WordPress::USER,
        WordPress::PASSWORD,
    )
}

async fn what_is_no_site_is_told(server: Server) {
    let refused = async |server: &Server, code: &str, why: &str| {
        assert_eq!(server.refused("wp-synch", json!({})).await, code, "{why}");
    };
    refused(&server, "unavailable", "not configured").await;
    let site = WordPress::start().await;
    server.save(settings(&site)).await;
    refused(&server, "wordpress-error", "a private address").await;
    assert!(site.asked().is_empty());

    let server = service(server.engine(), settings(&site)).await;
    assert_eq!(
        server.ok("wp-synch", json!({})).await,
        json!(true),
        "nobody there yet"
    );
    server.save(json!({"wordpress-password": "wrong"})).await;
    let denied = server.v1("wp-synch", json!({})).await;
    assert_eq!(
        (denied.problem().as_str(), denied.status),
        ("wordpress-error", 503)
    );
    assert_eq!(
        denied.json()["detail"],
        "WordPress refused: Sorry, you are not allowed to edit users."
    );
    let elsewhere = json!({"wordpress-url": format!("{}/elsewhere", site.url)});
    server.save(elsewhere).await;
    refused(&server, "wordpress-error", "no WordPress there").await;
    let gone = WordPress::start().await.url.clone();
    server.save(json!({"wordpress-url": gone})).await;
    refused(&server, "wordpress-error", "nobody there").await;
    assert_eq!(count(&server).await, "0");
}

/// A site with 246 users: one of them is John, and one has no email.
async fn site_with_john() -> WordPress {
    let site = WordPress::start().await;
    site.add("Johnny", "Other", "john@example.com");
    site.add("Ünï", "Çode", "uni@example.com");
    site.add("", "", "nameless@example.com");
    site.add("No", "Email", "");
    for number in 5..=246 {
        site.add(
            "Wp",
            &format!("Number{number}"),
            &format!("wp{number}@example.com"),
        );
    }
    site
}

async fn users_of_wordpress_are_imported_once(server: Server) {
    let engine = server.engine();
    drop(server);
    let site = site_with_john().await;
    let server = service(engine, settings(&site)).await;
    let receiver = Receiver::start().await;
    // John is here before, his address written otherwise; 245 others are not.
    let john = server.user("John", "Doe", "John@Example.com").await;
    server.save(
        json!({"webhooks-enabled": true, "webhooks-url": receiver.url, "webhooks-active": "registration"}),
    )
    .await;

    // The third page fails: what the first two brought stays, and the next call brings the rest.
    site.break_from(Some(3));
    let key = json!({"idempotency_key": "synch-1"});
    let broken = server.v1("wp-synch", json!({})).await;
    assert_eq!(broken.problem(), "wordpress-error");
    assert_eq!(
        broken.json()["detail"],
        "WordPress refused: There has been a critical error on this website."
    );
    assert_eq!(
        server.refused("wp-synch", key.clone()).await,
        "wordpress-error"
    );
    assert_eq!(
        count(&server).await,
        "199",
        "200, without the one who has no email"
    );
    site.break_from(None);
    assert_eq!(server.ok("wp-synch", key.clone()).await, json!(true));
    assert_eq!(count(&server).await, "245");
    let asked = site.asked();
    assert!(
        asked
            .last()
            .is_some_and(|asked| asked.contains("context=edit&per_page=100&page=3"))
    );
    assert_eq!(server.ok("wp-synch", key).await, json!(true));
    assert_eq!(site.asked().len(), asked.len(), "its key was there before");

    let john = server
        .ok("get-user", json!({"user_id": john, "extra": true}))
        .await;
    assert_eq!(
        (&john["first_name"], &john["email"]),
        (&json!("John"), &json!("John@Example.com"))
    );
    assert_eq!(detail(&john, "wp-id"), json!("1"));
    let uni = by_email(&server, "uni@example.com").await;
    assert_eq!(
        (&uni["first_name"], &uni["last_name"]),
        (&json!("Ünï"), &json!("Çode"))
    );
    assert_eq!(
        (&uni["user_type"], detail(&uni, "wp-id")),
        (&json!("user"), json!("2"))
    );
    let nameless = by_email(&server, "nameless@example.com").await;
    assert_eq!(nameless["first_name"], json!("user-3"));
    let newcomers = || {
        let hooks = receiver.hooks().into_iter();
        let people = hooks.map(|hook| hook.body["data"]["user"]["email"][0].clone());
        people
            .filter(|email| email != "John@Example.com")
            .collect::<Vec<_>>()
    };
    eventually("a webhook for each", || async { newcomers().len() == 244 }).await;
    assert!(newcomers().contains(&json!("uni@example.com")));

    // Again: nobody twice, nothing recorded. A new one: one more.
    let events = |server: &Server| {
        let told = server.events_told();
        told.lines().filter(|line| line.contains("\"user.")).count()
    };
    let before = events(&server);
    assert_eq!(server.ok("wp-synch", json!({})).await, json!(true));
    assert_eq!(
        (count(&server).await.as_str(), events(&server)),
        ("245", before)
    );
    site.add("Late", "Comer", "late@example.com");
    assert_eq!(server.ok("wp-synch", json!({})).await, json!(true));
    assert_eq!(
        (count(&server).await.as_str(), events(&server)),
        ("246", before + 1)
    );
}
