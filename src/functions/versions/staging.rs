//! A new release, brought here and proven, beside the program that runs and never in its place.

use std::{
    fmt::Write as _,
    fs, io,
    io::Write as _,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use ring::digest::{SHA256, digest};

use super::{
    index::{Index, Program, local, local_file, wrong},
    number::Version,
};
use crate::{
    adapters::download,
    functions::{Context, Failure, Fault},
    uploads::Uploads,
};

/// The largest program, in bytes.
const PROGRAM_BYTES_MAX: u64 = 512 << 20;
/// The folder below the data folder.
const FOLDER: &str = "releases";
/// The name of the program.
const PROGRAM: &str = "havefunnels";

/// Brings the release here, and says what to run.
///
/// # Errors
/// `update-error` where it does not come or is not what was signed; a fault where it cannot be written.
pub async fn stage(
    context: &Context,
    index: &Index,
    version: Version,
    program: &Program,
) -> Result<String, Failure> {
    let bytes = fetched(context, index, program).await?;
    let folder = context.service.config.folder(FOLDER);
    let stage = move || write(&folder, version, &bytes);
    let staged = tokio::task::spawn_blocking(stage).await;
    staged
        .map_err(|_| Fault::Task("staging a release"))?
        .map_err(|source| Fault::File(format!("{FOLDER}/{version}/{PROGRAM}"), source))?;
    let said = what_to_run(version);
    tracing::info!(%version, "a release was staged: {said}");
    Ok(said)
}

/// What `update` leaves to whoever runs the service.
#[must_use]
pub fn what_to_run(version: Version) -> String {
    format!(
        "{version} is staged. To install it, stop the service, run install -m 755 \
         DATA_DIR/{FOLDER}/{version}/{PROGRAM} PROGRAM with the folder of your data_dir and the place \
         of your program, and start the service again."
    )
}

async fn fetched(context: &Context, index: &Index, program: &Program) -> Result<Vec<u8>, Failure> {
    let size = usize::try_from(program.bytes).ok();
    let Some(size) = size.filter(|_| program.bytes <= PROGRAM_BYTES_MAX) else {
        return Err(wrong("The release is larger than 512 MiB.").into());
    };
    let bytes = match local(&program.url).filter(|_| index.is_local) {
        Some(path) => local_file(&path, program.bytes)
            .await
            .map_err(|why| wrong(format!("The release cannot be read: {why}.")))?,
        None => downloaded(context, &program.url, size)
            .await
            .map_err(|why| wrong(format!("The release did not come: {why}.")))?,
    };
    if bytes.len() != size || !is_hash_of(&program.sha256, &bytes) {
        let why = "What came is not the release that was signed: its size or SHA-256 differs.";
        return Err(wrong(why).into());
    }
    Ok(bytes)
}

async fn downloaded(
    context: &Context,
    url: &str,
    max: usize,
) -> Result<Vec<u8>, download::Problem> {
    let service = &context.service;
    let timeout = Duration::from_secs(service.config.release_timeout_seconds.into());
    download::from_vendor(&service.outgoing, url, max, timeout).await
}

fn is_hash_of(hex: &str, bytes: &[u8]) -> bool {
    let hash = digest(&SHA256, bytes);
    let hash = hash.as_ref().iter().fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}"); // a String takes all
        hash
    });
    hash.eq_ignore_ascii_case(hex.trim())
}

/// Whole or not at all; what was staged before gives way.
fn write(folder: &Path, version: Version, bytes: &[u8]) -> io::Result<PathBuf> {
    let home = folder.join(version.to_string());
    fs::create_dir_all(&home)?;
    let unfinished = home.join(format!("{}.unfinished", Uploads::unguessable()));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o755)
        .open(&unfinished)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&unfinished, home.join(PROGRAM)));
    if let Err(error) = written {
        let _ = fs::remove_file(&unfinished);
        return Err(error);
    }
    for other in fs::read_dir(folder)? {
        let other = other?;
        let staged = other.file_name().to_str().and_then(Version::parsed);
        if staged.is_some_and(|staged| staged != version) {
            fs::remove_dir_all(other.path())?;
        }
    }
    Ok(home.join(PROGRAM))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_release_is_staged_whole_and_the_one_before_gives_way() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("releases");
        let version = |text| Version::parsed(text).unwrap();
        write(&folder, version("1.0.0"), b"one").unwrap();
        fs::write(folder.join("notes"), "mine").unwrap();
        let program = write(&folder, version("1.1.0"), b"two").unwrap();
        let again = write(&folder, version("1.1.0"), b"two!").unwrap();
        assert_eq!(program, again);
        assert_eq!(fs::read(&program).unwrap(), b"two!");
        let mode = fs::metadata(&program).unwrap().permissions().mode();
        assert_eq!(mode & 0o100, 0o100, "it can be run");
        let mut names: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["1.1.0", "notes"]);
        assert_eq!(fs::read_dir(folder.join("1.1.0")).unwrap().count(), 1);
    }

    #[test]
    fn hashes_are_compared_in_either_case() {
        // printf abc | sha256sum
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(is_hash_of(hash, b"abc") && is_hash_of(&hash.to_uppercase(), b"abc"));
        assert!(!is_hash_of(hash, b"abd") && !is_hash_of("", b""));
    }
}
