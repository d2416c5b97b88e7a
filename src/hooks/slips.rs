//! Slips of the pen: which known name a written one is near to.

/// So many letters may be wrong in a name.
const WRONG: usize = 2;

/// Of a name as short as this only one letter may be wrong.
const SHORT: usize = 5;

/// The longest name that is compared.
const LONGEST: usize = 64;

/// Whether a name was probably meant for this one.
pub fn is_slip(written: &str, known: &str) -> bool {
    wrong(written, known).is_some()
}

/// The known name that a written one was probably meant for: the nearest, if no other is as near.
pub fn slip_of<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let mut near: Vec<(usize, &str)> =
        known.filter_map(|name| Some((wrong(written, name)?, name))).collect();
    near.sort_unstable();
    match near[..] {
        [(_, only)] => Some(only),
        [(first, name), (second, _), ..] if first < second => Some(name),
        _ => None,
    }
}

/// How many letters are wrong, if not too many; capitals and joints are none.
fn wrong(written: &str, known: &str) -> Option<usize> {
    let most = if known.len() <= SHORT { 1 } else { WRONG };
    if written.len().abs_diff(known.len()) > most || written.len() > LONGEST || known.len() < 3 {
        return None;
    }
    let (written, known) = (plain(written), plain(known));
    let wrong = strsim::damerau_levenshtein(&written, &known);
    (wrong <= most).then_some(wrong)
}

fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::slip_of;

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
