//! Points in time, as AWS and its tools write them.

/// Seconds since the epoch of `2026-11-24T10:00:00Z`, with a fraction, an offset or `UTC` at its
/// end; without a zone it is UTC. `None` for any other form.
pub fn epoch(text: &str) -> Option<i64> {
    moment(text).map(|(seconds, _)| seconds)
}

/// The same, and whether the text has a zone.
pub(super) fn moment(text: &str) -> Option<(i64, bool)> {
    let text = text.trim();
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, zone) = rest.split_at_checked(8)?;
    let zone = match zone.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => zone,
    };
    let numbers = |text: &str, by: char| -> Option<[i64; 3]> {
        let parts: Vec<i64> =
            text.split(by).map(|p| p.parse().ok().filter(|n| *n >= 0)).collect::<Option<_>>()?;
        parts.try_into().ok()
    };
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(clock, ':')?;
    if !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || hour > 23
        || minute > 59
        || second > 60
    {
        return None;
    }
    let offset = match zone {
        "" | "Z" | "z" | "UTC" | " UTC" => 0,
        zone => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let digits: String =
                zone.strip_prefix(['+', '-'])?.chars().filter(|c| *c != ':').collect();
            let (hours, minutes) = digits.split_at_checked(2)?;
            sign * (hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60)
        }
    };
    // Days since the epoch by Howard Hinnant's `days_from_civil`: years begin in March, so that the
    // leap day is the last one.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468;
    Some((days * 86_400 + hour * 3600 + minute * 60 + second - offset, !zone.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::epoch;

    #[test]
    fn times_are_read() {
        for (text, want) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T12:00:00Z", Some(951_825_600)),
            ("2026-11-24T10:00:00.123+01:00", Some(1_795_510_800)),
            ("2099-01-01T00:00:00UTC", Some(4_070_908_800)),
            ("2099-01-01 00:00:00", Some(4_070_908_800)),
            ("tomorrow", None),
            ("2026-13-24T10:00:00Z", None),
            ("2026-11-24T10:00:00+é", None),
        ] {
            assert_eq!(epoch(text), want, "{text}");
        }
    }
}
