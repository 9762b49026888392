//! The lines of POP3: commands, answers, and texts that end with a dot.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

use crate::adapters::{connection::Wire, mailbox::Problem, vendor::short};

/// The longest line that is read in one piece, in bytes. Answers are shorter by far.
const LINE_MAX: u64 = 16 << 10;

/// A talk with a server.
pub(super) struct Talk {
    wire: BufReader<Box<dyn Wire>>,
}

impl Talk {
    pub(super) fn new(wire: Box<dyn Wire>) -> Self {
        Self {
            wire: BufReader::new(wire),
        }
    }

    /// The connection alone: what came by it and was not read is dropped.
    pub(super) fn into_wire(self) -> Box<dyn Wire> {
        self.wire.into_inner()
    }

    /// Says a command, and gives the server's yes.
    pub(super) async fn ask(&mut self, command: &str) -> Result<String, Problem> {
        self.say(command).await?;
        self.answer().await
    }

    /// Says a command, and what the server then asks for.
    pub(super) async fn ask_with(&mut self, command: &str, more: &str) -> Result<String, Problem> {
        self.say(command).await?;
        // `+`, or `+OK` of a server that does not ask.
        self.answer().await?;
        self.ask(more).await
    }

    /// The server's yes.
    pub(super) async fn answer(&mut self) -> Result<String, Problem> {
        let line = self.line().await?;
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        let (word, said) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "+OK" | "+" => Ok(said.to_owned()),
            "-ERR" => Err(Problem::Rejected(short(said))),
            _ => Err(Problem::Unreachable("it does not speak POP3".to_owned())),
        }
    }

    /// The text that follows a yes, as it was before its dots were doubled, and whether it is longer
    /// than `max` bytes. It is read to its end in any case, so that the talk can go on.
    pub(super) async fn text(&mut self, max: usize) -> Result<(Vec<u8>, bool), Problem> {
        let (mut text, mut is_cut, mut is_begun) = (Vec::new(), false, false);
        loop {
            let line = self.line().await?;
            let ends = line.ends_with(b"\n");
            let mut line = line.as_slice();
            if !is_begun {
                if matches!(line, b".\r\n" | b".\n") {
                    return Ok((text, is_cut));
                }
                line = line.strip_prefix(b".").unwrap_or(line);
            }
            is_begun = !ends;
            let room = max - text.len();
            is_cut |= line.len() > room;
            text.extend_from_slice(&line[..line.len().min(room)]);
        }
    }

    async fn say(&mut self, command: &str) -> Result<(), Problem> {
        if command.contains(['\r', '\n']) {
            return Err(Problem::Rejected(
                "a name or password has a line end".to_owned(),
            ));
        }
        self.wire
            .write_all(format!("{command}\r\n").as_bytes())
            .await?;
        Ok(self.wire.flush().await?)
    }

    /// The next line with its end, or a part of one that is very long.
    async fn line(&mut self) -> Result<Vec<u8>, Problem> {
        let mut line = Vec::new();
        let mut part = (&mut self.wire).take(LINE_MAX);
        if part.read_until(b'\n', &mut line).await? == 0 {
            return Err(Problem::Unreachable("it hung up".to_owned()));
        }
        Ok(line)
    }
}
