//! Changes of a state that are not in the database yet, laid over what is.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::Error;
use crate::cursor::Cursor;
use crate::state::{Pair, scan_start};

/// Changed keys; `None` means deleted.
pub(crate) type Overlay = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// What [`crate::View::scan`] promises, over `base` with `layers` laid on it, the last on top.
/// `base` must walk the same range.
pub(crate) fn scan(
    mut base: Cursor<'_>,
    layers: &[&Overlay],
    prefix: &[u8],
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<Pair>, Error> {
    let mut changed: BTreeMap<&[u8], Option<&[u8]>> = BTreeMap::new();
    for layer in layers {
        let range = layer
            .range::<[u8], _>((scan_start(prefix, after), Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix));
        changed.extend(range.map(|(key, value)| (&key[..], value.as_deref())));
    }

    let mut found = Vec::new();
    let mut changed = changed.into_iter().peekable();
    let mut stored = base.next()?;
    while found.len() < limit {
        let overlaid = match (changed.peek(), stored) {
            (None, None) => break,
            (None, Some(_)) => false,
            (Some(_), None) => true,
            (Some((key, _)), Some((stored_key, _))) => *key <= stored_key,
        };
        if overlaid {
            let (key, value) = changed.next().expect("it was peeked at");
            if let Some(value) = value {
                found.push((key.to_vec(), value.to_vec()));
            }
            if stored.is_some_and(|(stored_key, _)| stored_key == key) {
                stored = base.next()?;
            }
        } else if let Some((key, value)) = stored {
            found.push((key.to_vec(), value.to_vec()));
            stored = base.next()?;
        }
    }
    Ok(found)
}
