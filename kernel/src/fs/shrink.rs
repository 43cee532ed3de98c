//! Hash tables of names give back the memory of names that are gone: a directory that once had many entries may live
//! on, empty, for as long as the machine.

use core::hash::{BuildHasher, Hash};

use hashbrown::HashMap;

/// The room, in entries, that is not worth giving back.
const SMALL: usize = 256;

/// Called after a removal: a table that is mostly empty becomes smaller, with room for as many again. Without memory
/// for the smaller one it stays.
pub fn shrink<K: Eq + Hash, V, S: BuildHasher + Default>(table: &mut HashMap<K, V, S>) {
    if table.capacity() <= SMALL || table.len() > table.capacity() / 8 {
        return;
    }
    let mut smaller = HashMap::default();
    if smaller.try_reserve(table.len() * 2 + 16).is_ok() {
        smaller.extend(table.drain());
        *table = smaller;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emptied_table_is_small_and_keeps_what_is_left() {
        let mut table: HashMap<usize, usize> = HashMap::new();
        let most = if cfg!(miri) { 500 } else { 2_000 };
        for key in 0..most {
            table.insert(key, key + 1);
        }
        for key in 0..most - 10 {
            assert_eq!(table.remove(&key), Some(key + 1));
            shrink(&mut table);
        }
        assert!(table.capacity() <= SMALL, "{}", table.capacity());
        assert!((most - 10..most).all(|key| table.get(&key) == Some(&(key + 1))));
    }
}
