//! `havefunnels events`: the history as NDJSON, with secrets masked.

use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use eventlog::Reader;
use events::{Recorded, TYPES};
use serde_json::{Value, json};

use super::{Outcome, Place};
use crate::{clock, journal};

/// Events read from the log at once.
const PAGE: usize = 4_096;
/// Fields whose values leave the log through no export.
const SECRETS: [&str; 2] = ["password_hash", "token"];

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
                serde_json::to_writer(&mut *out, &line(event))?;
                out.write_all(b"\n")?;
            }
        }
        Ok(out.flush()?)
    }

    fn wants(&self, event: &Recorded) -> bool {
        self.types.is_empty() || self.types.iter().any(|name| name == event.event_type.name)
    }
}

fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    let direct = error.downcast_ref::<io::Error>().map(io::Error::kind);
    let written = error
        .downcast_ref::<serde_json::Error>()
        .and_then(serde_json::Error::io_error_kind);
    direct.or(written) == Some(io::ErrorKind::BrokenPipe)
}

/// One event as an analyst sees it. An erased one has no data and says so.
fn line(event: &Recorded) -> Value {
    let data = event.event.as_ref().map(|event| {
        let mut data: Value = serde_json::from_slice(&event.encode()).unwrap_or_default();
        mask(&mut data);
        data
    });
    json!({
        "position": event.position,
        "stream": event.stream.to_string(),
        "version": event.version,
        "type": event.event_type.name,
        "schema": event.event_type.version,
        "time": time(event.time_ms),
        "id": event.id.to_string(),
        "correlation": event.correlation.to_string(),
        "causation": (event.causation != 0).then_some(event.causation),
        "actor": event.actor.0,
        "erased": data.is_none(),
        "data": data,
    })
}

fn time(time_ms: i64) -> String {
    format!(
        "{}.{:03}Z",
        clock::wire_time(time_ms).replace(' ', "T"),
        time_ms.rem_euclid(1_000)
    )
}

fn mask(data: &mut Value) {
    if let Some(object) = data.as_object_mut() {
        for secret in SECRETS {
            if let Some(value) = object.get_mut(secret) {
                *value = "********".into();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use events::{Event, user};

    use super::mask;

    #[test]
    fn no_secret_leaves_the_log() {
        let created = Event::from(user::PasswordChanged {
            password_hash: "$argon2id$".into(),
        });
        let mut data = serde_json::from_slice(&created.encode()).unwrap();
        mask(&mut data);
        assert_eq!(data, serde_json::json!({ "password_hash": "********" }));
    }
}
