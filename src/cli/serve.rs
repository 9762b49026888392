//! `havefunnels serve`

use std::process::ExitCode;

use super::{Fanout, Outcome, Place, block_on, start_log_lines};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Address to serve on; port 0 takes any free one [default: 127.0.0.1:8080].
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
    #[command(flatten)]
    fanout: Fanout,
}

impl Arguments {
    pub fn run(self) -> Outcome {
        let mut options = self.fanout.options();
        if let Some(address) = self.listen {
            options.insert("listen".to_owned(), address.into());
        }
        let config = self.place.configure(options)?;
        start_log_lines(config.log_format);
        block_on(crate::serve::serve(config))??;
        Ok(ExitCode::SUCCESS)
    }
}
