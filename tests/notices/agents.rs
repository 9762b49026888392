//! Agents who are away.

use serde_json::{Value, json};

use super::{CONFIG, people, told_by, use_mail};
use crate::harness::{Engine, MailServer, Setup, Vendor, eventually};

#[tokio::test]
async fn agents_are_told_by_email_and_push_of_messages_and_of_what_is_given_to_them() {
    let pusher = Vendor::answering(200, json!({"publishId": "pubid-1"})).await;
    let config = format!("{CONFIG}pusher_beams_url = \"{}\"\n", pusher.url);
    let server = Setup::on(Engine::Sqlite).config(&config).start().await;
    people(&server).await;
    let mail = MailServer::start();
    use_mail(&server, mail.port).await;
    let push = json!({"push-enabled": true, "push-instance": "inst-1", "push-secret": "s"});
    server.save(push).await;
    assert_eq!(told_by(&server, 3, "Help!").await, json!(["email", "push"]));
    let mut mails = mail.wait(2).await;
    mails.sort_by_key(|mail| mail["to"].to_string());
    assert!(mails[0]["to"].as_str().expect("a text").starts_with("Ada"));
    assert_eq!(mails[0]["reply-to"], "John Doe | SB4-1 <help@shop.example>");
    eventually("a push", || async { pusher.asked().len() == 1 }).await;
    let asked: Value = serde_json::from_str(&pusher.asked()[0].body).expect("JSON");
    assert_eq!(asked["interests"], json!(["4", "5"]));
    let shown = &asked["web"]["notification"];
    assert_eq!(
        (&shown["title"], &shown["body"]),
        (&json!("John Doe"), &json!("Help!"))
    );

    let give = json!({"conversation_id": 1, "agent_id": 5, "message": "A kettle"});
    server.ok("update-conversation-agent", give).await;
    let mails = mail.wait(3).await;
    assert!(mails[2]["to"].as_str().expect("a text").starts_with("Bob"));
    assert_eq!(mails[2]["subject"], "A conversation was assigned to you");
    assert!(
        mails[2]["plain"]
            .as_str()
            .expect("a text")
            .contains("A kettle")
    );
    // What is in charge alone is told, and whoever is there is not.
    let typing = json!({"user_id": 5, "conversation_id": 1});
    server.ok("set-typing", typing).await;
    assert_eq!(told_by(&server, 3, "Are you there?").await, json!([]));
}
