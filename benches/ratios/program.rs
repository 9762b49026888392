//! Child processes: the service, and the bare handler.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use super::{Outcome, bare};

/// A running child; killed when dropped.
pub struct Program {
    child: Child,
    /// `host:port`
    pub address: String,
}

impl Program {
    /// The service on a fresh or an existing data folder.
    pub fn service(data_dir: &Path, token: &str) -> Outcome<Self> {
        Self::start(Self::serve(data_dir, token))
    }

    /// The same with a file of settings.
    pub fn configured(data_dir: &Path, token: &str, config: &Path) -> Outcome<Self> {
        let mut command = Self::serve(data_dir, token);
        command.arg("--config").arg(config);
        Self::start(command)
    }

    fn serve(data_dir: &Path, token: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_havefunnels"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data_dir);
        command
            .env("HAVEFUNNELS_ADMIN_TOKEN", token)
            .env("RUST_LOG", "warn");
        command
    }

    /// The bare handler.
    pub fn bare() -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(bare::ARGUMENT);
        Self::start(command)
    }

    fn start(mut command: Command) -> Outcome<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let mut lines = BufReader::new(output).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on http://").map(str::to_owned));
        std::thread::spawn(move || lines.for_each(drop));
        match address {
            Some(address) => Ok(Self { child, address }),
            None => Err("the program did not start".into()),
        }
    }

    /// Resident memory, MiB.
    pub fn resident_mib(&self) -> Outcome<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .ok_or("no VmRSS")?;
        let kib: f64 = line.split_whitespace().nth(1).ok_or("no figure")?.parse()?;
        Ok(kib / 1024.0)
    }

    /// Processor time used so far, user and system, in seconds.
    pub fn cpu_seconds(&self) -> Outcome<f64> {
        const TICKS_A_SECOND: f64 = 100.0;
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let after_name = stat.rsplit_once(')').ok_or("no name")?.1;
        let ticks = |index: usize| -> Outcome<f64> {
            Ok(after_name
                .split_whitespace()
                .nth(index)
                .ok_or("no figure")?
                .parse()?)
        };
        Ok((ticks(11)? + ticks(12)?) / TICKS_A_SECOND)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
