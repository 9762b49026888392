//! Deliveries: planned, tried, and what became of them.

use events::delivery::{Abandoned, Attempt, Failed, Plan, Planned, Succeeded};
use events::{Stream, StreamKind};
use projections::{DeliveriesFilter, DeliveryState};

use crate::history::History;
use crate::world::on_both;

const WEBHOOKS: Stream = Stream {
    kind: StreamKind::Reaction,
    id: 1,
};

fn planned(deliveries: impl IntoIterator<Item = u64>) -> Planned {
    let plan = |delivery| Plan {
        delivery,
        source: 100 + delivery,
        name: "message-sent".to_owned(),
        part: 0,
        lane: "conversation-7".to_owned(),
    };
    Planned {
        through: 200,
        deliveries: deliveries.into_iter().map(plan).collect(),
    }
}

fn attempt(delivery: u64, attempt: u32, status: u16, retry_at_ms: Option<i64>) -> Attempt {
    Attempt {
        delivery,
        attempt,
        status: Some(status),
        duration_ms: 12,
        error: (status != 200).then(|| format!("answered {status}")),
        retry_at_ms,
    }
}

/// Four planned: one taken at the second try, one failed, one given up, one not tried.
fn story() -> History {
    let history = History::new();
    let deliveries = |attempts: &[Attempt]| attempts.to_vec();
    let first = deliveries(&[attempt(1, 1, 500, Some(9)), attempt(2, 1, 503, Some(7))]);
    history
        .add(WEBHOOKS, planned([1, 2, 3, 4]))
        .add(WEBHOOKS, Failed { deliveries: first })
        .add(
            WEBHOOKS,
            Succeeded {
                deliveries: deliveries(&[attempt(1, 2, 200, None)]),
            },
        )
        .add(
            WEBHOOKS,
            Abandoned {
                deliveries: deliveries(&[attempt(3, 1, 410, None)]),
                stopped: None,
            },
        );
    history
}

on_both!(what_became_of_each_is_told, story(), |world| {
    // A later batch finds rows that are there; the first found none of them.
    world.history.add(
        WEBHOOKS,
        Failed {
            deliveries: vec![attempt(2, 2, 502, Some(8))],
        },
    );
    world.catch_up().await;
    let wanted = DeliveriesFilter {
        reaction: 1,
        limit: 10,
        ..DeliveriesFilter::default()
    };
    let rows = world.models.deliveries(&wanted).await.unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.id, row.state, row.attempts, row.status, row.retry_time))
        .collect();
    assert_eq!(
        told,
        [
            (4, DeliveryState::Pending, 0, None, None),
            (3, DeliveryState::Abandoned, 1, Some(410), None),
            (2, DeliveryState::Failed, 2, Some(502), Some(8)),
            (1, DeliveryState::Delivered, 2, Some(200), None),
        ]
    );
    assert_eq!(rows[2].error.as_deref(), Some("answered 502"));
    assert_eq!(
        (rows[0].source, rows[0].lane.as_str()),
        (104, "conversation-7")
    );
    let failed = DeliveriesFilter {
        state: Some(DeliveryState::Failed),
        ..wanted
    };
    assert_eq!(world.models.deliveries(&failed).await.unwrap().len(), 1);
    let older = DeliveriesFilter {
        before: Some(3),
        limit: 1,
        ..wanted
    };
    assert_eq!(world.models.deliveries(&older).await.unwrap()[0].id, 2);
    let other = DeliveriesFilter {
        reaction: 2,
        ..wanted
    };
    assert_eq!(world.models.deliveries(&other).await.unwrap(), []);
});
