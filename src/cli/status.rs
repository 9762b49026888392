//! `havefunnels status`: where everything stands, beside a running service or without one.

use std::process::ExitCode;

use eventlog::Reader;
use uuid::Uuid;

use super::{Fanout, Outcome, Place, block_on, failure};
use crate::{
    bus,
    causes::with_causes,
    models,
    reactions::{
        reaction::Reaction,
        stops::{stopped, told},
    },
};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    fanout: Fanout,
}

impl Arguments {
    pub fn run(self) -> Outcome {
        let config = self.place.configure(self.fanout.options())?;
        let reader = Reader::open(&config.folder("log"))?;
        let head = reader.head();
        println!("log          {}", Uuid::from_bytes(reader.log_id()));
        println!("head         {head}");
        let standing = block_on(projections::Standing::at(&models::location(&config)))??;
        match standing {
            None => println!("read models  none yet; serve or rebuild makes them"),
            Some(standing) => {
                println!("generation   {}", standing.generation);
                for (projection, position) in standing.positions {
                    println!(
                        "{projection:<12} {position} ({} behind)",
                        head.saturating_sub(position)
                    );
                }
            }
        }
        if !config.nats.is_empty() {
            match block_on(bus::relayed(config.nats(), &reader))? {
                Ok(Some(position)) => println!(
                    "relay        {position} ({} behind)",
                    head.saturating_sub(position)
                ),
                Ok(None) => println!("relay        nothing yet ({head} behind)"),
                Err(fault) => println!("relay        stands: {}", with_causes(&fault)),
            }
        }
        if let Some(stopped) = stopped(&reader, Reaction::Webhooks).map_err(failure)? {
            println!("webhooks     {}", told(&stopped));
        }
        Ok(ExitCode::SUCCESS)
    }
}
