//! What is to leave, as decisions order it and as the state keeps it until it has left.

use eventlog::{State, View};
use events::{
    Event, Stream, UserId,
    delivery::{Attempt, Plan},
    erasure::Erased,
    notification::{Channel, Content, Order, Ordered},
    user::UserType,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    super::{ledger, reaction::Reaction},
    told,
};
use crate::functions::{
    Decision, Failure,
    decision::{Numbered, Table, last_number, next_id, note_id, read, write},
};

/// Receipts that are kept, the newest ones: calls that are repeated are repeated soon.
const RECEIPTS_MAX: u64 = 10_000;

/// What is to leave, before it has a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// How it leaves.
    pub channel: Channel,
    /// Who gets it, as far as they are users.
    pub recipients: Vec<UserId>,
    /// The address, the number or the interests; where there is none, the recipients' own.
    pub to: Vec<String>,
    /// Whose words they are.
    pub sender: Option<UserId>,
    /// What it says.
    pub content: Content,
}

impl From<Order> for Draft {
    fn from(order: Order) -> Self {
        Self {
            channel: order.channel,
            recipients: order.recipients,
            to: order.to,
            sender: order.sender,
            content: order.content,
        }
    }
}

/// What became of an order that somebody waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Receipt {
    /// The channel took it, and said this.
    Taken(Value),
    /// It did not, and why.
    Refused(String),
}

/// Orders what is to leave; it is tried until the channel takes it, as long as that may help.
///
/// # Errors
/// When the state cannot be read.
pub fn order(
    decision: &mut Decision<'_>,
    stream: impl Into<Stream>,
    drafts: Vec<Draft>,
) -> Result<(), Failure> {
    if drafts.is_empty() {
        return Ok(());
    }
    record(decision, stream.into(), drafts, None)
}

/// Orders what somebody waits for: it is tried once. Answers the number of the receipt.
///
/// # Errors
/// When the state cannot be read.
pub fn order_and_wait(
    decision: &mut Decision<'_>,
    stream: impl Into<Stream>,
    draft: Draft,
) -> Result<u64, Failure> {
    let ticket = next_id(decision.state(), Numbered::Ticket)?;
    record(decision, stream.into(), vec![draft], Some(ticket))?;
    Ok(ticket)
}

fn record(
    decision: &mut Decision<'_>,
    stream: Stream,
    drafts: Vec<Draft>,
    ticket: Option<u64>,
) -> Result<(), Failure> {
    let first = next_id(decision.state(), Numbered::Delivery)?;
    let numbered = (first..).zip(drafts);
    let orders = numbered.map(|(delivery, draft)| Order {
        delivery,
        channel: draft.channel,
        recipients: draft.recipients,
        to: draft.to,
        sender: draft.sender,
        content: draft.content,
        ticket,
    });
    let ordered = Ordered {
        time_ms: decision.facts().now_ms,
        orders: orders.collect(),
    };
    decision.record(stream, ordered)
}

/// What is to leave by this delivery, and the stream that it belongs to.
///
/// # Errors
/// When the table cannot be read.
pub fn ordered(state: &dyn View, delivery: u64) -> Result<Option<(Stream, Order)>, Failure> {
    let row = read::<Kept>(state, &Table::Order.row(delivery))?;
    Ok(row.map(|kept| (kept.stream, kept.order)))
}

/// What became of the order with this ticket, once something has.
///
/// # Errors
/// When the table cannot be read.
pub fn receipt(state: &dyn View, ticket: u64) -> Result<Option<Receipt>, Failure> {
    read(state, &Table::Receipt.row(ticket))
}

/// An order with the stream that it belongs to.
#[derive(Serialize, Deserialize)]
struct Kept {
    stream: Stream,
    order: Order,
}

/// The outbox after `event`.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, stream: Stream, event: &Event) -> Result<(), Failure> {
    match event {
        Event::NotificationOrdered(ordered) => {
            for order in &ordered.orders {
                keep(state, stream, order)?;
            }
            Ok(())
        }
        Event::EmailSent(sent) => taken(state, sent.delivery, &Value::Null),
        Event::SmsSent(sent) => taken(state, sent.delivery, &sent.response),
        Event::PushSent(sent) => taken(state, sent.delivery, &sent.publish_id.clone().into()),
        Event::DeliverySucceeded(settled) if stream == Reaction::Outbox.stream() => {
            forget(state, &settled.deliveries);
            Ok(())
        }
        Event::DeliveryAbandoned(settled) if stream == Reaction::Outbox.stream() => {
            for attempt in &settled.deliveries {
                let why = attempt.error.clone().unwrap_or_default();
                hand_out(state, attempt.delivery, &Receipt::Refused(why))?;
                if let Some((_, order)) = ordered(state, attempt.delivery)? {
                    told::take_back(state, &order)?;
                }
            }
            forget(state, &settled.deliveries);
            Ok(())
        }
        Event::MessageSent(sent) if sent.author_type != UserType::Bot => {
            told::forget(state, sent.author)
        }
        Event::UserReturned(_) | Event::UserDeleted(_) => told::forget(state, UserId(stream.id)),
        Event::HistoryErased(erased) => withdraw(state, erased),
        _ => Ok(()),
    }
}

fn keep(state: &mut dyn State, stream: Stream, order: &Order) -> Result<(), Failure> {
    note_id(state, Numbered::Delivery, order.delivery)?;
    if let Some(ticket) = order.ticket {
        note_id(state, Numbered::Ticket, ticket)?;
    }
    told::mark(state, order);
    ledger::add(state, Reaction::Outbox, plan(order));
    let (key, order) = (Table::Order.row(order.delivery), order.clone());
    write(state, &key, &Kept { stream, order });
    Ok(())
}

fn plan(order: &Order) -> Plan {
    Plan {
        delivery: order.delivery,
        source: 0,
        name: order.channel.name().to_owned(),
        part: 0,
        lane: order.lane(),
    }
}

fn taken(state: &mut dyn State, delivery: Option<u64>, said: &Value) -> Result<(), Failure> {
    match delivery {
        Some(delivery) => hand_out(state, delivery, &Receipt::Taken(said.clone())),
        None => Ok(()),
    }
}

/// Keeps the receipt, if anybody waits for one.
fn hand_out(state: &mut dyn State, delivery: u64, receipt: &Receipt) -> Result<(), Failure> {
    let kept = read::<Kept>(state, &Table::Order.row(delivery))?;
    if let Some(ticket) = kept.and_then(|kept| kept.order.ticket) {
        write(state, &Table::Receipt.row(ticket), receipt);
        state.delete(&Table::Receipt.row(ticket.saturating_sub(RECEIPTS_MAX)));
    }
    Ok(())
}

fn forget(state: &mut dyn State, settled: &[Attempt]) {
    for attempt in settled {
        state.delete(&Table::Order.row(attempt.delivery));
    }
}

/// What was erased does not leave any more, and its receipts are forgotten; so are those that are old
/// by now, since what would have dropped them may be erased.
fn withdraw(state: &mut dyn State, erased: &Erased) -> Result<(), Failure> {
    for order in &erased.orders {
        state.delete(&Table::Order.row(order.delivery));
        state.delete(&Reaction::Outbox.delivery_key(order.delivery));
        if let Some(ticket) = order.ticket {
            state.delete(&Table::Receipt.row(ticket));
        }
    }
    for user in &erased.told {
        told::forget(state, *user)?;
    }
    let next = next_id(state, Numbered::Ticket)?;
    drop_receipts(state, next.saturating_sub(RECEIPTS_MAX))
}

/// Forgets the receipts before this one.
fn drop_receipts(state: &mut dyn State, before: u64) -> Result<(), Failure> {
    const PAGE: usize = 1_000;
    loop {
        let page = state.scan(&Table::Receipt.key(&[]), None, PAGE)?;
        let old = page.iter().filter(|(key, _)| last_number(key) < before);
        let old: Vec<_> = old.map(|(key, _)| key.clone()).collect();
        for key in &old {
            state.delete(key);
        }
        if old.len() < PAGE {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests;
