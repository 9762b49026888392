//! Why there is no connection to NATS. Its client tries for ever and keeps to itself what went wrong:
//! questions only run into their limit of time, whatever the reason.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_nats::{Event, Server};

use super::Fault;

/// Servers whose trouble is told; in a cluster it is mostly one for all.
const TOLD_MAX: usize = 3;

/// The reason, while there is one. Clones share it.
#[derive(Clone, Default)]
pub struct Trouble(Arc<Mutex<Option<String>>>);

impl Trouble {
    /// Notes what became of the tries so far, and tells an operator what was not told before.
    pub fn note(&self, servers: &[Server]) {
        let troubles: Vec<_> = servers.iter().filter_map(of).take(TOLD_MAX).collect();
        if troubles.is_empty() {
            return;
        }
        let why = troubles.join("; ");
        let mut known = self.known();
        if known.as_ref() != Some(&why) {
            tracing::warn!("no connection to NATS; trying again: {why}");
            *known = Some(why);
        }
    }

    /// Tells what the client says of its connection. With a new one the trouble has passed.
    pub fn heard(&self, event: &Event) {
        match event {
            Event::Connected => {
                *self.known() = None;
                tracing::info!("connected to NATS");
            }
            Event::Disconnected => tracing::warn!("the connection to NATS is lost"),
            Event::ClientError(error) => tracing::debug!("NATS: {error}"),
            Event::ServerError(error) => tracing::warn!("NATS: {error}"),
            event => tracing::debug!("NATS: {event}"),
        }
    }

    /// The fault with the reason why NATS was not there, where that is known.
    pub fn explained(&self, fault: Fault) -> Fault {
        match (fault, self.known().as_ref()) {
            (Fault::Nats { when, why }, Some(trouble)) => {
                Fault::nats(when, format!("{why}; no connection: {trouble}"))
            }
            (fault, _) => fault,
        }
    }

    fn known(&self) -> MutexGuard<'_, Option<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where and what, and never the password that the URL may hold.
fn of(server: &Server) -> Option<String> {
    let error = server.last_error.as_ref()?;
    let (host, port) = (server.addr.host(), server.addr.port());
    Some(format!("{host}:{port}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(error: Option<&str>) -> Server {
        Server {
            addr: "nats://hf:s3cret@nats.example:4222".parse().unwrap(),
            failed_attempts: 1,
            did_connect: false,
            is_discovered: false,
            last_error: error.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn a_trouble_explains_until_it_has_passed() {
        let asked = || Fault::nats("was asked for the stream", "timed out");
        let trouble = Trouble::default();
        trouble.note(&[server(None)]);
        assert_eq!(trouble.explained(asked()).to_string(), asked().to_string());

        trouble.note(&[server(None), server(Some("authorization violation"))]);
        let told = trouble.clone().explained(asked()).to_string();
        let expected = "timed out; no connection: nats.example:4222: authorization violation";
        assert!(told.ends_with(expected), "{told}");
        assert!(matches!(
            trouble.explained(Fault::Panicked),
            Fault::Panicked
        ));

        trouble.heard(&Event::Connected);
        assert_eq!(trouble.explained(asked()).to_string(), asked().to_string());
    }
}
