//! Longer and longer pauses between tries, a little different for each.

use std::time::Duration;

use crate::secret;

/// The pause after the first failure; doubled with each that follows.
const DELAY: Duration = Duration::from_millis(100);
/// The longest pause.
const DELAY_MAX: Duration = Duration::from_secs(5);

/// The failures since the last success.
#[derive(Default)]
pub struct Backoff {
    failures: usize,
}

impl Backoff {
    /// It works again.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// Waits as is fit after one more failure.
    pub async fn pause(&mut self) {
        self.failures += 1;
        tokio::time::sleep(Self::delay(self.failures)).await;
    }

    /// The pause after so many failures: between a half and the whole of what doubling gives, so
    /// that those who failed together do not all come back together.
    pub fn delay(failures: usize) -> Duration {
        let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        let whole = DELAY.saturating_mul(2_u32.saturating_pow(doublings));
        let half = whole.min(DELAY_MAX) / 2;
        half + half * u32::from(secret::random_bytes::<1>()[0]) / 255
    }
}

#[cfg(test)]
mod tests {
    use super::{Backoff, DELAY, DELAY_MAX};

    #[test]
    fn pauses_grow_to_their_limit_and_differ() {
        assert!((DELAY / 2..=DELAY).contains(&Backoff::delay(1)));
        for failures in [20, usize::MAX] {
            assert!((DELAY_MAX / 2..=DELAY_MAX).contains(&Backoff::delay(failures)));
        }
        let delays: Vec<_> = (0..20).map(|_| Backoff::delay(9)).collect();
        assert!(delays.iter().any(|delay| *delay != delays[0]));
    }
}
