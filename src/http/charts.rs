//! `GET /v1/reports/{name}.svg`: a report as an image, for the caller who may call `reports`.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, header},
    response::Response,
};

use super::{Doors, compatible::set, plain, request};
use crate::{
    functions::{Failure, chart},
    wire,
};

/// What a query may not say: tokens stay out of addresses, which are logged and remembered.
const NOT_IN_A_QUERY: [&str; 3] = ["token", "login-cookie", "idempotency_key"];

/// Answers the image.
pub async fn handle(
    State(doors): State<Doors>,
    Path(file): Path<String>,
    request: Request,
) -> Response {
    let Some(name) = file.strip_suffix(".svg") else {
        return plain::no_such_path().await;
    };
    let id = request::new_id();
    let (head, _) = request.into_parts();
    let called = async {
        let query = head.uri.query().unwrap_or_default();
        let mut arguments =
            wire::form(query.as_bytes()).map_err(crate::functions::Refusal::from)?;
        for word in NOT_IN_A_QUERY {
            arguments.0.remove(word);
        }
        arguments.0.insert("name".to_owned(), name.into());
        let function = request::function("reports")?;
        let answer = request::call(&doors, function, arguments, &head.headers, id).await?;
        chart(&answer.json)
    };
    let mut response = match called.await {
        Ok(svg) => image(svg),
        Err(Failure::Refused(refusal)) => plain::refused(&refusal, Some("reports")),
        Err(Failure::Failed(fault)) => {
            plain::refused(&plain::log_fault(&fault, "reports", id), Some("reports"))
        }
    };
    set(&mut response, "x-request-id", &id);
    response
}

fn image(svg: String) -> Response {
    let mut response = Response::new(Body::from(svg));
    let headers = response.headers_mut();
    let facts = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::CACHE_CONTROL, "private, no-cache"),
    ];
    for (name, value) in facts {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
