//! What is to be delivered, in memory: lane by lane in order, across lanes at once.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::ledger::Pending;

/// Pending deliveries by lane. The first of a lane is the only one that may be under way; the lanes
/// whose first may go have their turns in the order in which they came to be ready.
#[derive(Debug, Default)]
pub struct Lanes {
    /// The firsts of lanes that may go at once.
    ready: VecDeque<Pending>,
    /// Those that rest, by when they are due and their number.
    resting: BTreeMap<(i64, u64), Pending>,
    /// What waits behind the first of each lane, which is ready, rests or is under way.
    behind: HashMap<String, VecDeque<Pending>>,
    count: usize,
}

impl Lanes {
    /// How many deliveries wait, or are under way.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Adds a delivery at the end of its lane.
    pub fn add(&mut self, pending: Pending) {
        self.count += 1;
        match self.behind.get_mut(&pending.plan.lane) {
            Some(behind) => behind.push_back(pending),
            None => {
                let lane = pending.plan.lane.clone();
                self.behind.insert(lane, VecDeque::new());
                self.line_up(pending);
            }
        }
    }

    /// Takes the first of a lane that is due, which is under way from now on.
    pub fn take_due(&mut self, now_ms: i64) -> Option<Pending> {
        match self.resting.first_entry() {
            Some(first) if first.key().0 <= now_ms => Some(first.remove()),
            _ => self.ready.pop_front(),
        }
    }

    /// When the next of those that rest is due, in milliseconds since the Unix epoch; `None` when
    /// nothing rests.
    #[must_use]
    pub fn next_due_ms(&self) -> Option<i64> {
        self.resting.keys().next().map(|(due_ms, _)| *due_ms)
    }

    /// The one under way in this lane is done with; the next of the lane may go.
    pub fn done(&mut self, lane: &str) {
        let Some(behind) = self.behind.get_mut(lane) else {
            return;
        };
        self.count -= 1;
        match behind.pop_front() {
            Some(next) => self.line_up(next),
            None => {
                self.behind.remove(lane);
            }
        }
    }

    /// The one under way is to be tried again, when it is due; its lane rests until then.
    pub fn again(&mut self, pending: Pending) {
        self.line_up(pending);
    }

    fn line_up(&mut self, first: Pending) {
        match first.not_before_ms {
            0 => self.ready.push_back(first),
            due_ms => {
                self.resting.insert((due_ms, first.plan.delivery), first);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use events::delivery::Plan;

    use super::*;

    fn pending(delivery: u64, lane: &str) -> Pending {
        Pending {
            plan: Plan {
                delivery,
                source: delivery,
                name: String::new(),
                part: 0,
                lane: lane.to_owned(),
            },
            attempts: 0,
            not_before_ms: 0,
        }
    }

    #[test]
    fn a_lane_keeps_its_order_and_delays_no_other() {
        let mut lanes = Lanes::default();
        for (delivery, lane) in [(1, "a"), (2, "a"), (3, "b"), (4, "a")] {
            lanes.add(pending(delivery, lane));
        }
        let first = lanes.take_due(0).unwrap();
        assert_eq!(first.plan.delivery, 1);
        let taken =
            |lanes: &mut Lanes, now_ms| lanes.take_due(now_ms).map(|pending| pending.plan.delivery);
        assert_eq!(taken(&mut lanes, 0), Some(3));
        assert_eq!(taken(&mut lanes, 0), None, "the first of each is under way");
        lanes.again(Pending {
            not_before_ms: 500,
            ..first
        });
        lanes.done("b");
        assert_eq!((lanes.len(), lanes.next_due_ms()), (3, Some(500)));
        assert_eq!(taken(&mut lanes, 499), None);
        assert_eq!(taken(&mut lanes, 500), Some(1));
        lanes.done("a");
        assert_eq!(taken(&mut lanes, 500), Some(2));
        lanes.done("a");
        assert_eq!(taken(&mut lanes, 500), Some(4));
        lanes.done("a");
        assert_eq!((lanes.len(), lanes.next_due_ms()), (0, None));
    }

    #[test]
    fn lanes_have_their_turns_one_after_the_other() {
        let mut lanes = Lanes::default();
        for (delivery, lane) in [(1, "a"), (2, "a"), (3, "b"), (4, "c")] {
            lanes.add(pending(delivery, lane));
        }
        let mut order = Vec::new();
        while let Some(pending) = lanes.take_due(0) {
            order.push(pending.plan.delivery);
            lanes.done(&pending.plan.lane);
        }
        assert_eq!(order, [1, 3, 4, 2]);
    }
}
