//! Whom TLS trusts: one set of certificate authorities for all ways out.

use std::sync::Arc;

use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

/// TLS as a client with the system's certificate authorities, or with those of the files that
/// the variables `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
///
/// A system without any is not refused: the service runs on, and what needs TLS fails when it is
/// called.
///
/// # Errors
/// When no version of TLS can be spoken, which the build decides.
pub fn client() -> Result<ClientConfig, tokio_rustls::rustls::Error> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (known, _) = roots.add_parsable_certificates(found.certs);
    if known == 0 {
        tracing::warn!(
            "no certificate authorities were found on this system (package ca-certificates), so \
             nothing can be reached over TLS"
        );
    }
    trusting(roots)
}

/// TLS as a client that trusts these authorities only.
///
/// # Errors
/// When no version of TLS can be spoken, which the build decides.
pub fn trusting(roots: RootCertStore) -> Result<ClientConfig, tokio_rustls::rustls::Error> {
    Ok(
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
}
