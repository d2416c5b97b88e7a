//! Connections by their ids, where several services or containers of one text may each have their own.

use std::collections::HashMap;

/// What belongs to the connections of a document, by their ids.
pub struct ById<'i, T> {
    of_all: HashMap<&'i str, T>,
    of_scope: HashMap<(&'i str, u32), T>,
}

impl<'i, T: Copy> ById<'i, T> {
    /// From ids, scopes (see [`Entry::scope`](super::Entry)) and what belongs to them. The last one of an id counts.
    pub fn of(all: impl IntoIterator<Item = (Option<&'i str>, u32, T)>) -> ById<'i, T> {
        let mut found = ById { of_all: HashMap::new(), of_scope: HashMap::new() };
        for (id, scope, what) in all {
            if let Some(id) = id {
                found.of_all.insert(id, what);
                found.of_scope.insert((id, scope), what);
            }
        }
        found
    }

    /// That of the same scope, else one of another, which may be shared.
    pub fn get(&self, id: &str, scope: u32) -> Option<T> {
        self.of_scope.get(&(id, scope)).or_else(|| self.of_all.get(id)).copied()
    }

    /// Whether this scope itself has a connection of the id.
    pub fn is_in(&self, id: &str, scope: u32) -> bool {
        self.of_scope.contains_key(&(id, scope))
    }
}

#[cfg(test)]
mod tests {
    use super::ById;

    #[test]
    fn the_own_one_goes_before_others() {
        let all = ById::of([(Some("a"), 1, 10), (Some("a"), 2, 20), (None, 2, 30), (Some("b"), 1, 40), (Some("b"), 1, 50)]);
        for (id, scope, want) in
            [("a", 1, Some(10)), ("a", 2, Some(20)), ("a", 3, Some(20)), ("b", 1, Some(50)), ("b", 2, Some(50)), ("c", 1, None)]
        {
            assert_eq!(all.get(id, scope), want, "{id} {scope}");
        }
        assert!(all.is_in("b", 1) && !all.is_in("b", 2));
    }
}
