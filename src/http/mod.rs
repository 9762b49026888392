//! The doors. The only folder that knows axum; it knows no rule of the product.

mod body;
mod caller;
mod charts;
mod compatible;
mod cors;
mod health;
mod openapi;
mod pictures;
mod plain;
mod request;
mod slack;
mod uploads;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::functions::{Refusal, Service};

/// The most bytes that a request's body may have: 8 MiB.
pub const BODY_BYTES_MAX: usize = 8 << 20;

/// The addresses at which clients have always called.
const COMPATIBLE: [&str; 3] = [
    "/include/api.php",
    "/script/include/api.php",
    "/supportboard/include/api.php",
];

/// What handlers share.
#[derive(Clone)]
struct Doors {
    service: Arc<Service>,
    room: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Doors {
    /// The request's body, within the limits.
    async fn body(&self, body: Body) -> Result<Bytes, Refusal> {
        body::read(&self.room, body).await
    }

    /// A place among the requests that are answered at once; the rest come back later.
    fn place(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        self.places.try_acquire().map_err(|_| Refusal::RateLimited)
    }
}

/// All routes of the service.
pub fn router(service: &Arc<Service>) -> Router {
    let places = Arc::new(Semaphore::new(service.config.requests_max as usize));
    let doors = Doors {
        service: Arc::clone(service),
        room: Arc::new(body::room()),
        places,
    };
    let functions = COMPATIBLE
        .into_iter()
        .fold(Router::new(), |router, path| {
            router.route(
                path,
                post(compatible::handle).fallback(compatible::not_posted),
            )
        })
        .route(
            "/v1/{function}",
            post(plain::handle).fallback(plain::not_posted),
        )
        .route(
            "/v1/{group}/{operation}",
            post(plain::operate).fallback(plain::not_posted),
        )
        .route(
            "/v1/reports/{file}",
            get(charts::handle).fallback(plain::not_gotten),
        );
    let router = Router::new()
        .merge(functions)
        .route("/openapi.json", get(openapi::handle))
        .route(
            "/slack/events",
            post(slack::handle).fallback(plain::not_posted),
        )
        .route("/uploads/{*path}", get(uploads::handle))
        .route("/media/{picture}", get(pictures::handle))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .fallback(plain::no_such_path)
        .layer(DefaultBodyLimit::disable());
    let router = match cors::layer(&service.config.cors_allowed_origins) {
        Some(layer) => router.layer(layer),
        None => router,
    };
    router.with_state(doors)
}
