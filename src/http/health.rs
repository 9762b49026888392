//! Health: whether the process lives, and whether it can do its work.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::Doors;
use crate::{
    clock::wire_time,
    reactions::{reaction::Reaction, stops::stopped},
};

/// 200 while the process answers at all.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// 200 when writes are accepted and the read models are near the log's head; 503 otherwise.
/// The body says where each stands. The relay to NATS, and webhooks that have stopped because their
/// receiver wants no more, are told and not asked for: the service works without them.
pub async fn readyz(State(doors): State<Doors>) -> Response {
    /// Events that the read models may be behind and still count as ready.
    const LAG_MAX: u64 = 10_000;
    let reader = doors.service.journal.reader();
    let (head, applied) = (reader.head(), doors.service.reads.position());
    let accepts_writes = doors.service.journal.log().accepts_writes();
    let ready = accepts_writes && head.saturating_sub(applied) <= LAG_MAX;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let mut standing = json!({ "ready": ready, "accepts_writes": accepts_writes, "head": head, "read_models": applied });
    if let Some(relay) = doors.service.bus.relay() {
        standing["relay"] = json!({
            "state": relay.state.name(),
            "position": relay.position,
            "behind": head.saturating_sub(relay.position),
            "why": relay.state.why(),
        });
    }
    if let Ok(Some(stopped)) = stopped(reader, Reaction::Webhooks) {
        standing["webhooks"] = json!({
            "state": "stopped",
            "since": wire_time(stopped.time_ms),
            "why": stopped.why,
            "missed_after": stopped.missed_after,
        });
    }
    (
        status,
        [(header::CONTENT_TYPE, "application/json")],
        standing.to_string(),
    )
        .into_response()
}
