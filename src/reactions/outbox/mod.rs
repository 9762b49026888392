//! The outbox: emails, text messages and push notifications, from the order to the channel's yes.
//!
//! Ordering is part of the decision that wants something to leave ([`orders`]), so it is on disk with
//! it or not at all, and needs neither the bus nor a plan. The deliverer tries orders like any other
//! delivery; what the channel took is recorded with its success. What was ordered by a call that waits
//! for the outcome is tried once, and a receipt is kept for the call, and for its repetition with the
//! same Idempotency-Key.
//!
//! A kill between the channel's yes and our record sends once more after the start: an email with the
//! Message-ID that it had. SMTP and the gateways know no way to ask.

pub mod orders;
mod said;
mod send;
pub mod told;

use std::{sync::Arc, time::Duration};

use events::{Event, Stream, notification::Channel};
use futures::FutureExt as _;
use tokio::sync::{Notify, watch};

use super::{
    Work, delays,
    deliverer::{Deliverer, Intake},
    ledger::{self, Pending},
    reaction::Reaction,
};
use crate::functions::{Failure, Service};

/// Orders read from the ledger at once.
const PAGE: usize = 1_000;
/// How often the ledger is looked at though nobody has told of an order.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Who has to know at once that something was ordered, or was settled.
#[derive(Default)]
pub struct Wakes {
    ordered: Notify,
    settled: watch::Sender<u64>,
}

impl Wakes {
    /// Takes note of what is on disk by now.
    pub fn observe(&self, recorded: &[(Stream, Event)]) {
        for (stream, event) in recorded {
            match event {
                Event::NotificationOrdered(_) => self.ordered.notify_one(),
                Event::DeliverySucceeded(_) | Event::DeliveryAbandoned(_)
                    if *stream == Reaction::Outbox.stream() =>
                {
                    self.settled.send_modify(|settled| *settled += 1);
                }
                _ => {}
            }
        }
    }

    /// Changes when something was settled.
    #[must_use]
    pub fn settled(&self) -> watch::Receiver<u64> {
        self.settled.subscribe()
    }
}

/// Takes up what is pending, to be delivered until `stop` says so: by a deliverer for each channel, so
/// that a mail server that is slow holds up no text message.
///
/// # Errors
/// When the ledger cannot be read.
pub fn all(service: &Arc<Service>, stop: &watch::Receiver<bool>) -> Result<Vec<Work>, Failure> {
    let (mut all, mut intakes) = (Vec::new(), Vec::new());
    for channel in Channel::ALL {
        let outbox = send::Outbox {
            service: Arc::clone(service),
            channel,
        };
        let delays = delays(&service.config.notification_retry_seconds);
        let reaction = Reaction::Outbox;
        let (deliverer, intake) = Deliverer::new(Arc::clone(service), reaction, outbox, delays)?;
        all.push(deliverer.run(stop.clone()).boxed());
        intakes.push((channel, intake));
    }
    all.push(feed(Arc::clone(service), intakes, stop.clone()).boxed());
    Ok(all)
}

/// Hands the deliverers what has been ordered.
async fn feed(
    service: Arc<Service>,
    intakes: Vec<(Channel, Intake)>,
    mut stop: watch::Receiver<bool>,
) {
    let first = intakes.iter().map(|(_, intake)| intake.last).min();
    let mut after = first.unwrap_or_default();
    loop {
        match ledger::pending(service.journal.reader(), Reaction::Outbox, after, PAGE) {
            Ok(page) if !page.is_empty() => {
                after = page.last().map_or(after, |last| last.plan.delivery);
                hand_out(&intakes, &page);
                continue;
            }
            Ok(_) => {}
            Err(failure) => tracing::error!("orders are not read: {failure:?}"),
        }
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = service.journal.outbox().ordered.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// To each deliverer what is its own, and what it has not found at its start.
fn hand_out(intakes: &[(Channel, Intake)], page: &[Pending]) {
    for (channel, intake) in intakes {
        let own = page
            .iter()
            .filter(|one| one.plan.name == channel.name() && one.plan.delivery > intake.last);
        let own: Vec<Pending> = own.cloned().collect();
        if !own.is_empty() {
            // The deliverer has gone only when the service stops; it finds these at the start.
            let _ = intake.planned.send(own);
        }
    }
}
