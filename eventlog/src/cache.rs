//! A bounded cache: two generations of a map, the older one dropped when the younger is full.
//!
//! What was used since the last change of generations survives it, which is close enough to
//! least-recently-used and costs one map operation.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

/// Keys and values of at most about `limit` bytes in all.
pub(crate) struct Cache<K, V> {
    young: HashMap<K, V, RandomState>,
    old: HashMap<K, V, RandomState>,
    young_bytes: usize,
    limit: usize,
    weigh: fn(&K, &V) -> usize,
}

impl<K: Eq + Hash, V> Cache<K, V> {
    /// `weigh` tells the bytes of a pair.
    pub(crate) fn new(limit: usize, weigh: fn(&K, &V) -> usize) -> Self {
        Cache {
            young: HashMap::default(),
            old: HashMap::default(),
            young_bytes: 0,
            limit,
            weigh,
        }
    }

    pub(crate) fn get<Q>(&mut self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        if !self.young.contains_key(key) {
            let (key, value) = self.old.remove_entry(key)?;
            self.insert(key, value);
        }
        self.young.get(key)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        let bytes = (self.weigh)(&key, &value);
        if self.young_bytes + bytes > self.limit / 2 {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        // Only now, because the generation that has just become the old one may hold the key, too.
        self.old.remove(&key);
        // A replaced value stays counted until the next change of generations, which only makes
        // that come sooner.
        self.young_bytes += bytes;
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_what_is_not_used_and_stays_within_its_limit() {
        let mut cache = Cache::new(100, |_: &u32, _: &u32| 1);
        for n in 0..1000 {
            cache.insert(n, n);
            assert_eq!(cache.get(&7).copied(), (n >= 7).then_some(7));
            assert!(cache.young.len() + cache.old.len() <= 100);
        }
        assert_eq!(cache.get(&999), Some(&999));
        assert_eq!(cache.get(&8), None);
        cache.insert(999, 1);
        assert_eq!(cache.get(&999), Some(&1));
    }

    proptest::proptest! {
        #[test]
        fn never_returns_an_old_value(
            steps in proptest::collection::vec((0..6_u32, proptest::bool::ANY), 0..200)
        ) {
            let mut cache = Cache::new(6, |_: &u32, _: &usize| 1);
            let mut last = HashMap::new();
            for (n, (key, write)) in steps.into_iter().enumerate() {
                if write {
                    cache.insert(key, n);
                    last.insert(key, n);
                } else {
                    assert!(cache.get(&key).is_none_or(|value| *value == last[&key]));
                }
            }
        }
    }
}
