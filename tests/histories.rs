//! Random histories: whatever is called in whatever order, the state is the fold of the log, and the
//! read models are what a rebuild makes of it.

use serde_json::{Value, json};

use crate::harness::{Body, Dice, Engine, Setup};

#[tokio::test]
async fn whatever_is_called_all_stays_true_to_the_log_sqlite() {
    whatever_is_called_all_that_is_derived_stays_true_to_the_log(Engine::Sqlite).await;
}

#[tokio::test]
async fn whatever_is_called_all_stays_true_to_the_log_postgres() {
    whatever_is_called_all_that_is_derived_stays_true_to_the_log(Engine::Postgres).await;
}

/// One call, right or wrong: ids that may not exist, types that may not fit.
fn call(dice: &mut Dice) -> (&'static str, Value) {
    let user = dice.roll(24) + 1;
    let conversation = dice.roll(16) + 1;
    let message = dice.roll(60) + 1;
    let types = ["visitor", "lead", "user", "agent", "admin", "bot"];
    let kind = types[usize::try_from(dice.roll(6)).expect("small")];
    let status = dice.roll(6);
    match dice.roll(19) {
        0 | 1 => (
            "add-user",
            json!({"user_type": kind, "email": format!("u{}@example.com", dice.roll(12)), "settings_extra": {"city": [format!("Città {user}"), "City"]}}),
        ),
        2 => ("add-user", json!({"user_type": "visitor"})),
        3 => (
            "update-user",
            json!({"user_id": user, "first_name": format!("Zoë {message}"), "email": format!("u{}@example.com", dice.roll(12))}),
        ),
        4 => (
            "update-user",
            json!({"user_id": user, "email": "NULL", "settings_extra": {"city": ["", ""], "phone": [format!("+{message}"), "Phone"]}}),
        ),
        5 if dice.roll(3) == 0 => ("delete-user", json!({"user_id": user})),
        5 => ("update-user-to-lead", json!({"user_id": user})),
        6 | 7 => (
            "new-conversation",
            json!({"user_id": user, "status_code": status, "title": format!("Über {message}"), "agent_id": dice.roll(24) + 1}),
        ),
        8..=11 => (
            "send-message",
            json!({"user_id": user, "conversation_id": conversation, "message": format!("Nachricht {message} 你好"), "attachments": [["a.pdf", "https://example.com/a.pdf"]]}),
        ),
        12 => (
            "update-conversation-status",
            json!({"conversation_id": conversation, "status_code": status}),
        ),
        13 => (
            "update-conversation-agent",
            json!({"conversation_id": conversation, "agent_id": user}),
        ),
        14 => (
            "update-message",
            json!({"message_id": message, "message": format!("geändert {user}")}),
        ),
        15 => ("delete-message", json!({"message_id": message})),
        16 => (
            "add-note",
            json!({"conversation_id": conversation, "user_id": user, "name": "Z", "message": format!("Notiz {message}")}),
        ),
        17 => (
            "update-messages-status",
            json!({"message_ids": [message, message + 1, 999]}),
        ),
        _ => (
            "set-rating",
            json!({"settings": {"settings": {"conversation_id": conversation, "rating": dice.roll(2)}}}),
        ),
    }
}

async fn whatever_is_called_all_that_is_derived_stays_true_to_the_log(engine: Engine) {
    const CALLS: usize = 600;
    // What is deleted is erased in between, while other calls go on.
    let setup = Setup::on(engine).config("erase_after_seconds = 0\n");
    let mut server = setup.start().await;
    let mut dice = Dice::new(0x5eed);
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..CALLS {
        let (function, arguments) = call(&mut dice);
        let answer = server.call(Body::Php, function, arguments).await.json();
        if answer["success"] == true {
            accepted += 1;
        } else {
            assert_ne!(answer["response"], "unavailable", "{function}: {answer}");
            refused += 1;
        }
    }
    assert!(
        accepted > CALLS / 4 && refused > CALLS / 10,
        "{accepted} accepted, {refused} refused"
    );
    for _ in 0..2 {
        server.assert_sound();
        server.restart();
    }
}
