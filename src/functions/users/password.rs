//! Passwords as arguments: hashed and checked before the append thread is asked.

use tokio::sync::OnceCell;

use crate::{
    functions::{Failure, Fault},
    secret,
    wire::Text,
};

/// A password as an argument: at most 1,024 characters.
pub type Password = Text<1024>;

/// The hash of a new password.
///
/// # Errors
/// When the hashing thread ended early.
pub async fn hash(password: String) -> Result<String, Failure> {
    let hash = secret::hash_password(password).await;
    hash.ok_or_else(|| Fault::Task("hashing a password").into())
}

/// Whether the password has this hash. Where there is none the answer is no, after the same
/// time: how long it takes must not tell who has an account.
///
/// # Errors
/// When the hashing thread ended early.
pub async fn verify(password: String, known: Option<String>) -> Result<bool, Failure> {
    static NOBODYS: OnceCell<String> = OnceCell::const_new();
    let nobodys = NOBODYS
        .get_or_try_init(|| hash(secret::new_token()))
        .await?;
    let has_one = known.is_some();
    let hash = known.unwrap_or_else(|| nobodys.clone());
    Ok(secret::verify_password(password, hash).await && has_one)
}

#[cfg(test)]
mod tests {
    use super::{hash, verify};

    #[tokio::test]
    async fn no_hash_fits_no_password() {
        let known = hash("secret".to_owned()).await.unwrap();
        assert!(
            verify("secret".to_owned(), Some(known.clone()))
                .await
                .unwrap()
        );
        assert!(!verify("Secret".to_owned(), Some(known)).await.unwrap());
        assert!(!verify("secret".to_owned(), None).await.unwrap());
    }
}
