//! The yardstick of HTTP: an axum handler that parses the same form body and answers `ok`.

use std::collections::HashMap;

use axum::{Router, body::Bytes, routing::post};

use super::Outcome;

/// Starts this program as the bare handler.
pub const ARGUMENT: &str = "--bare-handler";

/// Serves until killed.
pub async fn serve() -> Outcome {
    let router = Router::new().route("/include/api.php", post(handle));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

async fn handle(body: Bytes) -> &'static str {
    let fields: HashMap<String, String> = form(&body);
    if fields.contains_key("function") {
        r#"{"success":true,"response":true}"#
    } else {
        "no function"
    }
}

fn form(body: &[u8]) -> HashMap<String, String> {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let decode = |part: &str| {
        percent_encoding::percent_decode_str(&part.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}
