//! clean-data, with the clock moved, and the same by itself every hour.

use serde_json::{Value, json};

use crate::harness::{Engine, Server, column, eventually, on_both_engines, sorted, texts};

on_both_engines!(scenario_18_clean);

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

async fn ids_of(server: &Server) -> Vec<String> {
    let rows = server.ok("get-users", json!({})).await;
    sorted(column(&rows, "id"))
}

async fn set_status(server: &Server, conversation: u64, code: u8) {
    let arguments = json!({"conversation_id": conversation, "status_code": code});
    server.ok("update-conversation-status", arguments).await;
}

async fn exists(server: &Server, conversation: u64) -> bool {
    let arguments = json!({"conversation_id": conversation});
    let answer = server.ok("get-conversation", arguments).await;
    answer["details"].is_object()
}

async fn scenario_18_clean(mut server: Server) {
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let old_trash = server.conversation(john).await;
    server.say(john, old_trash, "A secret kettle").await;
    set_status(&server, old_trash, 4).await;
    server.move_clock(2 * DAY);
    let young_trash = server.conversation(john).await;
    set_status(&server, young_trash, 4).await;

    server.move_clock(31 * DAY - 25 * HOUR);
    let visitor = json!({"user_type": "visitor"});
    let gone = server.add_user(visitor.clone()).await;
    let back = server.add_user(visitor.clone()).await;
    let lead = server.add_user(json!({"user_type": "lead"})).await;
    let (answered, asked, empty) = (
        server.conversation(john).await,
        server.conversation(john).await,
        server.conversation(john).await,
    );
    for conversation in [answered, asked] {
        server.say(john, conversation, "Hello?").await;
        server.say(ada, conversation, "Hello!").await;
    }
    server.say(john, asked, "And?").await;

    server.move_clock(31 * DAY - 23 * HOUR);
    let young = server.add_user(visitor).await;
    let url = json!({"user_id": back, "url": "https://example.com/"});
    server.ok("current-url", url).await;
    let just_answered = server.conversation(john).await;
    server.say(ada, just_answered, "Hello!").await;

    server.move_clock(31 * DAY);
    assert_eq!(server.ok("clean-data", json!({})).await, true);
    let left = ids_of(&server).await;
    let is_there = |id: u64| left.contains(&id.to_string());
    assert!(!is_there(gone), "25 h without a sign of life");
    for id in texts(&[john, ada, lead, back, young]) {
        assert!(left.contains(&id), "{id} stays");
    }
    assert!(!exists(&server, old_trash).await, "31 days in the trash");
    assert!(exists(&server, young_trash).await, "29 days in the trash");
    let found = server.ok("search-conversations", json!({"search": "secret kettle"}));
    assert_eq!(found.await, json!([]));
    assert_eq!(server.status(answered).await, "3", "an agent's, 25 h ago");
    assert_eq!(server.status(asked).await, "2", "a user's");
    assert_eq!(server.status(just_answered).await, "1", "23 h ago");
    assert_eq!(server.status(empty).await, "0", "nobody's");
    let say = json!({"user_id": john, "conversation_id": old_trash, "message": "x"});
    assert_eq!(
        server.refused("send-message", say).await,
        "conversation-not-found"
    );

    let head = server.events(&[]).len();
    assert_eq!(server.ok("clean-data", json!({})).await, true);
    assert_eq!(server.events(&[]).len(), head, "nothing is left to do");
    server.ok("delete-user", json!({"user_id": john})).await;
    assert!(!exists(&server, answered).await);
    server.stop();
    server.assert_sound();
}

#[tokio::test]
async fn cron_jobs_does_what_the_settings_ask_for() {
    let mut server = Server::start(Engine::Sqlite).await;
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let conversation = server.conversation(john).await;
    server.say(ada, conversation, "Hello!").await;
    let visitor = server.add_user(json!({"user_type": "visitor"})).await;
    server.move_clock(25 * HOUR);
    let once = json!({"idempotency_key": "cron-1"});
    assert_eq!(server.ok("cron-jobs", json!({})).await, true);
    assert_eq!(server.ok("cron-jobs", once.clone()).await, true);
    assert_eq!(server.status(conversation).await, "1", "nobody asked");
    server
        .save(json!({"cleaning-archive": [true, "checkbox"]}))
        .await;
    assert_eq!(server.ok("cron-jobs", once).await, true);
    assert_eq!(server.status(conversation).await, "1", "a repeated call");
    assert_eq!(server.ok("cron-jobs", json!({})).await, true);
    assert_eq!(server.status(conversation).await, "3");
    assert!(ids_of(&server).await.contains(&visitor.to_string()));
    let outside = server.send(server.post("/v1/cron-jobs").json(&json!({})));
    assert_eq!(outside.await.status, 401);
}

#[tokio::test]
async fn only_for_agents_and_admins() {
    let server = Server::start(Engine::Sqlite).await;
    let cookie = async |user_type: &str| {
        let email = format!("{user_type}@example.com");
        let person = json!({"email": email, "password": "correct horse", "user_type": user_type});
        let id = server.add_user(person).await;
        let login = json!({"email": email, "password": "correct horse"});
        let answer = server.ok("login", login).await;
        (id, answer[1].as_str().expect("a cookie").to_owned())
    };
    let (_, user) = cookie("user").await;
    let refused = server.refused("clean-data", json!({"login-cookie": user}));
    assert_eq!(refused.await, "security-error");
    let (_, cookie) = cookie("agent").await;
    let ok = server.ok("clean-data", json!({"login-cookie": cookie}));
    assert_eq!(ok.await, true);
    let outside = server.send(server.post("/v1/clean-data").json(&json!({})));
    assert_eq!(outside.await.status, 401);
}

#[tokio::test]
async fn what_the_settings_ask_for_is_done_by_itself() {
    let mut server = Server::start(Engine::Sqlite).await;
    let john = server.user("John", "Doe", "john@example.com").await;
    let ada = server.agent("Ada").await;
    let answered = server.conversation(john).await;
    server.say(ada, answered, "Hello!").await;
    let visitor = server.add_user(json!({"user_type": "visitor"})).await;
    server.move_clock(25 * HOUR);
    let with_visitor = ids_of(&server).await;
    assert!(with_visitor.contains(&visitor.to_string()), "nobody asked");

    server
        .save(json!({"cleaning-visitors": [true, "checkbox"]}))
        .await;
    server.restart();
    eventually("the visitor is gone", async || {
        !ids_of(&server).await.contains(&visitor.to_string())
    })
    .await;
    assert_eq!(server.status(answered).await, "1", "only what was asked");
    let events = server.events(&["--types", "user.deleted"]);
    let by: Vec<&Value> = events.iter().map(|event| &event["actor"]).collect();
    assert_eq!(by, [&json!(0)], "on the service's own authority");
}
