//! The settings as of now, kept in memory between changes: whoever delivers, notifies or assigns
//! asks for them all the time.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use eventlog::View;
use events::{Event, Stream};

use super::state::Settings;
use crate::functions::Failure;

/// Settings that are read anew only after they were saved.
#[derive(Default)]
pub struct Kept {
    /// How often settings were saved since the start.
    saves: AtomicU64,
    newest: Mutex<Option<(u64, Arc<Settings>)>>,
}

impl Kept {
    /// The settings, never older than the last save that was answered.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn get(&self, state: &dyn View) -> Result<Arc<Settings>, Failure> {
        // Counted before they are read: what is saved meanwhile makes them old at once.
        let saves = self.saves.load(Ordering::Acquire);
        if let Some((as_of, settings)) = &*self.newest()
            && *as_of == saves
        {
            return Ok(Arc::clone(settings));
        }
        let settings = Arc::new(Settings::read(state)?);
        *self.newest() = Some((saves, Arc::clone(&settings)));
        Ok(settings)
    }

    /// Takes note of what is on disk by now and not yet answered.
    pub fn observe(&self, recorded: &[(Stream, Event)]) {
        let saved = |(_, event): &(Stream, Event)| matches!(event, Event::SettingsSaved(_));
        if recorded.iter().any(saved) {
            self.saves.fetch_add(1, Ordering::Release);
        }
    }

    fn newest(&self) -> std::sync::MutexGuard<'_, Option<(u64, Arc<Settings>)>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use eventlog::Memory;
    use events::settings::Saved;
    use serde_json::json;

    use super::*;
    use crate::functions::settings::{
        registry::EMAIL_HOST,
        state::{STREAM, evolve},
    };

    #[test]
    fn settings_are_read_anew_after_a_save() {
        let (kept, mut state) = (Kept::default(), Memory::default());
        let host = |state: &Memory| kept.get(state).unwrap().text(&EMAIL_HOST).to_owned();
        assert_eq!(host(&state), "");
        let saved: Event = Saved {
            set: [(
                EMAIL_HOST.id.to_owned(),
                (json!("mail.example.com"), "text".to_owned()),
            )]
            .into(),
            ..Saved::default()
        }
        .into();
        evolve(&mut state, &saved);
        assert_eq!(host(&state), "", "as long as nobody has said so");
        kept.observe(&[(STREAM, saved)]);
        assert_eq!(host(&state), "mail.example.com");
    }
}
