//! For tests: a certificate authority and a certificate for localhost, made anew by openssl.

use std::{path::PathBuf, process::Command, sync::OnceLock};

use tempfile::TempDir;
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};

use super::tls::Authorities;

/// The files of a server that calls itself localhost.
pub struct Certificates {
    folder: TempDir,
}

/// Made once for all tests of a run.
pub fn certificates() -> &'static Certificates {
    static MADE: OnceLock<Certificates> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let script = "
            exec 2>&1
            openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Test authority' \
                -keyout ca.key -out ca.pem &&
            openssl req -newkey rsa:2048 -nodes -subj '/CN=localhost' \
                -keyout server.key -out server.csr &&
            printf 'subjectAltName=DNS:localhost,IP:127.0.0.1' >names &&
            openssl x509 -req -in server.csr -days 2 -CA ca.pem -CAkey ca.key -CAcreateserial \
                -extfile names -out server.pem";
        let made = Command::new("sh")
            .args(["-c", script])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&made.stdout);
        assert!(made.status.success(), "openssl (package openssl): {said}");
        Certificates { folder }
    })
}

impl Certificates {
    pub fn chain(&self) -> PathBuf {
        self.folder.path().join("server.pem")
    }

    pub fn key(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }

    /// The authority that vouches for the server.
    pub fn authorities(&self) -> Authorities {
        let path = self.folder.path().join("ca.pem");
        Authorities::of(vec![CertificateDer::from_pem_file(path).unwrap()])
    }
}
