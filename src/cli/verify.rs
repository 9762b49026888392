//! `havefunnels verify`: is the log whole, and is all that was derived from it equal to it?

use std::process::ExitCode;

use eventlog::{Reader, Record, Scratch};
use indicatif::ProgressBar;
use projections::{Difference, Location, ReadModels};

use super::{Outcome, Place, bar, block_on, failure};
use crate::{
    causes::with_causes,
    config::Config,
    functions::evolve,
    journal,
    models::{self, LogSource},
};

/// Events folded at once.
const PAGE: usize = 4_096;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
}

type Checked = Result<String, Box<dyn std::error::Error>>;

impl Arguments {
    pub fn run(self) -> Outcome {
        let config = self.place.configure(toml::Table::new())?;
        let reader = Reader::open(&config.folder("log"))?;
        let mut sound = true;
        for (what, checked) in [
            ("log", log(&reader)),
            ("decision state", state(&reader)),
            ("read models", block_on(read_models(&config, &reader))?),
        ] {
            match checked {
                Ok(found) => println!("{what:<16} sound: {found}"),
                Err(error) => {
                    sound = false;
                    println!("{what:<16} NOT SOUND: {}", with_causes(error.as_ref()));
                }
            }
        }
        Ok(if sound {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// Checksums, density, payload hashes, the hash chain and the stream index.
fn log(reader: &Reader) -> Checked {
    let bar = checking("log");
    let verified = reader.verify(&mut |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    Ok(match verified.erased {
        0 => format!("{} events", verified.events),
        erased => format!("{} events, {erased} of them erased", verified.events),
    })
}

/// The state that decisions are made on is the fold of the events.
fn state(reader: &Reader) -> Checked {
    let bar = checking("decision state");
    let folder = tempfile::tempdir()?;
    let mut scratch = Scratch::new(folder.path())?;
    let head = eventlog::fold(reader, &mut scratch, fold_event, &mut |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    match scratch.compare(reader)? {
        None => Ok(format!("equal to the fold of {head} events")),
        Some(difference) => Err(format!(
            "other than the fold of the log, first at the key {:02x?}",
            difference.key
        )
        .into()),
    }
}

fn fold_event(scratch: &mut Scratch, record: &Record) -> Result<(), Box<dyn std::error::Error>> {
    let recorded = journal::decode(record)?;
    match &recorded.event {
        Some(event) => evolve(scratch, recorded.stream, event).map_err(failure),
        None => Ok(()),
    }
}

/// The read models are what a rebuild would make of the log up to the position they hold. Beside
/// a running service they move on; then the rebuilt ones follow and are compared again.
async fn read_models(config: &Config, reader: &Reader) -> Checked {
    const TRIES: usize = 5;
    let location = models::location(config);
    let open = async || ReadModels::open(&location, reader.log_id(), u64::MAX).await;
    let folder = tempfile::tempdir()?;
    let scratch = Location::Sqlite(folder.path().join("models"));
    let mut position = open().await?.position();
    rebuild(&scratch, reader, position).await?;
    let rebuilt = ReadModels::open(&scratch, reader.log_id(), u64::MAX).await?;
    for _ in 0..TRIES {
        let live = open().await?;
        position = live.position();
        reader.catch_up()?;
        follow(&rebuilt, reader, position).await?;
        let differences = live.differences(&rebuilt).await?;
        if differences.is_empty() {
            return Ok(format!("equal to a rebuild at position {position}"));
        }
        if open().await?.position() == position {
            let told: Vec<String> = differences.iter().map(difference).collect();
            return Err(format!(
                "other than a rebuild at position {position}: {}",
                told.join("; ")
            )
            .into());
        }
    }
    Err(format!("they moved on from position {position} while they were compared; try again when it is quieter").into())
}

async fn rebuild(
    scratch: &Location,
    reader: &Reader,
    position: u64,
) -> Result<(), projections::Fault> {
    let bar = checking("read models");
    let source = LogSource::until(reader.clone(), position);
    projections::rebuild(scratch, reader.log_id(), &source, &mut |progress| {
        bar.set_length(progress.of);
        bar.set_position(progress.done);
    })
    .await?;
    bar.finish_and_clear();
    Ok(())
}

/// Brings rebuilt models to a later position.
async fn follow(
    rebuilt: &ReadModels,
    reader: &Reader,
    position: u64,
) -> Result<(), Box<dyn std::error::Error>> {
    while rebuilt.position() < position {
        let mut page = journal::after(reader, rebuilt.position(), PAGE)?;
        page.retain(|event| event.position <= position);
        if page.is_empty() {
            return Err(format!(
                "the read models hold position {position}, and the log ends at {}",
                reader.head()
            )
            .into());
        }
        rebuilt.apply(&page).await?;
    }
    Ok(())
}

fn difference(found: &Difference) -> String {
    let [here, there] = found.rows;
    format!(
        "table {} has {here} rows, {there} when rebuilt, and differs first at {}",
        found.table, found.first_key
    )
}

fn checking(what: &'static str) -> ProgressBar {
    bar("{msg:<16} {wide_bar} {human_pos}/{human_len}, {eta} left").with_message(what)
}
