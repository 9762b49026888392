//! `havefunnels serve`

use std::process::ExitCode;

use toml::Table;

use super::{Outcome, Place, block_on, start_log_lines};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Address to serve on; port 0 takes any free one [default: 127.0.0.1:8080].
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
    /// NATS server for the fan-out of events. This release does not relay events yet and refuses
    /// to start with it.
    #[arg(long, value_name = "URL")]
    nats: Option<String>,
}

impl Arguments {
    pub fn run(self) -> Outcome {
        if self.nats.is_some() {
            return Err(
                "this release does not relay events to NATS; start it without --nats".into(),
            );
        }
        let mut options = Table::new();
        if let Some(address) = self.listen {
            options.insert("listen".to_owned(), address.into());
        }
        let config = self.place.configure(options)?;
        start_log_lines(config.log_format);
        block_on(crate::serve::serve(config))??;
        Ok(ExitCode::SUCCESS)
    }
}
