//! What the operator is told when the service has started.

use std::fs;

use tokio::net::TcpListener;

use crate::functions::{Founders, Service};

/// Tells the operator where the service is and how to call it.
pub(super) fn announce(service: &Service, listener: &TcpListener, founders: Founders) {
    let Ok(address) = listener.local_addr() else {
        return;
    };
    for range in service.outgoing.targets().allowed() {
        tracing::info!("private addresses in {range} may be called");
    }
    let path = service.config.folder("admin-token");
    println!("listening on http://{address}");
    if founders.new_admin.is_some() {
        let token = fs::read_to_string(&path).unwrap_or_default();
        println!(
            "admin token (shown once, kept in {}): {}",
            path.display(),
            token.trim()
        );
    }
    println!(
        "try: curl -s http://{address}/include/api.php -d function=get-users -d token=\"$(cat {})\"",
        path.display()
    );
}
