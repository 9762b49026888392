//! Long lists: pages without gap or overlap, sorting, and filters.

use futures::stream::{StreamExt, iter};
use serde_json::json;

use crate::harness::{Server, column, on_both_engines, sorted, texts};

on_both_engines!(scenario_04_paging, conversations_in_pages);

async fn scenario_04_paging(server: Server) {
    let add = |number: usize| {
        let email = format!("user{number}@example.com");
        let (server, last_name) = (&server, format!("Name {number:03}"));
        async move { server.user("User", &last_name, &email).await }
    };
    let ids: Vec<u64> = iter(0..205).map(add).buffer_unordered(16).collect().await;

    let page = |number: u32| server.ok("get-users", json!({"pagination": number}));
    let pages = [
        column(&page(1).await, "id"),
        column(&page(2).await, "id"),
        column(&page(3).await, "id"),
    ];
    assert_eq!(
        pages.each_ref().map(Vec::len),
        [100, 100, 6],
        "205 users and the first admin"
    );
    assert_eq!(page(4).await, json!([]));
    let everybody = column(&server.ok("get-users", json!({})).await, "id");
    assert_eq!(
        pages.concat(),
        everybody,
        "pages follow each other without gap or overlap"
    );
    let numbers: Vec<u64> = everybody
        .iter()
        .map(|id| id.parse().expect("a decimal"))
        .collect();
    assert!(
        numbers.is_sorted_by(|newer, older| newer > older),
        "newest first"
    );

    let sorting = |order: &str| {
        let arguments = json!({"sorting": ["last_name", order], "user_types": ["user"]});
        server.ok("get-users", arguments)
    };
    let mut names = column(&sorting("ASC").await, "last_name");
    assert_eq!(names.len(), 205);
    assert!(names.is_sorted());
    names.reverse();
    assert_eq!(column(&sorting("DESC").await, "last_name"), names);
    let json_text = json!({"sorting": "[\"last_name\",\"DESC\"]", "user_types": ["user"]});
    assert_eq!(
        column(&server.ok("get-users", json_text).await, "last_name"),
        names
    );

    let json_text = server
        .ok("get-users", json!({"user_types": "[\"user\",\"lead\"]"}))
        .await;
    let brackets = server
        .ok("get-users", json!({"user_types": ["user", "lead"]}))
        .await;
    assert_eq!(json_text, brackets);
    assert_eq!(brackets.as_array().map(Vec::len), Some(205));
    let some = server
        .ok("get-users", json!({"user_ids": [ids[3], ids[150]]}))
        .await;
    assert_eq!(
        sorted(column(&some, "id")),
        sorted(texts(&[ids[3], ids[150]]))
    );
    let sorted_page =
        json!({"pagination": 2, "sorting": ["last_name", "ASC"], "user_types": ["user"]});
    let second = column(&server.ok("get-users", sorted_page).await, "last_name");
    assert_eq!((second[0].as_str(), second.len()), ("Name 100", 100));
}

async fn conversations_in_pages(server: Server) {
    let john = server.user("John", "Doe", "john@example.com").await;
    let add = |number: usize| {
        let server = &server;
        async move {
            let conversation = server.conversation(john).await;
            server
                .say(john, conversation, &format!("message {number}"))
                .await;
            conversation
        }
    };
    let ids: Vec<u64> = iter(0..130).map(add).buffer_unordered(16).collect().await;
    let page = |number: u32| server.ok("get-conversations", json!({"pagination": number}));
    let first = column(&page(1).await, "conversation_id");
    let second = column(&page(2).await, "conversation_id");
    assert_eq!((first.len(), second.len()), (100, 30));
    assert_eq!(
        sorted([first.clone(), second].concat()),
        sorted(texts(&ids))
    );

    let oldest = column(&page(2).await, "conversation_id")
        .pop()
        .expect("a row");
    server
        .say(john, oldest.parse().expect("a decimal"), "up again")
        .await;
    assert_eq!(
        column(&page(1).await, "conversation_id")[0],
        oldest,
        "by last message, newest first"
    );
}
