//! For tests: a certificate authority and a certificate for localhost, made anew by openssl.

use std::{path::PathBuf, process::Command};

use tempfile::TempDir;

/// The files of a server that calls itself localhost.
pub struct Files {
    folder: TempDir,
}

impl Files {
    pub fn make() -> Self {
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
        Self { folder }
    }

    pub fn chain(&self) -> PathBuf {
        self.folder.path().join("server.pem")
    }

    pub fn key(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }

    /// The certificate of the authority that vouches for the server.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}
