//! The one home of background tasks.
//!
//! Whoever starts one knows when it ends: `serve` awaits its own, and calls under way are counted
//! (`functions::under_way`), which `serve` awaits as well.

use tokio::task::JoinHandle;

/// Starts a task.
#[allow(
    clippy::disallowed_methods,
    reason = "the one home of background tasks"
)]
pub fn spawn<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    tokio::spawn(task)
}
