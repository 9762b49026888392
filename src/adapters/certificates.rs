//! For tests: one certificate authority for all of a run, and a certificate for localhost.

mod files;

use std::{path::PathBuf, sync::OnceLock};

use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};

use super::tls::Authorities;
use files::Files;

/// The certificate of a server that calls itself localhost.
pub struct Certificates(Files);

/// Made once for all tests of a run.
pub fn certificates() -> &'static Certificates {
    static MADE: OnceLock<Certificates> = OnceLock::new();
    MADE.get_or_init(|| Certificates(Files::make()))
}

impl Certificates {
    pub fn chain(&self) -> PathBuf {
        self.0.chain()
    }

    pub fn key(&self) -> PathBuf {
        self.0.key()
    }

    /// The authority that vouches for the server.
    pub fn authorities(&self) -> Authorities {
        let path = self.0.authority();
        Authorities::of(vec![CertificateDer::from_pem_file(path).unwrap()])
    }
}
