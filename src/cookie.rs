//! The sb-login cookie: a user's id and token under authenticated encryption.
//!
//! The key is 32 random bytes in the data folder. The cookie ends with the user's token: a
//! cookie whose token is no longer the user's opens nothing.

use std::{fs, io, path::Path};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce, aead::Aead};
use events::UserId;

use crate::secret;

const NONCE_BYTES: usize = 24;

/// Seals and opens cookies.
pub struct Cookies {
    cipher: XChaCha20Poly1305,
}

impl Cookies {
    /// Cookies under the key of this data folder; the key is made when there is none.
    ///
    /// # Errors
    /// When the key file cannot be read or written, or is not 32 bytes.
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        let path = data_dir.join("cookie-key");
        let key = match fs::read(&path) {
            Ok(key) => key,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = secret::random_bytes::<32>().to_vec();
                secret::write_private(&path, &key)?;
                key
            }
            Err(error) => return Err(error),
        };
        let key: [u8; 32] = key.try_into().map_err(|_| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{} is not 32 bytes", path.display()),
            )
        })?;
        Ok(Self {
            cipher: XChaCha20Poly1305::new(&Key::from(key)),
        })
    }

    /// The cookie of a user with this token.
    #[must_use]
    pub fn seal(&self, user: UserId, token: &str) -> String {
        let nonce = secret::random_bytes::<NONCE_BYTES>();
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), format!("{user}:{token}").as_bytes())
            .expect("a few bytes are below the cipher's limit");
        URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())
    }

    /// The user and token of a cookie; `None` when it is not one of ours.
    #[must_use]
    pub fn open_cookie(&self, cookie: &str) -> Option<(UserId, String)> {
        let bytes = URL_SAFE_NO_PAD.decode(cookie.trim()).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let plain = self.cipher.decrypt(&XNonce::from(*nonce), sealed).ok()?;
        let (user, token) = std::str::from_utf8(&plain).ok()?.split_once(':')?;
        Some((UserId(user.parse().ok()?), token.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use events::UserId;

    use super::Cookies;

    #[test]
    fn only_our_own_cookies_open() {
        let folder = tempfile::tempdir().unwrap();
        let cookies = Cookies::open(folder.path()).unwrap();
        let cookie = cookies.seal(UserId(7), "abc");
        let reopened = Cookies::open(folder.path()).unwrap();
        assert_eq!(
            reopened.open_cookie(&cookie),
            Some((UserId(7), "abc".to_owned()))
        );
        let other = tempfile::tempdir().unwrap();
        assert_eq!(
            Cookies::open(other.path()).unwrap().open_cookie(&cookie),
            None
        );
        assert_eq!(cookies.open_cookie("bm90IG91cnM"), None);
        assert_eq!(cookies.open_cookie("äöü"), None);
    }
}
