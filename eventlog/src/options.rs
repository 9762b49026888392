//! How a log is opened: the limits of its queue and batches, and when it answers.

/// The settings of [`crate::Log::open`]. `Options::default()` suits a service.
#[derive(Debug, Clone)]
pub struct Options {
    /// Commands that may wait for the append thread; one more is refused with
    /// [`crate::Error::Overloaded`]. Default 1024.
    pub queue: usize,
    /// Commands decided before the batch is written. Default 1024.
    pub batch_commands_max: usize,
    /// Bytes of changes after which the batch is written. Default 1 MiB.
    pub batch_bytes_max: usize,
    /// Free bytes on the disk below which commands are refused with
    /// [`crate::Error::DiskFull`]. Default 64 MiB.
    pub reserve_bytes: u64,
    /// When callers are answered.
    pub acknowledge: Acknowledge,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            queue: 1024,
            batch_commands_max: 1024,
            batch_bytes_max: 1 << 20,
            reserve_bytes: 64 << 20,
            acknowledge: Acknowledge::AfterSync,
        }
    }
}

/// When the append thread answers the callers of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Acknowledge {
    /// After the batch is on disk (fsync). The only setting for a real log.
    #[default]
    AfterSync,
    /// **Loses acknowledged writes when the process is killed**: answers, sleeps about 20 ms and
    /// only then writes. It exists as the negative control of crash tests, which must be able to
    /// tell a log that keeps its word from one that does not. Never offer it to operators.
    BeforeWrite,
}

/// How much one read returns at most. At least one event is returned when there is any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Number of events.
    pub events: usize,
    /// Bytes of stored records, header and payload.
    pub bytes: usize,
}

impl Default for Limit {
    /// 1,024 events or 4 MiB.
    fn default() -> Self {
        Limit {
            events: 1024,
            bytes: 4 << 20,
        }
    }
}
