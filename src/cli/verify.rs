//! `havefunnels verify`: is the log whole, and is all that was derived from it equal to it?

use std::process::ExitCode;

use eventlog::{Reader, Scratch};
use indicatif::{ProgressBar, ProgressStyle};
use projections::{Location, ReadModels};

use super::{Outcome, Place, block_on, with_causes};
use crate::{
    config::Config,
    functions::{Failure, evolve},
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
        Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Checksums, density, payload hashes, the hash chain and the stream index.
fn log(reader: &Reader) -> Checked {
    let bar = bar("log");
    let verified = reader.verify(&mut |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    Ok(format!("{} events", verified.events))
}

/// The state that decisions are made on is the fold of the events.
fn state(reader: &Reader) -> Checked {
    let bar = bar("decision state");
    let head = reader.head();
    bar.set_length(head);
    let folder = tempfile::tempdir()?;
    let mut scratch = Scratch::new(folder.path())?;
    let mut position = 0;
    while position < head {
        let page = journal::after(reader, position, PAGE)?;
        for recorded in &page {
            if let Some(event) = &recorded.event {
                evolve(&mut scratch, recorded.stream, event).map_err(failure)?;
            }
            position = recorded.position;
        }
        if page.is_empty() {
            return Err(format!("the log ends at {position}, not at its head {head}").into());
        }
        bar.set_position(position);
    }
    bar.finish_and_clear();
    match reader.first_difference(&scratch)? {
        None => Ok(format!("equal to the fold of {head} events")),
        Some(difference) => Err(format!("differs from the fold of the log: {difference}").into()),
    }
}

/// The read models are what a rebuild would make of the log up to the position they hold.
async fn read_models(config: &Config, reader: &Reader) -> Checked {
    let live = ReadModels::inspect(&models::location(config), reader.log_id(), reader.head()).await?;
    let position = live.position();
    let folder = tempfile::tempdir()?;
    let scratch = Location::Sqlite(folder.path().join("models"));
    let bar = bar("read models");
    let source = LogSource(reader.clone());
    let rebuilt = projections::rebuild_until(&scratch, reader.log_id(), &source, position, &mut |progress| {
        bar.set_length(progress.of);
        bar.set_position(progress.done);
    })
    .await?;
    bar.finish_and_clear();
    match live.first_difference(&rebuilt).await? {
        None => Ok(format!("equal to a rebuild at position {position}")),
        Some(difference) => Err(format!("differ from a rebuild at position {position}: {difference}").into()),
    }
}

fn failure(failure: Failure) -> Box<dyn std::error::Error> {
    match failure {
        Failure::Failed(fault) => fault.into(),
        Failure::Refused(refusal) => refusal.to_string().into(),
    }
}

fn bar(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg:<16} {wide_bar} {human_pos}/{human_len}, {eta} left") {
        bar.set_style(style);
    }
    bar
}
