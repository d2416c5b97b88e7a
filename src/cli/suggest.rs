//! "did you mean": the nearest of the names that there are, for what somebody may have meant.

use crate::check::rules::RULES;

/// Names less alike than this are another word. 1 is the same.
const ALIKE: f64 = 0.5;

/// The name that is most like the given one, if it is alike at all.
pub(super) fn nearest<'n>(given: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let given = given.to_ascii_lowercase();
    let near = |name: &'n str| {
        (strsim::normalized_damerau_levenshtein(&given, &name.to_ascii_lowercase()), name)
    };
    let best = names.map(near).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= ALIKE).then_some(best.1)
}

/// "; did you mean `x`?", or nothing.
pub(super) fn tail<'n>(given: &str, names: impl Iterator<Item = &'n str>) -> String {
    nearest(given, names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// "there is no … `x`", with the nearest name that there is.
pub(super) fn unknown<'n>(what: &str, given: &str, names: impl Iterator<Item = &'n str>) -> String {
    there_is_no(what, given) + &tail(given, names)
}

fn there_is_no(what: &str, given: &str) -> String {
    let shown: String = given.chars().filter(|c| !c.is_control()).collect();
    format!("there is no {what} `{shown}`")
}

/// The same for a rule, or where else to look (`besides`: behind the list of rules). Ids are
/// numbers: what looks like a number may be meant for any of them.
pub(super) fn unknown_rule(given: &str, besides: &str) -> String {
    let is_id = given.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("AC"))
        && given[2..].bytes().all(|b| b.is_ascii_digit());
    let names = RULES.iter().map(|rule| rule.name).filter(|_| !is_id);
    let tail = match tail(given, names) {
        nothing if nothing.is_empty() => format!("; `airconn rules` lists them{besides}"),
        near => near,
    };
    there_is_no("rule", given) + &tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested() {
        for (given, want) in [
            ("airflw", "there is no key `airflw`; did you mean `airflow`?"),
            ("Airflow", "there is no key `Airflow`; did you mean `airflow`?"),
            ("zebra", "there is no key `zebra`"),
            ("a\u{1b}[31m", "there is no key `a[31m`"),
        ] {
            assert_eq!(unknown("key", given, ["airflow", "side"].into_iter()), want);
        }
        assert_eq!(
            unknown_rule("malformed-precent", ""),
            "there is no rule `malformed-precent`; did you mean `malformed-percent`?"
        );
        assert_eq!(
            unknown_rule("AC999", ""),
            "there is no rule `AC999`; `airconn rules` lists them"
        );
        assert_eq!(unknown_rule("AC9é", ""), "there is no rule `AC9é`; `airconn rules` lists them");
    }
}
