//! `/media/`: the default pictures of users, agents and the bot.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// Answers a picture, or 404.
pub async fn handle(Path(picture): Path<String>) -> Response {
    let svg = match picture.as_str() {
        "user.svg" => include_str!("pictures/user.svg"),
        "agent.svg" => include_str!("pictures/agent.svg"),
        "bot.svg" => include_str!("pictures/bot.svg"),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    (
        [
            (header::CONTENT_TYPE, "image/svg+xml"),
            (header::CACHE_CONTROL, "public, max-age=86400"),
        ],
        svg,
    )
        .into_response()
}
