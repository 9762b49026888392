//! The step that makes a batch durable, kept apart: the append thread only knows that after it
//! the batch holds. Today that is one local fsync; a replicated acknowledgement could come before.

use std::sync::Arc;

use rocksdb::{WriteBatch, WriteOptions};

use crate::engine;
use crate::error::Cause;
use crate::store::Store;
use crate::witness::Witness;

/// Makes batches durable.
pub(crate) trait Commit: Send {
    /// Returns when `batch`, which moves the log's head to `head`, is durable. After an error
    /// nobody knows whether it is, and this is not called again.
    fn commit(&mut self, batch: WriteBatch, head: u64) -> Result<(), Cause>;
}

/// Writes to the local database with one fsync.
pub(crate) struct Local {
    store: Arc<Store>,
    options: WriteOptions,
    witness: Witness,
}

impl Local {
    pub(crate) fn new(store: Arc<Store>, witness: Witness) -> Self {
        Local {
            store,
            options: engine::synced(),
            witness,
        }
    }
}

impl Commit for Local {
    fn commit(&mut self, batch: WriteBatch, head: u64) -> Result<(), Cause> {
        match self.store.db.write_opt(batch, &self.options) {
            Ok(()) => self.witness.note(head),
            Err(error) => return Err(Arc::new(error)),
        }
        Ok(())
    }
}
