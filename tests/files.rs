//! Files the service writes and serves: transcripts and avatars.

use serde_json::json;

use crate::harness::{Answer, Engine, Server, Setup, on_both_engines};

on_both_engines!(scenario_16_transcript, scenario_16_csv_users);

async fn fetch(server: &Server, url: &serde_json::Value) -> Answer {
    let url = url.as_str().unwrap_or_else(|| panic!("a URL, not {url}"));
    assert!(
        url.starts_with(&format!("{}/uploads/", server.address())),
        "served by the service: {url}"
    );
    let file = server.send(server.get(url)).await;
    assert_eq!(file.status, 200, "{file}");
    file
}

/// The cells of a CSV file.
fn cells(file: &Answer) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(&file.bytes[..]);
    let rows = reader.records().map(|row| row.expect("a CSV row"));
    rows.flat_map(|row| row.iter().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

async fn scenario_16_transcript(server: Server) {
    let (john, ada) = (
        server.user("John", "Doe", "john@example.com").await,
        server.agent("Ada").await,
    );
    let conversation = server.conversation(john).await;
    let said = [
        "plain",
        "with, comma and \"quotes\"",
        "two\nlines",
        "=HYPERLINK(\"x\")",
        "+1",
        "-2",
        "@sum",
        "ünï🎉",
    ];
    for (number, text) in said.iter().enumerate() {
        server
            .say(if number % 2 == 0 { john } else { ada }, conversation, text)
            .await;
    }
    let transcript = |kind: &str| {
        let arguments = json!({"conversation_id": conversation, "type": kind});
        server.ok("transcript", arguments)
    };

    let url = transcript("csv").await;
    let name = url
        .as_str()
        .and_then(|url| url.rsplit('/').next())
        .expect("a name")
        .to_owned();
    let secret = name.strip_prefix(&format!("conversation-{conversation}-"));
    let secret = secret
        .and_then(|rest| rest.strip_suffix(".csv"))
        .unwrap_or_else(|| panic!("not {name}"));
    assert!(secret.len() >= 22, "an unguessable part: {name}");
    // Without a type, or with false, it is the configured one: csv.
    let without = json!({"conversation_id": conversation});
    for url in [
        url,
        transcript("false").await,
        server.ok("transcript", without).await,
    ] {
        let file = fetch(&server, &url).await;
        let cells = cells(&file);
        for text in said {
            let found = cells
                .iter()
                .any(|cell| cell.ends_with(text) && cell.len() <= text.len() + 1);
            assert!(found, "{text:?} is missing in {}", file.text());
        }
        for cell in cells {
            assert!(
                !cell.starts_with(['=', '+', '-', '@']),
                "a formula: {cell:?}"
            );
        }
    }

    let file = fetch(&server, &transcript("txt").await).await;
    for part in said.into_iter().chain(["John Doe", "Ada Agent"]) {
        assert!(
            file.text().contains(part),
            "{part:?} is missing in {}",
            file.text()
        );
    }
    let unknown = json!({"conversation_id": 99, "type": "csv"});
    assert_eq!(server.ok("transcript", unknown).await, false);

    let guess = format!("/uploads/conversation-{conversation}.csv");
    assert_eq!(server.send(server.get(&guess)).await.status, 404);
}

async fn scenario_16_csv_users(server: Server) {
    let john = server
        .add_user(json!({
            "first_name": "=HYPERLINK(\"x\")", "last_name": "O'Neil, \"Jo\"", "email": "john@example.com",
            "user_type": "user", "password": "correct horse",
            "settings_extra": {"phone": ["+4462367136", "Phone"], "note": ["two\nlines", ""]},
        }))
        .await;
    let ada = server.agent("Ada").await;
    server.add_user(json!({"user_type": "visitor"})).await;
    let url = server.ok("csv-users", json!({})).await;
    let name = url.as_str().and_then(|url| url.rsplit('/').next());
    let secret = name.and_then(|name| name.strip_prefix("users-")?.strip_suffix(".csv"));
    assert!(secret.is_some_and(|secret| secret.len() >= 22), "{url}");
    let file = fetch(&server, &url).await;
    let text = file.text().strip_prefix('\u{feff}').expect("a mark");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headings = reader.headers().expect("headings").clone();
    let column = |name: &str| {
        let place = headings.iter().position(|heading| heading == name);
        place.unwrap_or_else(|| panic!("{name} is missing in {headings:?}"))
    };
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 4, "the admin, John, Ada and a visitor: {text}");
    let of = |id: u64| {
        let row = rows
            .iter()
            .find(|row| row[column("User ID")] == id.to_string());
        row.unwrap_or_else(|| panic!("{id} is missing in {text}"))
    };
    assert_eq!(&of(john)[column("First name")], "'=HYPERLINK(\"x\")");
    assert_eq!(&of(john)[column("Last name")], "O'Neil, \"Jo\"");
    assert_eq!(&of(john)[column("Phone")], "'+4462367136");
    assert_eq!(&of(john)[column("Note")], "two\nlines");
    assert_eq!(&of(ada)[column("Email")], "ada@agents.example.com");
    assert_eq!(&of(ada)[column("User type")], "agent");
    assert_eq!(&of(ada)[column("Phone")], "");
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell:?}");
        assert!(!cell.contains("argon2") && cell != server.token, "{cell:?}");
    }
    assert_eq!(
        server.send(server.get("/uploads/users.csv")).await.status,
        404
    );
    let once = json!({"idempotency_key": "csv-1"});
    let first = server.ok("csv-users", once.clone()).await;
    assert_eq!(server.ok("csv-users", once).await, first, "one file");
}

#[tokio::test]
async fn an_avatar_is_a_picture() {
    let server = Server::start(Engine::Sqlite).await;
    for name in [("John", "Doe"), ("Ünal", ""), ("日本", "語")] {
        let arguments = json!({"first_name": name.0, "last_name": name.1});
        let url = server.ok("get-avatar", arguments).await;
        let file = fetch(&server, &url).await;
        assert_eq!(file.header("content-type"), Some("image/png"), "{name:?}");
        let picture = image::load_from_memory(&file.bytes).expect("a PNG that can be read");
        assert!(
            picture.width() >= 32 && picture.width() == picture.height(),
            "{name:?}"
        );
    }
}

#[tokio::test]
async fn default_pictures_are_served() {
    let server = Server::start(Engine::Sqlite).await;
    let user = server.add_user(json!({})).await;
    let picture = server.row(user).await["profile_image"].clone();
    assert_eq!(picture, format!("{}/media/user.svg", server.address()));
    for name in ["user", "agent", "bot"] {
        let file = server.send(server.get(&format!("/media/{name}.svg"))).await;
        assert_eq!(
            (file.status, file.header("content-type")),
            (200, Some("image/svg+xml")),
            "{name}"
        );
    }
}

#[tokio::test]
async fn urls_have_the_public_base() {
    let setup = Setup::on(Engine::Sqlite).env("HAVEFUNNELS_PUBLIC_URL", "https://chat.example.com");
    let server = setup.start().await;
    let url = server.ok("get-avatar", json!({"first_name": "John"})).await;
    let path = url
        .as_str()
        .and_then(|url| url.strip_prefix("https://chat.example.com"))
        .expect("the base");
    assert_eq!(server.send(server.get(path)).await.status, 200);
}

#[tokio::test]
async fn uploads_are_no_way_out_of_their_folder() {
    let server = Server::start(Engine::Sqlite).await;
    server.ok("get-avatar", json!({"first_name": "John"})).await;
    let ways = [
        "/uploads/../admin-token",
        "/uploads/%2e%2e/admin-token",
        "/uploads/..%2fadmin-token",
        "/uploads/%2e%2e%2fadmin-token",
        "/uploads//etc/passwd",
        "/uploads/%2fetc%2fpasswd",
        "/uploads/",
        "/uploads",
        "/uploads/x%00.png",
    ];
    for path in ways {
        let answer = raw_get(&server, path).await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        assert!(!answer.contains(&server.token), "{path}");
    }
}

/// A GET whose path no client has tidied up.
async fn raw_get(server: &Server, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let host = server.address().trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(host)
        .await
        .expect("the program listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("the request is taken");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}
