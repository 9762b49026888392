//! A bounded cache: two generations of a map, the older one dropped when the younger is full.
//!
//! What was used since the last change of generations survives it, which is close enough to
//! least-recently-used and costs one map operation.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Keys and values of at most about `limit` bytes in all.
pub(crate) struct Cache<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    young_bytes: usize,
    limit: usize,
    weigh: fn(&K, &V) -> usize,
}

impl<K: Eq + Hash, V> Cache<K, V> {
    /// `weigh` tells the bytes of a pair.
    pub(crate) fn new(limit: usize, weigh: fn(&K, &V) -> usize) -> Self {
        Cache {
            young: HashMap::new(),
            old: HashMap::new(),
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
        if let Some((key, value)) = self.old.remove_entry(key) {
            self.insert(key, value);
        }
        self.young.get(key).or_else(|| self.old.get(key))
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.old.remove(&key);
        let bytes = (self.weigh)(&key, &value);
        if self.young_bytes + bytes > self.limit / 2 {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
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

    #[test]
    fn a_new_value_hides_the_old_one_in_either_generation() {
        let mut cache = Cache::new(4, |_: &u32, _: &u32| 1);
        cache.insert(1, 10);
        cache.insert(2, 0);
        cache.insert(3, 0); // 1 and 2 are old now
        cache.insert(1, 11);
        assert_eq!(cache.get(&1), Some(&11));
    }
}
