//! Servers of the tests' own: on a free port of this machine, ended when dropped.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What a server knows, as its routes see it.
pub type Shared<T> = Arc<Mutex<T>>;

/// What serves.
pub struct Served<T> {
    /// Where, such as `http://127.0.0.1:4321`.
    pub url: String,
    inside: Shared<T>,
    task: JoinHandle<()>,
}

impl<T: Send + 'static> Served<T> {
    /// Serves these routes, which share this.
    #[expect(
        clippy::disallowed_methods,
        reason = "a task of the tests' own, ended when this is dropped"
    )]
    pub async fn start(inside: T, routes: Router<Shared<T>>) -> Self {
        let inside = Arc::new(Mutex::new(inside));
        let router = routes.with_state(Arc::clone(&inside));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("serving");
        });
        Self { url, inside, task }
    }

    /// What it knows.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.inside.lock().expect("no panic while it answered")
    }
}

impl<T> Drop for Served<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}
