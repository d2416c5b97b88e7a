//! The members of a dict in insertion order: small ones, which nearly all are, are searched; large
//! ones have an index.

use indexmap::IndexMap;

use super::equality::{Named, Same};
use super::{Key, Member};

/// Up to this many members searching is quicker than hashing.
const SMALL: usize = 16;

/// Members in insertion order; a key that is set again keeps its position.
#[derive(Clone)]
pub struct Members<'a>(Repr<'a>);

#[derive(Clone)]
enum Repr<'a> {
    Small(Vec<(Key<'a>, Member<'a>)>),
    Large(IndexMap<Key<'a>, Member<'a>>),
}

impl Default for Members<'_> {
    fn default() -> Self {
        Members(Repr::Small(Vec::new()))
    }
}

impl<'a> Members<'a> {
    /// How many.
    pub fn len(&self) -> usize {
        match &self.0 {
            Repr::Small(list) => list.len(),
            Repr::Large(map) => map.len(),
        }
    }

    /// True for `{}`.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The member under a key.
    pub fn get(&self, key: &Key<'_>) -> Option<&Member<'a>> {
        match &self.0 {
            Repr::Small(list) => list.iter().find(|(k, _)| k == key).map(|(_, member)| member),
            Repr::Large(map) => map.get(&Same(key)),
        }
    }

    /// The member under a string key.
    pub fn named(&self, name: &str) -> Option<&Member<'a>> {
        match &self.0 {
            Repr::Small(list) => {
                list.iter().find(|(k, _)| k.0.as_str() == Some(name)).map(|(_, member)| member)
            }
            Repr::Large(map) => map.get(&Named(name)),
        }
    }

    /// Sets a member; returns the one that it replaces.
    pub(super) fn insert(&mut self, key: Key<'a>, member: Member<'a>) -> Option<Member<'a>> {
        match &mut self.0 {
            Repr::Small(list) => {
                // Nearly all keys are text: comparing it first spares the general comparison.
                let same = |k: &Key<'a>| match (k.0.as_str(), key.0.as_str()) {
                    (Some(a), Some(b)) => a == b,
                    (None, None) => *k == key,
                    _ => false,
                };
                if let Some((_, old)) = list.iter_mut().find(|(k, _)| same(k)) {
                    return Some(std::mem::replace(old, member));
                }
                if list.len() == SMALL {
                    let mut map: IndexMap<_, _> = std::mem::take(list).into_iter().collect();
                    map.insert(key, member);
                    self.0 = Repr::Large(map);
                } else {
                    if list.is_empty() {
                        // A connection has eight fields: growing in steps would move them twice.
                        list.reserve(8);
                    }
                    list.push((key, member));
                }
                None
            }
            Repr::Large(map) => map.insert(key, member),
        }
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = (&Key<'a>, &Member<'a>)> {
        let (small, large) = match &self.0 {
            Repr::Small(list) => (Some(list.iter().map(|(k, m)| (k, m))), None),
            Repr::Large(map) => (None, Some(map.iter())),
        };
        small.into_iter().flatten().chain(large.into_iter().flatten())
    }

    /// The members without their keys.
    pub fn values(&self) -> impl Iterator<Item = &Member<'a>> {
        self.iter().map(|(_, member)| member)
    }

    /// The members, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Member<'a>> {
        let (small, large) = match &mut self.0 {
            Repr::Small(list) => (Some(list.iter_mut().map(|(_, m)| m)), None),
            Repr::Large(map) => (None, Some(map.values_mut())),
        };
        small.into_iter().flatten().chain(large.into_iter().flatten())
    }

    /// Keeps the members that `keep` accepts, in order.
    pub fn retain(&mut self, mut keep: impl FnMut(&Key<'a>) -> bool) {
        match &mut self.0 {
            Repr::Small(list) => list.retain(|(key, _)| keep(key)),
            Repr::Large(map) => map.retain(|key, _| keep(key)),
        }
    }
}

impl<'a> IntoIterator for Members<'a> {
    type Item = (Key<'a>, Member<'a>);
    type IntoIter = std::iter::Chain<
        std::vec::IntoIter<Self::Item>,
        indexmap::map::IntoIter<Key<'a>, Member<'a>>,
    >;

    fn into_iter(self) -> Self::IntoIter {
        let (small, large) = match self.0 {
            Repr::Small(list) => (list, IndexMap::new()),
            Repr::Large(map) => (Vec::new(), map),
        };
        small.into_iter().chain(large)
    }
}

impl<'a> FromIterator<(Key<'a>, Member<'a>)> for Members<'a> {
    fn from_iter<I: IntoIterator<Item = (Key<'a>, Member<'a>)>>(pairs: I) -> Self {
        let mut members = Members::default();
        for (key, member) in pairs {
            members.insert(key, member);
        }
        members
    }
}
