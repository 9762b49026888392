//! `havefunnels events`: the history as NDJSON, with secrets masked.

use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use eventlog::Reader;
use events::{Recorded, TYPES};

use super::{Outcome, Place};
use crate::{export, journal};

/// Events read from the log at once.
const PAGE: usize = 4_096;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Start after this position.
    #[arg(long, value_name = "N", default_value_t = 0)]
    after: u64,
    /// Stop at this position [default: the head].
    #[arg(long, value_name = "N")]
    until: Option<u64>,
    /// Only events of these types, such as message.sent,user.created.
    #[arg(long, value_name = "TYPES", value_delimiter = ',', value_parser = known_type)]
    types: Vec<String>,
}

fn known_type(name: &str) -> Result<String, String> {
    match TYPES.iter().any(|known| known.name == name) {
        true => Ok(name.to_owned()),
        false => {
            let names: Vec<&str> = TYPES.iter().map(|known| known.name).collect();
            Err(format!(
                "there is no such type of event; there are {}",
                names.join(", ")
            ))
        }
    }
}

impl Arguments {
    pub fn run(self) -> Outcome {
        let config = self.place.configure(toml::Table::new())?;
        let reader = Reader::open(&config.folder("log"))?;
        match self.print(&reader, &mut BufWriter::new(io::stdout().lock())) {
            // The reader of a pipe has seen enough.
            Err(error) if is_broken_pipe(error.as_ref()) => Ok(ExitCode::SUCCESS),
            Err(error) => Err(error),
            Ok(()) => Ok(ExitCode::SUCCESS),
        }
    }

    fn print(
        &self,
        reader: &Reader,
        out: &mut impl Write,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let until = self.until.unwrap_or(u64::MAX).min(reader.head());
        let mut position = self.after;
        while position < until {
            let page = journal::after(reader, position, PAGE)?;
            let Some(last) = page.last() else { break };
            position = last.position;
            for event in page
                .iter()
                .filter(|event| event.position <= until && self.wants(event))
            {
                writeln!(out, "{}", export::text(event))?;
            }
        }
        Ok(out.flush()?)
    }

    fn wants(&self, event: &Recorded) -> bool {
        self.types.is_empty() || self.types.iter().any(|name| name == event.event_type.name)
    }
}

fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    let written = error.downcast_ref::<io::Error>().map(io::Error::kind);
    written == Some(io::ErrorKind::BrokenPipe)
}
