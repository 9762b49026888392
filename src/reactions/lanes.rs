//! What is to be delivered, in memory: lane by lane in order, across lanes at once.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::ledger::Pending;

/// Pending deliveries by lane. The first of a lane is the only one that may be under way.
#[derive(Debug, Default)]
pub struct Lanes {
    lanes: HashMap<String, VecDeque<Pending>>,
    /// When the first of each resting lane is due, and the lane.
    due: BTreeSet<(i64, String)>,
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
        let lane = self.lanes.entry(pending.plan.lane.clone()).or_default();
        if lane.is_empty() {
            self.due
                .insert((pending.not_before_ms, pending.plan.lane.clone()));
        }
        lane.push_back(pending);
    }

    /// Takes the first of a lane that is due, which is under way from now on.
    pub fn take_due(&mut self, now_ms: i64) -> Option<Pending> {
        let (due_ms, _) = self.due.first()?;
        if *due_ms > now_ms {
            return None;
        }
        let (_, lane) = self.due.pop_first()?;
        self.lanes.get(&lane)?.front().cloned()
    }

    /// When the next is due, in milliseconds since the Unix epoch; `None` when nothing rests.
    #[must_use]
    pub fn next_due_ms(&self) -> Option<i64> {
        self.due.first().map(|(due_ms, _)| *due_ms)
    }

    /// The one under way in this lane is done with; the next of the lane may go.
    pub fn done(&mut self, lane: &str) {
        let Some(rest) = self.lanes.get_mut(lane) else {
            return;
        };
        if rest.pop_front().is_some() {
            self.count -= 1;
        }
        match rest.front() {
            Some(next) => {
                self.due.insert((next.not_before_ms, lane.to_owned()));
            }
            None => {
                self.lanes.remove(lane);
            }
        }
    }

    /// The one under way in this lane is to be tried again; the lane rests until then.
    pub fn again(&mut self, lane: &str, attempts: u32, not_before_ms: i64) {
        if let Some(first) = self.lanes.get_mut(lane).and_then(VecDeque::front_mut) {
            first.attempts = attempts;
            first.not_before_ms = not_before_ms;
            self.due.insert((not_before_ms, lane.to_owned()));
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
        let taken =
            |lanes: &mut Lanes, now_ms| lanes.take_due(now_ms).map(|pending| pending.plan.delivery);
        assert_eq!(taken(&mut lanes, 0), Some(1));
        assert_eq!(taken(&mut lanes, 0), Some(3));
        assert_eq!(taken(&mut lanes, 0), None, "the first of each is under way");
        lanes.again("a", 1, 500);
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
}
