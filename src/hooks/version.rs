//! What changed in a package, as data: by version, a switch for each thing that its port asks.

use crate::airflow::runtime::Version;

/// A change, with the first version that has it.
pub struct Change<B: 'static> {
    /// The first version.
    pub since: Version,
    /// What, in words.
    pub what: &'static str,
    /// Does it.
    pub(crate) apply: fn(&mut B),
}

/// `VERSION "what" { switch = value, … }` for each.
macro_rules! changes {
    ($(
        $a:literal . $b:literal . $c:literal $what:literal
        { $($switch:ident = $value:expr),* $(,)? }
    )*) => {
        &[$(Change {
            since: Version($a, $b, $c),
            what: $what,
            apply: |x| { $(x.$switch = $value;)* },
        }),*]
    };
}

pub(crate) use changes;

/// What a version does: what the oldest did, with the changes up to it.
pub(crate) fn behaviour<B>(mut start: B, changes: &[Change<B>], version: Version) -> B {
    changes.iter().filter(|c| c.since <= version).for_each(|c| (c.apply)(&mut start));
    start
}

impl<B> Change<B> {
    /// Version and words of each.
    pub(crate) fn told(changes: &[Change<B>]) -> Vec<(Version, &'static str)> {
        changes.iter().map(|change| (change.since, change.what)).collect()
    }
}
