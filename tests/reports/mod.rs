//! Reports: every one in its documented shape, numbers from a story told through the API, periods
//! in timezones, rows that callers add, and the images.

mod direct_sms;
mod periods;
mod rows;
mod shapes;
mod told;

use serde_json::json;

use crate::harness::Server;

/// All 27 names, each with its kind of chart and of number.
const REPORTS: [(&str, &str, u64); 27] = [
    ("conversations", "line", 1),
    ("missed-conversations", "line", 1),
    ("conversations-time", "line", 2),
    ("visitors", "line", 1),
    ("leads", "line", 1),
    ("users", "line", 1),
    ("agents-response-time", "bar", 2),
    ("agents-conversations", "bar", 1),
    ("agents-conversations-time", "bar", 2),
    ("agents-ratings", "bar", 3),
    ("countries", "pie", 1),
    ("languages", "pie", 1),
    ("browsers", "pie", 1),
    ("os", "pie", 1),
    ("subscribe", "line", 1),
    ("follow-up", "line", 1),
    ("registrations", "line", 1),
    ("articles-searches", "line", 1),
    ("articles-ratings", "bar", 3),
    ("articles-views-single", "bar", 1),
    ("articles-views", "line", 1),
    ("sms-automations", "line", 1),
    ("email-automations", "line", 1),
    ("message-automations", "line", 1),
    ("direct-sms", "line", 1),
    ("direct-emails", "line", 1),
    ("direct-messages", "line", 1),
];

/// John, who was answered by Ada and rated her; a lead whom nobody answered; a visitor.
async fn story(server: &Server) -> (u64, u64, u64) {
    let john = json!({
        "first_name": "John", "last_name": "Doe", "email": "john@example.com", "user_type": "user",
        "settings_extra": {
            "country_code": ["gb", "Country"], "browser": ["Firefox", "Browser"],
            "browser_language": ["de-AT", "Language"], "os": ["Debian", "System"],
        },
    });
    let john = server.add_user(john).await;
    let ada = server.agent("Ada").await;
    let lead = server.add_user(json!({"user_type": "lead"})).await;
    server.add_user(json!({"user_type": "visitor"})).await;
    let conversation = server.conversation(john).await;
    server.say(john, conversation, "Hello?").await;
    server.say(ada, conversation, "Good day").await;
    let rating = json!({"settings": {"conversation_id": conversation, "rating": 1}});
    server.ok("set-rating", rating).await;
    let unanswered = server.conversation(lead).await;
    server.say(lead, unanswered, "Anybody?").await;
    let news = json!({"user_ids": [john, lead], "message": "We are back"});
    server.ok("direct-message", news).await;
    (john, lead, unanswered)
}
