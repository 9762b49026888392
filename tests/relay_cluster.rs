//! The NATS cluster of `deploy/nats/`, with TLS and a password: whichever of its three servers is lost,
//! events are relayed and webhooks sent.

use serde_json::json;

use crate::{
    harness::{
        Engine, LOOPBACK, NatsCluster, Receiver, Setup, cluster::ELECTION, eventually_within, tool,
    },
    relay::{holds_the_log_for, relay},
};

/// Messages in a round; the server is killed in their middle.
const MESSAGES: usize = 20;

#[tokio::test]
async fn the_leader_and_then_another_may_be_killed() {
    let mut cluster = NatsCluster::started(&tool("nats-server"));
    let authority = cluster.authority();
    let receiver = Receiver::start().await;
    let server = Setup::on(Engine::Sqlite)
        .config(&format!("{LOOPBACK}nats_replicas = 3\n"))
        .env("HAVEFUNNELS_NATS", &cluster.urls())
        .env("HAVEFUNNELS_NATS_TLS", "true")
        .env(
            "HAVEFUNNELS_NATS_CA",
            authority.to_str().expect("a plain path"),
        )
        .start()
        .await;
    let settings = json!({
        "webhooks-enabled": true, "webhooks-url": receiver.url, "webhooks-active": "message-sent",
    });
    server.save(settings).await;
    let jane = server.user("Jane", "Doe", "jane@example.com").await;
    let conversation = server.conversation(jane).await;
    let mut said = Vec::new();
    for round in ["leader", "follower"] {
        let (leader, followers) = cluster.whole("havefunnels").await;
        let victim = match round {
            "leader" => leader,
            _ => followers[0].clone(),
        };
        for number in 0..MESSAGES {
            if number == MESSAGES / 2 {
                cluster.server(&victim).kill9();
            }
            let text = format!("{round} {number}");
            server.say(jane, conversation, &text).await;
            said.push(text);
        }
        // The killed server stays away until everything has come through the other two.
        let what = format!("all webhooks came without the {round}");
        eventually_within(ELECTION, &what, || async {
            receiver.hooks().len() >= said.len() && relay(&server).await["behind"] == 0
        })
        .await;
        cluster.server(&victim).start();
    }
    let (leader, _) = cluster.whole("havefunnels").await;
    let entering = cluster.entering();
    holds_the_log_for(cluster.server(&leader), entering, &server).await;
    assert!(
        !server.log().contains("s3cret"),
        "a password is in no log line"
    );

    let hooks = receiver.hooks();
    let told = hooks.iter().map(|hook| &hook.body["data"]["message"]);
    assert!(
        told.eq(said.iter().map(|text| &**text)),
        "each once and in order: {hooks:?}"
    );
}
