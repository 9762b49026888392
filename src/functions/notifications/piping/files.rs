//! The files of a mail, written under `/uploads/`.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use events::message;

use crate::{
    adapters::mime::Attachment,
    functions::{Failure, Fault, Service},
};

/// The folder of all of them.
pub const EMAIL_FILES: &str = "email";
/// The longest name of a file on disk.
const NAME_MAX: usize = 80;

/// A file that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its name and URL.
    pub attachment: message::Attachment,
    /// Its path below `/uploads/`.
    pub path: String,
    /// Its size.
    pub bytes: u64,
}

/// Writes the files of a mail with this hash.
///
/// Their folders follow from the mail's hash: whoever does not have the mail cannot guess them, and a
/// mail that is looked at again after a kill writes the same files again and no others.
///
/// # Errors
/// When one cannot be written.
pub async fn store(
    service: &Arc<Service>,
    mail: blake3::Hash,
    files: Vec<Attachment>,
) -> Result<Vec<Stored>, Failure> {
    let service = Arc::clone(service);
    let write = move || {
        let mut stored = Vec::new();
        for (number, file) in files.into_iter().enumerate() {
            let path = path(mail, number, &file.name);
            let done = service.uploads.write(&path, &file.bytes);
            done.map_err(|source| Fault::File(path.clone(), source))?;
            stored.push(Stored {
                attachment: message::Attachment {
                    name: file.name,
                    url: format!("{}/uploads/{path}", service.public_url),
                },
                path,
                bytes: file.bytes.len() as u64,
            });
        }
        Ok::<_, Fault>(stored)
    };
    let done = tokio::task::spawn_blocking(write).await;
    Ok(done.map_err(|_| Fault::Task("writing the files of an email"))??)
}

fn path(mail: blake3::Hash, number: usize, name: &str) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("havefunnels 2026 folder of an email's file");
    hasher
        .update(mail.as_bytes())
        .update(&(number as u64).to_be_bytes());
    let folder = URL_SAFE_NO_PAD.encode(&hasher.finalize().as_bytes()[..16]);
    format!("{EMAIL_FILES}/{folder}/{}", safe(name))
}

/// A name that means nothing to any file system, shell or URL.
fn safe(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name = name.replace(|c| !plain(c), "_");
    // The end says what it is.
    let name = &name[name.len().saturating_sub(NAME_MAX)..];
    match name.trim_start_matches(['.', '-']) {
        "" => "file".to_owned(),
        name if name.ends_with(".unfinished") => format!("{name}_"),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folders_differ_by_mail_and_file() {
        let (one, two) = (blake3::hash(b"1"), blake3::hash(b"2"));
        let path = |mail, number| path(mail, number, "a b.png");
        assert_eq!(path(one, 0), path(one, 0));
        assert_ne!(path(one, 0), path(one, 1));
        assert_ne!(path(one, 0), path(two, 0));
        let parts: Vec<String> = path(one, 0).split('/').map(str::to_owned).collect();
        assert_eq!(
            (parts[0].as_str(), parts[1].len(), parts[2].as_str()),
            ("email", 22, "a_b.png")
        );
    }

    #[test]
    fn names_are_harmless() {
        for (given, name) in [
            ("Rechnung €.pdf", "Rechnung__.pdf"),
            ("..", "file"),
            ("-rf", "rf"),
            ("a.unfinished", "a.unfinished_"),
            ("日本", "__"),
        ] {
            assert_eq!(safe(given), name, "{given}");
        }
        assert_eq!(safe(&format!("{}.png", "a".repeat(500))).len(), NAME_MAX);
    }

    proptest! {
        #[test]
        fn any_name_is_harmless(given in ".{0,120}") {
            let name = safe(&given);
            prop_assert!(!name.is_empty() && name.len() <= NAME_MAX + 1);
            prop_assert!(!name.starts_with('.') && !name.contains(['/', '\\', '%', '?', '#']));
            prop_assert!(name.is_ascii());
        }
    }
}
