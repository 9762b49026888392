//! Whom TLS trusts: one set of certificate authorities for all ways out.

use std::sync::Arc;

use tokio_rustls::rustls::{
    ClientConfig, Error, RootCertStore, crypto::ring, pki_types::CertificateDer,
};

/// How the talk with a mail server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all: password and mail go in clear.
    None,
    /// By TLS after a greeting in clear (ports 587, 143); a server that cannot do it is not used.
    StartTls,
    /// By TLS from the first byte (ports 465, 993).
    Tls,
}

/// Certificate authorities that vouch for other servers.
#[derive(Clone)]
pub struct Authorities(Arc<[CertificateDer<'static>]>);

impl Authorities {
    /// Those of the system, or of the files that the variables `SSL_CERT_FILE` and
    /// `SSL_CERT_DIR` name.
    ///
    /// A system without any is not refused: the service runs on, and what needs TLS fails when
    /// it is called.
    #[must_use]
    pub fn system() -> Self {
        let found = Self::of(rustls_native_certs::load_native_certs().certs);
        if found.0.is_empty() {
            tracing::warn!(
                "no certificate authorities were found on this system (package \
                 ca-certificates), so nothing can be reached over TLS"
            );
        }
        found
    }

    /// These; what is no authority's certificate is left out.
    #[must_use]
    pub fn of(certificates: Vec<CertificateDer<'static>>) -> Self {
        let mut scratch = RootCertStore::empty();
        Self(
            certificates
                .into_iter()
                .filter(|certificate| scratch.add(certificate.clone()).is_ok())
                .collect(),
        )
    }

    /// TLS as a client that trusts these.
    ///
    /// # Errors
    /// When no version of TLS can be spoken, which the build decides.
    pub fn client(&self) -> Result<ClientConfig, Error> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(self.0.iter().cloned());
        Ok(
            ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_root_certificates(roots)
                .with_no_client_auth(),
        )
    }

    /// The certificates in DER.
    pub fn der(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(AsRef::as_ref)
    }
}
