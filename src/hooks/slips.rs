//! Slips of the pen: which known name a written one is near to.

/// So many letters may be wrong in a name.
const WRONG: usize = 2;

/// Of a name as short as this only one letter may be wrong.
const SHORT: usize = 5;

/// The longest name that is compared.
const LONGEST: usize = 64;

/// Whether a name was probably meant for this one.
pub fn is_slip(written: &str, known: &str) -> bool {
    wrong(&plain(written), known).is_some()
}

/// The known name that a written one was probably meant for: the nearest, if no other is as near.
pub fn slip_of<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let written = plain(written);
    let mut near: Vec<(usize, &str)> =
        known.filter_map(|name| Some((wrong(&written, name)?, name))).collect();
    near.sort_unstable();
    match near[..] {
        [(_, only)] => Some(only),
        [(first, name), (second, _), ..] if first < second => Some(name),
        _ => None,
    }
}

/// How many letters of a plain name are wrong, if not too many; capitals and joints are none.
fn wrong(written: &str, known: &str) -> Option<usize> {
    let most = if known.len() <= SHORT { 1 } else { WRONG };
    if written.len().abs_diff(known.len()) > most || written.len() > LONGEST || known.len() < 3 {
        return None;
    }
    let known = plain(known);
    if are_far(written, &known, most) {
        return None;
    }
    let wrong = strsim::damerau_levenshtein(written, &known);
    (wrong <= most).then_some(wrong)
}

/// Whether it is plain from their letters that more than so many edits lie between two names, which
/// spares most of the comparisons: an edit changes at most two counts of letters by one.
pub fn are_far(one: &str, other: &str, edits: usize) -> bool {
    if !one.is_ascii() || !other.is_ascii() {
        return false;
    }
    let mut counts = [0_i32; 128];
    one.bytes().for_each(|b| counts[usize::from(b)] += 1);
    other.bytes().for_each(|b| counts[usize::from(b)] -= 1);
    let differing: u32 = counts.iter().map(|count| count.unsigned_abs()).sum();
    differing as usize > 2 * edits
}

fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::{are_far, slip_of};

    #[test]
    fn names_that_are_far_are_no_fewer_edits_away() {
        let names =
            ["region", "reigon", "regoin", "cluster_id", "cluster", "ssl", "sslmode", "é", "a", ""];
        for one in names {
            for other in names {
                let distance = strsim::damerau_levenshtein(one, other);
                for edits in 0..9 {
                    let told = are_far(one, other, edits);
                    assert!(!told || distance > edits, "{one} {other} {edits}");
                }
            }
        }
        assert!(are_far("region", "cluster", 2) && !are_far("regoin", "region", 1));
    }

    #[test]
    fn the_nearest_name_is_meant() {
        const KNOWN: [&str; 6] = ["profile", "sslmode", "user", "host", "hostaddr", "ssl"];
        for (written, want) in [
            ("profle", Some("profile")),
            ("SSL-mode", Some("sslmode")),
            ("sslmod", Some("sslmode")),
            ("usr", Some("user")),
            ("hots", Some("host")),
            ("ss", Some("ssl")),
            ("table", None),
            ("x", None),
        ] {
            assert_eq!(slip_of(written, KNOWN.into_iter()), want, "{written}");
        }
    }
}
