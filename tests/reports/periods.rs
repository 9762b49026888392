//! Periods of a report, and their timezone.

use serde_json::{Value, json};

use crate::harness::{Engine, Server};

#[tokio::test]
async fn periods_are_days_or_months_of_a_timezone() {
    let server = Server::start(Engine::Sqlite).await;
    let keys = async |period: Value| -> Vec<String> {
        let mut arguments = json!({"name": "conversations"});
        let members = arguments.as_object_mut().expect("an object");
        members.extend(period.as_object().expect("an object").clone());
        let answer = server.ok("reports", arguments).await;
        let data = answer["data"].as_object().expect("rows");
        assert!(
            data.values().all(|row| *row == json!([0])),
            "empty days are there"
        );
        data.keys().cloned().collect()
    };
    let months = json!({"date_start": "01/03/2021", "date_end": "2021-05-31"});
    assert_eq!(keys(months).await, ["03/2021", "04/2021", "05/2021"]);
    let days =
        json!({"date_start": "2021-03-27", "date_end": "29/03/2021", "timezone": "Europe/London"});
    assert_eq!(keys(days).await, ["27/03/2021", "28/03/2021", "29/03/2021"]);
    let days = json!({"date_start": "2021-03-01", "date_end": "2021-05-01"});
    assert_eq!(keys(days).await.len(), 62);
    let years =
        json!({"date_start": "2011-01-01", "date_end": "2020-12-31", "timezone": "Asia/Kathmandu"});
    assert_eq!(keys(years).await.len(), 120);
    let none = json!({"date_start": false, "date_end": "false", "timezone": ""});
    assert_eq!(keys(none).await.len(), 30);

    // One moment has different dates at the two ends of the earth.
    server
        .ok("reports-update", json!({"name": "follow-up"}))
        .await;
    let mut dates = Vec::new();
    for zone in ["Pacific/Kiritimati", "Pacific/Niue"] {
        let asked = json!({"name": "follow-up", "timezone": zone});
        let answer = server.ok("reports", asked).await;
        let data = answer["data"].as_object().expect("rows").clone();
        let (last, row) = data.iter().next_back().expect("thirty days");
        assert_eq!(*row, json!([1]), "it happened on the last day of {zone}");
        dates.push(last.clone());
    }
    assert_ne!(dates[0], dates[1], "they are 25 hours apart");

    let wrong = [
        json!({"name": "weather"}),
        json!({"name": "users", "timezone": "Mars/Olympus"}),
        json!({"name": "users", "date_start": "2021-02-30"}),
        json!({"name": "users", "date_start": "03/31/2021"}),
        json!({"name": "users", "date_start": "02/01/2021", "date_end": "01/01/2021"}),
        json!({"name": "users", "date_start": "2001-01-01", "date_end": "2021-01-01"}),
        json!({"name": "users", "date_start": "9999-12-31"}),
    ];
    for arguments in wrong {
        assert_eq!(
            server.refused("reports", arguments).await,
            "invalid-argument"
        );
    }
    assert_eq!(
        server.refused("reports", json!({})).await,
        "missing-argument"
    );
}
