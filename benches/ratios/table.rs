//! The table of results.

use std::{fmt::Write, fs, time::Duration};

use super::Outcome;

/// Whether a ratio should be high or low.
#[derive(Clone, Copy)]
pub enum Better {
    Higher,
    Lower,
}

/// The rows measured so far.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

struct Row {
    number: &'static str,
    what: &'static str,
    value: f64,
    floor: f64,
    aim: f64,
    better: Better,
    notes: String,
}

impl Table {
    /// Adds a row: its number, what it says, the figure, and what is asked of it.
    pub fn add(
        &mut self,
        (number, what): (&'static str, &'static str),
        value: f64,
        (floor, aim, better): (f64, f64, Better),
        notes: String,
    ) {
        println!("{number}  {what}: {value:.2} (floor {floor}, aim {aim}) {notes}");
        self.rows.push(Row {
            number,
            what,
            value,
            floor,
            aim,
            better,
            notes,
        });
    }

    /// The table for a terminal.
    pub fn print(&self, took: Duration) {
        println!("\n{}", self.text());
        println!("took {} s", took.as_secs());
    }

    /// Writes `benches/RESULTS.md`.
    pub fn write(&self) -> Outcome {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/RESULTS.md");
        let text = format!(
            "# Ratios\n\nWritten by `make bench`; every ratio is of two arms interleaved in one run, medians.\n\n\
             Machine: {}\n\n{}",
            machine(),
            self.text()
        );
        fs::write(path, text)?;
        Ok(())
    }

    fn text(&self) -> String {
        let mut text = String::from(
            "| # | ratio | measured | floor | aim | verdict | figures |\n|---|---|---|---|---|---|---|\n",
        );
        for row in &self.rows {
            let Row {
                number,
                what,
                value,
                floor,
                aim,
                notes,
                ..
            } = row;
            let _ = writeln!(
                text,
                "| {number} | {what} | {value:.2} | {floor} | {aim} | {} | {notes} |",
                row.verdict()
            );
        }
        text
    }
}

impl Row {
    fn verdict(&self) -> &'static str {
        let reaches = |mark: f64| match self.better {
            Better::Higher => self.value >= mark,
            Better::Lower => self.value <= mark,
        };
        match (reaches(self.aim), reaches(self.floor)) {
            (true, _) => "aim",
            (_, true) => "floor",
            _ => "MISSED",
        }
    }
}

/// Processor, cores, memory and kernel.
fn machine() -> String {
    let line = |path: &str, key: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text
            .lines()
            .find(|line| line.starts_with(key))
            .unwrap_or_default()
            .to_owned();
        line.split_once(':')
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{}, {cores} cores, {} memory, Linux {}",
        line("/proc/cpuinfo", "model name"),
        line("/proc/meminfo", "MemTotal"),
        kernel.trim()
    )
}
