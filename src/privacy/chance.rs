//! What comes by chance, as keys and tokens do, and no name that people give.

/// A name that nobody made by chance is shorter, in characters of one run without `-`, `_` or `.`.
pub(crate) const LONGEST_WORD: usize = 20;

/// The least characters in a row by which chance is told from a name.
const SHORTEST_TOKEN: usize = 12;

/// A name goes from small letters to capitals or digits, and back, no more often than this:
/// `teamB2etl` goes three times.
const TURNS: usize = 3;

/// Longer texts than this are passed over: nothing that may be shown is that long.
const LONGEST: usize = 512;

/// It has a run of letters and digits that came by chance.
pub(crate) fn is_scrambled(text: &str) -> bool {
    let run = |run: &str| {
        let length = run.len();
        let turns = turns(run);
        turns > TURNS && (length >= SHORTEST_TOKEN || turns * 2 > length && length >= 8)
            || length > LONGEST_WORD && turns >= TURNS
            || length >= 32 && is_hex(run) && turns > 0
    };
    text.len() > LONGEST || text.split(|c: char| !c.is_alphanumeric()).any(run)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// How often small letters, capitals and digits take turns. A capital and the small letters behind
/// it are one word.
fn turns(run: &str) -> usize {
    let kind = |c: char| match c {
        c if c.is_numeric() => 0,
        c if c.is_uppercase() => 1,
        _ => 2,
    };
    let mut kinds = run.chars().map(kind);
    let Some(mut last) = kinds.next() else { return 0 };
    let mut turns = 0;
    for next in kinds {
        turns += usize::from(next != last && (last, next) != (1, 2));
        last = next;
    }
    turns
}
