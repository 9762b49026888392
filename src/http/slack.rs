//! `POST /slack/events`: the door for Slack's Events API.
//!
//! It reads headers and body, and answers 200 to what was taken. Anything else Slack sends again,
//! three times at most. Slack waits three seconds for the answer.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use super::{
    Doors,
    compatible::set,
    plain::{log_fault, refused},
    request,
};
use crate::functions::{
    Failure,
    slack::incoming::{Heard, Signed, take},
};

/// Takes what Slack tells.
pub async fn handle(State(doors): State<Doors>, request: Request) -> Response {
    let id = request::new_id();
    let (head, body) = request.into_parts();
    let heard = async {
        let body = doors.body(body).await?;
        let _place = doors.place()?;
        let signed = Signed {
            timestamp: text(&head.headers, "x-slack-request-timestamp"),
            signature: text(&head.headers, "x-slack-signature"),
            body: &body,
        };
        take(&doors.service, id, signed).await
    };
    let mut response = match heard.await {
        Ok(Heard::Taken) => Response::new(Body::empty()),
        Ok(Heard::Challenge(challenge)) => {
            let mut response = Response::new(Body::from(challenge));
            let plain = HeaderValue::from_static("text/plain; charset=utf-8");
            response.headers_mut().insert(header::CONTENT_TYPE, plain);
            let nosniff = HeaderValue::from_static("nosniff");
            let name = header::X_CONTENT_TYPE_OPTIONS;
            response.headers_mut().insert(name, nosniff);
            response
        }
        Err(Failure::Refused(refusal)) => refused(&refusal, None),
        Err(Failure::Failed(fault)) => refused(&log_fault(&fault, "slack/events", id), None),
    };
    set(&mut response, "x-request-id", &id);
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}
