//! What every report looks like: as data and as an image.

use serde_json::{Value, json};

use super::{REPORTS, story};
use crate::harness::{Engine, Server, on_both_engines};

on_both_engines!(every_report_has_the_documented_shape);

async fn every_report_has_the_documented_shape(server: Server) {
    story(&server).await;
    for (name, chart, label) in REPORTS {
        server.ok("reports-update", json!({"name": name})).await;
        let answer = server.ok("reports", json!({"name": name})).await;
        let keys: Vec<_> = answer.as_object().expect("an object").keys().collect();
        let documented = [
            "title",
            "description",
            "data",
            "table",
            "table-inverse",
            "label_type",
            "chart_type",
        ];
        assert_eq!(keys, documented, "{name}");
        assert_eq!(
            (&answer["chart_type"], &answer["label_type"]),
            (&json!(chart), &json!(label))
        );
        assert_eq!(answer["table-inverse"], json!(chart == "line"), "{name}");
        for text in ["title", "description"] {
            assert!(
                answer[text].as_str().is_some_and(|text| text.len() > 5),
                "{name}"
            );
        }
        let data = answer["data"].as_object().expect("rows");
        let heads = answer["table"].as_array().expect("heads").len();
        for (key, row) in data {
            assert_eq!(
                row.as_array().map(Vec::len),
                Some(heads - 1),
                "{name} {key}"
            );
            assert!(
                row.as_array()
                    .is_some_and(|row| row.iter().all(Value::is_u64)),
                "{name}"
            );
        }
        if chart == "line" {
            assert_eq!(
                data.len(),
                30,
                "{name}: thirty days by default, empty ones too"
            );
        }
    }
}

#[tokio::test]
async fn a_report_is_an_image_too() {
    let server = Server::start(Engine::Sqlite).await;
    story(&server).await;
    let evil = json!({"name": "browsers", "value": "<script>alert(1)</script>&\"'"});
    server.ok("reports-update", evil).await;
    for (name, chart, _) in REPORTS {
        let path = format!(
            "/v1/reports/{name}.svg?date_start=01/01/2020&timezone=Europe%2FLondon&date_end=2024-12-31"
        );
        let whole = server.get(&path).bearer_auth(&server.token);
        let ever = server
            .get(&format!("/v1/reports/{name}.svg"))
            .bearer_auth(&server.token);
        for request in [whole, ever] {
            let answer = server.send(request).await;
            assert_eq!(answer.status, 200, "{answer}");
            assert_eq!(answer.header("content-type"), Some("image/svg+xml"));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            let svg = answer.text();
            assert!(
                svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"),
                "{name}"
            );
            assert!(!svg.contains("<script"), "{svg}");
            let title = server.ok("reports", json!({"name": name})).await["title"].clone();
            assert!(
                svg.contains(title.as_str().expect("a title")),
                "{name} {chart}"
            );
        }
    }
    let browsers = server
        .get("/v1/reports/browsers.svg")
        .bearer_auth(&server.token);
    let svg = server.send(browsers).await.text().to_owned();
    assert!(
        svg.contains("&lt;script&gt;") && svg.contains("Firefox"),
        "{svg}"
    );

    let problem = async |path: &str, token: &str| {
        let answer = server.send(server.get(path).bearer_auth(token)).await;
        (answer.status, answer.problem())
    };
    let refused = |status, code: &str| (status, code.to_owned());
    let token = server.token.clone();
    assert_eq!(
        problem("/v1/reports/weather.svg", &token).await,
        refused(400, "invalid-argument")
    );
    assert_eq!(
        problem("/v1/reports/users.svg?timezone=Mars", &token).await,
        refused(400, "invalid-argument")
    );
    assert_eq!(
        problem("/v1/reports/users.png", &token).await,
        refused(404, "not-found")
    );
    assert_eq!(
        problem("/v1/reports/users.svg", "x").await,
        refused(401, "invalid-token")
    );
    // A token in the address counts for nothing.
    let address = format!("/v1/reports/users.svg?token={token}");
    let answer = server.send(server.get(&address)).await;
    assert_eq!(answer.problem(), "invalid-token");
    let posted = server
        .send(server.post("/v1/reports/users.svg").bearer_auth(&token))
        .await;
    assert_eq!(
        (posted.status, posted.header("allow")),
        (405, Some("GET, HEAD"))
    );
}
