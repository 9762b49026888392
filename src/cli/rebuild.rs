//! `havefunnels rebuild`: the read models anew, with progress.

use std::process::ExitCode;

use eventlog::{Log, Options, Reader};
use indicatif::ProgressBar;
use projections::{Progress, Projection};

use super::{Outcome, Place, bar, block_on};
use crate::models::{self, LogSource};

const BAR: &str = "{wide_bar} {human_pos}/{human_len} events, {per_sec}, {eta} left";

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Only this projection, in place; the service must be stopped. Without it all are built
    /// beside the ones in use, which a running service goes over to by itself.
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(Projection::ALL.map(Projection::name)))]
    projection: Option<String>,
}

impl Arguments {
    pub fn run(self) -> Outcome {
        let config = self.place.configure(toml::Table::new())?;
        let (folder, location) = (config.folder("log"), models::location(&config));
        let bar = bar(BAR);
        let mut progress = |progress: Progress| show(&bar, &progress);
        match self.projection {
            Some(name) => {
                // Holding the log keeps a service from starting in the middle.
                let log = Log::open(&folder, Options::default())?;
                let reader = log.reader();
                let source = LogSource::new(reader.clone());
                block_on(projections::rebuild_projection(
                    &location,
                    reader.log_id(),
                    &name,
                    &source,
                    &mut progress,
                ))??;
                log.close()?;
            }
            None => {
                let reader = Reader::open(&folder)?;
                let source = LogSource::new(reader.clone());
                block_on(projections::rebuild(
                    &location,
                    reader.log_id(),
                    &source,
                    &mut progress,
                ))??;
            }
        }
        bar.finish();
        Ok(ExitCode::SUCCESS)
    }
}

fn show(bar: &ProgressBar, progress: &Progress) {
    bar.set_length(progress.of);
    bar.set_position(progress.done);
}
