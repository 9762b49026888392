//! Chance, tokens, passwords, and files that only their owner reads.

use std::{
    fmt::Write as _,
    fs::OpenOptions,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

/// Hashes computed at the same time: each takes 19 MiB and tens of milliseconds of a core.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Bytes from the operating system.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A new token: 40 hex digits.
#[must_use]
pub fn new_token() -> String {
    random_bytes::<20>()
        .iter()
        .fold(String::with_capacity(40), |mut token, byte| {
            let _ = write!(token, "{byte:02x}");
            token
        })
}

/// A short ID for something that its owner numbers no other way: 5 letters and digits. Whoever takes
/// one sees to it that it is not taken.
#[must_use]
pub fn new_short_id() -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    random_bytes::<5>()
        .into_iter()
        .map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]))
        .collect()
}

/// Whether the text has a token's form: 40 hex digits.
#[must_use]
pub fn is_token(text: &str) -> bool {
    text.len() == 40
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// The hash under which an API token is kept, in hex. A token is chance alone, so a fast hash gives
/// nothing away.
#[must_use]
pub fn token_hash(token: &str) -> String {
    let hash = blake3::derive_key("HaveFunnels API token, 1", token.as_bytes());
    blake3::Hash::from(hash).to_hex().to_string()
}

/// Compares two secrets in a time that does not depend on where they differ.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// The argon2id hash of a password, in PHC form; computed on a thread of its own.
pub async fn hash_password(password: String) -> Option<String> {
    let _permit = HASHING.acquire().await.ok()?;
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .ok()
            .map(|hash| hash.to_string())
    })
    .await
    .ok()?
}

/// Whether the password has this hash.
pub async fn verify_password(password: String, hash: String) -> bool {
    let Ok(_permit) = HASHING.acquire().await else {
        return false;
    };
    let check = move || {
        PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        })
    };
    tokio::task::spawn_blocking(check).await.unwrap_or(false)
}

/// Writes a file that only its owner may read, whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{hash_password, is_token, new_short_id, new_token, verify_password};

    #[tokio::test]
    async fn passwords_verify_against_their_own_hash_only() {
        let hash = hash_password("pässword".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(verify_password("pässword".to_owned(), hash.clone()).await);
        assert!(!verify_password("password".to_owned(), hash).await);
        assert!(!verify_password("password".to_owned(), "not a hash".to_owned()).await);
    }

    #[test]
    fn short_ids_are_letters_and_digits() {
        let ids: BTreeSet<String> = (0..100).map(|_| new_short_id()).collect();
        let plain = |id: &String| id.len() == 5 && id.bytes().all(|b| b.is_ascii_alphanumeric());
        assert!(ids.len() > 90 && ids.iter().all(plain), "{ids:?}");
    }

    #[test]
    fn tokens_are_40_hex_digits() {
        assert!(is_token(&new_token()));
        assert_ne!(new_token(), new_token());
        assert!(!is_token("A521773c5a566a251c3fb00e93162b20ff955b12"));
    }
}
