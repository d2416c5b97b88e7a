//! Connections by their ids, where several services or containers of one text may each have their
//! own.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// What belongs to the connections of a document, by their ids.
pub struct ById<K, T>(HashMap<K, OfId<T>>);

/// What belongs to the connections of one id.
struct OfId<T> {
    /// That of the last one.
    last: T,
    /// That of the last one of each scope, in the order of scopes.
    of_scopes: Vec<(u32, T)>,
}

impl<K: Eq + Hash + Borrow<str>, T: Copy> ById<K, T> {
    /// From ids, scopes (see [`Entry::scope`](super::Entry)) and what belongs to them. The last one
    /// of an id counts.
    pub fn of(all: impl IntoIterator<Item = (Option<K>, u32, T)>) -> ById<K, T> {
        let mut found: HashMap<K, OfId<T>> = HashMap::new();
        for (id, scope, what) in all {
            let Some(id) = id else { continue };
            let of_id =
                found.entry(id).or_insert_with(|| OfId { last: what, of_scopes: Vec::new() });
            of_id.last = what;
            match of_id.at(scope) {
                Ok(at) => of_id.of_scopes[at].1 = what,
                Err(at) => of_id.of_scopes.insert(at, (scope, what)),
            }
        }
        ById(found)
    }

    /// That of the same scope, else one of another, which may be shared.
    pub fn get(&self, id: &str, scope: u32) -> Option<T> {
        let of_id = self.0.get(id)?;
        Some(of_id.at(scope).map_or(of_id.last, |at| of_id.of_scopes[at].1))
    }

    /// Whether this scope itself has a connection of the id.
    pub fn is_in(&self, id: &str, scope: u32) -> bool {
        self.0.get(id).is_some_and(|of_id| of_id.at(scope).is_ok())
    }
}

impl<T> OfId<T> {
    fn at(&self, scope: u32) -> Result<usize, usize> {
        self.of_scopes.binary_search_by_key(&scope, |(of, _)| *of)
    }
}

#[cfg(test)]
mod tests {
    use super::ById;

    #[test]
    fn the_own_one_goes_before_others() {
        let all = ById::of([
            (Some("a"), 1, 10),
            (Some("a"), 2, 20),
            (None, 2, 30),
            (Some("b"), 1, 40),
            (Some("b"), 1, 50),
        ]);
        for (id, scope, want) in [
            ("a", 1, Some(10)),
            ("a", 2, Some(20)),
            ("a", 3, Some(20)),
            ("b", 1, Some(50)),
            ("b", 2, Some(50)),
            ("c", 1, None),
        ] {
            assert_eq!(all.get(id, scope), want, "{id} {scope}");
        }
        assert!(all.is_in("b", 1) && !all.is_in("b", 2));
    }
}
