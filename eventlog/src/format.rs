//! The file FORMAT: says, before the engine touches anything, that a directory is an event log,
//! of which format, and whether its making was finished.
//!
//! One line: `eventlog 1`, with ` incomplete` appended until the first batch is on disk. A kill
//! during the making can thus be told from a log that lost files.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use crate::Error;

/// The newest format, which is the one written.
pub(crate) const FORMAT: u32 = 1;

const FILE: &str = "FORMAT";
const DRAFT: &str = "FORMAT.new";
const NAME: &str = "eventlog";
const INCOMPLETE: &str = "incomplete";

/// What a directory is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Missing or empty.
    Nothing,
    /// A log whose making was interrupted; it holds no events.
    Incomplete,
    /// A log.
    Complete,
}

/// Looks at `dir` and changes nothing.
pub(crate) fn look(dir: &Path) -> Result<Found, Error> {
    let not_a_log = |why: String| Error::NotALog {
        dir: dir.to_owned(),
        why,
    };
    let text = match fs::read_to_string(dir.join(FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return match is_empty(dir) {
                Ok(true) => Ok(Found::Nothing),
                Ok(false) => Err(not_a_log("it has files, but no file FORMAT".to_owned())),
                Err(source) => Err(open_failed(dir, source)),
            };
        }
        Err(source) => return Err(open_failed(dir, source)),
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let (format, found) = match words[..] {
        [NAME, format, INCOMPLETE] => (format.parse(), Found::Incomplete),
        // A newer format may say more on its line.
        [NAME, format, ..] => (format.parse(), Found::Complete),
        _ => return Err(not_a_log("its file FORMAT is of something else".to_owned())),
    };
    match format {
        Ok(FORMAT) if words.len() == 2 || found == Found::Incomplete => Ok(found),
        Ok(format) if format > FORMAT => Err(Error::NewerFormat {
            found: format,
            known: FORMAT,
        }),
        _ => Err(not_a_log(format!("its file FORMAT says {:?}", text.trim()))),
    }
}

/// Marks `dir` as a log in the making.
pub(crate) fn begin(dir: &Path) -> io::Result<()> {
    write(dir, &format!("{NAME} {FORMAT} {INCOMPLETE}\n"))
}

/// Marks `dir` as a log.
pub(crate) fn finish(dir: &Path) -> io::Result<()> {
    write(dir, &format!("{NAME} {FORMAT}\n"))
}

/// Replaces the file in one step that survives a power cut.
fn write(dir: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(dir.join(DRAFT))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(dir.join(DRAFT), dir.join(FILE))?;
    File::open(dir)?.sync_all()
}

/// A missing directory counts as empty, and so does one in which not even FORMAT was finished.
fn is_empty(dir: &Path) -> io::Result<bool> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let name = entry?.file_name();
        if name != DRAFT && name != "lost+found" {
            return Ok(false);
        }
    }
    Ok(true)
}

fn open_failed(dir: &Path, source: io::Error) -> Error {
    Error::Open {
        dir: dir.to_owned(),
        source: Arc::new(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_logs_from_other_directories() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        assert_eq!(look(&dir.join("missing")).unwrap(), Found::Nothing);
        assert_eq!(look(dir).unwrap(), Found::Nothing);
        begin(dir).unwrap();
        assert_eq!(look(dir).unwrap(), Found::Incomplete);
        finish(dir).unwrap();
        assert_eq!(look(dir).unwrap(), Found::Complete);

        let says = |text: &str| {
            fs::write(dir.join(FILE), text).unwrap();
            look(dir).unwrap_err()
        };
        assert!(matches!(
            says("eventlog 2\n"),
            Error::NewerFormat { found: 2, known: 1 }
        ));
        assert!(matches!(
            says("eventlog 9 sharded\n"),
            Error::NewerFormat { found: 9, .. }
        ));
        assert!(matches!(says("eventlog 0\n"), Error::NotALog { .. }));
        assert!(matches!(
            says("eventlog 1 sharded\n"),
            Error::NotALog { .. }
        ));
        assert!(matches!(says("something else\n"), Error::NotALog { .. }));
        fs::remove_file(dir.join(FILE)).unwrap();
        fs::write(dir.join("photo.jpg"), "x").unwrap();
        assert!(matches!(look(dir).unwrap_err(), Error::NotALog { .. }));
    }
}
