//! `/uploads/`: files that functions wrote, under names that cannot be guessed.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::Response,
};

use super::{Doors, plain};

/// Answers a file, or 404.
pub async fn handle(State(doors): State<Doors>, Path(path): Path<String>) -> Response {
    let Some(file) = doors.service.uploads.find(&path) else {
        return plain::no_such_path().await;
    };
    let Ok(bytes) = tokio::fs::read(&file).await else {
        return plain::no_such_path().await;
    };
    let extension = file.extension().and_then(|extension| extension.to_str());
    let (content_type, disposition) = shown(extension.unwrap_or_default());
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static(disposition),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    // The settings hold secrets.
    let cache = match content_type {
        "application/json" => "no-store",
        _ => "private, max-age=3600",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
    response
}

/// Type and disposition of a file with this extension. Customers send files too, by email: a browser
/// shows pictures and plain text, and saves whatever it could run, pages above all.
fn shown(extension: &str) -> (&'static str, &'static str) {
    match extension.to_ascii_lowercase().as_str() {
        "png" => ("image/png", "inline"),
        "jpg" | "jpeg" => ("image/jpeg", "inline"),
        "gif" => ("image/gif", "inline"),
        "webp" => ("image/webp", "inline"),
        "txt" => ("text/plain; charset=utf-8", "inline"),
        "csv" => ("text/csv; charset=utf-8", "inline"),
        "json" => ("application/json", "inline"),
        "pdf" => ("application/pdf", "attachment"),
        _ => ("application/octet-stream", "attachment"),
    }
}
