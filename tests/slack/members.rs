//! Who is there: members, the agents they are linked with, and their presence.

use serde_json::{Value, json};

use super::World;
use crate::harness::Engine;

#[tokio::test]
async fn members_agents_and_links_are_listed_and_presence_told() {
    let world = World::start(Engine::Sqlite).await;
    let World { server, slack } = &world;
    slack.add_member("UBOB", "Bob", "bob@agents.example.com");
    slack.add_members(json!([
        {"id": "UGONE", "name": "gone", "deleted": true},
        {"id": "UBOT", "name": "bot", "is_bot": true},
        {"id": "USLACKBOT", "name": "slackbot"},
        {"id": "UNICK", "name": "nick"},
    ]));
    let links = json!({"UADA": "4", "UBOB": "5", "UNOBODY": "2"});
    world
        .server
        .save(json!({"slack-agents": [links, "mapping"]}))
        .await;
    let people = server.ok("slack-users", json!({})).await;
    assert_eq!(
        people["slack_users"],
        json!([
            {"id": "UADA", "name": "Ada"}, {"id": "UBOB", "name": "Bob"}, {"id": "UNICK", "name": "nick"},
        ])
    );
    assert_eq!(people["agents"][1], json!({"id": "4", "name": "Ada Agent"}));
    assert_eq!(people["saved"], links);
    let settings = server.ok("get-settings", json!({})).await;
    assert_eq!(settings["slack-agents"], json!([links, "mapping"]));
    assert_eq!(settings["slack-token"], json!(["********", "password"]));
    assert_eq!(
        settings["slack-signing-secret"],
        json!(["********", "password"])
    );

    let present = |arguments: Value| server.ok("slack-presence", arguments);
    let online = |id: u64| server.ok("is-online", json!({"user_id": id}));
    assert_eq!(present(json!({})).await, "offline");
    assert_eq!(present(json!({"list": true})).await, json!([]));
    slack.set_active("UBOB", true);
    assert_eq!(present(json!({})).await, "online");
    assert_eq!(
        present(json!({"agent_id": false, "list": true})).await,
        json!(["5"])
    );
    assert_eq!(present(json!({"agent_id": 4})).await, "offline");
    assert_eq!(present(json!({"agent_id": 5})).await, "online");
    assert_eq!(
        present(json!({"agent_id": 3})).await,
        "offline",
        "without a link"
    );
    assert_eq!(
        present(json!({"agent_id": 2})).await,
        "offline",
        "a member unknown to Slack"
    );
    assert_eq!(
        online(5).await,
        json!(false),
        "as long as the setting does not say so"
    );
    world.server.save(json!({"slack-presence": true})).await;
    assert_eq!(present(json!({"agent_id": 5})).await, "online");
    assert_eq!(
        (online(5).await, online(4).await),
        (json!(true), json!(false))
    );
    assert_eq!(server.ok("agents-online", json!({})).await, json!(true));

    slack.add_channel("C1", "one");
    slack.add_channel("C2", "two");
    slack.archive("C1");
    let channels = server.ok("slack-channels", json!({})).await;
    let rows = channels["channels"].as_array().expect("a list");
    let names: Vec<_> = rows.iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["general", "support", "one", "two"]);
    assert_eq!(rows[2]["is_archived"], true);
    assert_eq!(channels["response_metadata"]["next_cursor"], "");
    for wrong in [
        json!({"slack-agents": {"UADA": "Ada"}}),
        json!({"slack-departments": {"sales": "C1"}}),
        json!({"slack-channel": "#general"}),
    ] {
        let code = server
            .refused("save-settings", json!({ "settings": wrong }))
            .await;
        assert_eq!(code, "invalid-argument", "{wrong}");
    }
}
