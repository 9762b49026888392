//! How good it is, as ratios taken in one run: every figure of ours beside a bare one of the same
//! machine and minute. Writes a table to the terminal and to `benches/RESULTS.md`.
//!
//! Arms are interleaved and repeated, directories are fresh, medians are quoted. Names of groups as
//! arguments (`append`, `replay`, `projection`, `web`, `relay`,
//! `webhooks`) measure these alone and write no file.

mod append;
mod bare;
mod load;
mod program;
mod projection;
mod relay;
mod replay;
mod table;
mod web;
mod webhooks;

use std::{error::Error, time::Instant};

use table::Table;

/// The service's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome {
    // The bare HTTP handler runs as a process of its own, like the service it is compared with.
    if std::env::args().any(|argument| argument == bare::ARGUMENT) {
        return runtime()?.block_on(bare::serve());
    }
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let wanted = |group: &str| asked.is_empty() || asked.iter().any(|name| name == group);
    let start = Instant::now();
    let mut table = Table::default();
    runtime()?.block_on(async {
        if wanted("append") {
            append::measure(&mut table).await?;
        }
        if wanted("replay") {
            replay::measure(&mut table).await?;
        }
        if wanted("projection") {
            projection::measure(&mut table).await?;
        }
        if wanted("web") {
            web::measure(&mut table).await?;
        }
        if wanted("relay") {
            relay::measure(&mut table).await?;
        }
        if wanted("webhooks") {
            webhooks::measure(&mut table).await?;
        }
        Outcome::Ok(())
    })?;
    table.print(start.elapsed());
    if asked.is_empty() {
        table.write()?;
    }
    Ok(())
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

/// The middle of the figures.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
