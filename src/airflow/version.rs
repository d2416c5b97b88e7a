//! Versions: of Airflow, of the packages around it, and how they are read; and which of Airflow's
//! processes reads.

use std::fmt;

/// A version: major, minor, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u16, pub u16, pub u16);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Which process reads: from Airflow 3 on, servers use the core class and task workers the Task
/// SDK's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Scheduler, API server, CLI: `airflow.models.Connection`.
    Server,
    /// A task: `airflow.sdk.Connection`. Before Airflow 3 the same as the server.
    Worker,
}

/// The numbers at the beginning of a text, with points between them and at most three, and what
/// follows: of `2.11.0rc1` 2, 11, 0 and `rc1`.
pub fn numbers(text: &str) -> Option<(Vec<u16>, &str)> {
    let mut numbers = Vec::new();
    let mut rest = text;
    while numbers.len() < 3 {
        let digits = if numbers.is_empty() { Some(rest) } else { rest.strip_prefix('.') };
        let Some(digits) = digits.filter(|d| d.starts_with(|c: char| c.is_ascii_digit())) else {
            break;
        };
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        numbers.push(digits[..end].parse().ok()?);
        rest = &digits[end..];
    }
    (!numbers.is_empty()).then_some((numbers, rest))
}

impl Version {
    /// What is not given is 0.
    pub fn of(numbers: &[u16]) -> Version {
        let number = |at: usize| numbers.get(at).copied().unwrap_or(0);
        Version(number(0), number(1), number(2))
    }

    /// A release in numbers alone, such as `9`, `9.39` or `9.39.0`; a fourth number counts for
    /// nothing.
    pub fn of_release(text: &str) -> Option<Version> {
        let (given, mut rest) = numbers(text)?;
        while let Some((_, behind)) = rest.strip_prefix('.').and_then(numbers) {
            rest = behind;
        }
        rest.is_empty().then(|| Version::of(&given))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_something_else_begins() {
        for (text, expected) in [
            ("3", Some((&[3][..], ""))),
            ("2.10", Some((&[2, 10], ""))),
            ("2.11.0-python3.12", Some((&[2, 11, 0], "-python3.12"))),
            ("2.11.0rc1", Some((&[2, 11, 0], "rc1"))),
            ("2.0.1.4", Some((&[2, 0, 1], ".4"))),
            ("2.", Some((&[2], "."))),
            ("2.x", Some((&[2], ".x"))),
            ("latest", None),
            ("", None),
            (".1", None),
            ("70000", None),
        ] {
            let found = numbers(text);
            let found = found.as_ref().map(|(numbers, rest)| (&numbers[..], *rest));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn releases_are_numbers() {
        for (text, expected) in [
            ("9", Some(Version(9, 0, 0))),
            ("9.39", Some(Version(9, 39, 0))),
            ("9.39.0", Some(Version(9, 39, 0))),
            ("9.39.1.2", Some(Version(9, 39, 1))),
            ("9.39.0rc1", None),
            ("9..1", None),
            ("9.", None),
            ("9.39.1.", None),
            ("9.39.0.x", None),
            ("new", None),
        ] {
            assert_eq!(Version::of_release(text), expected, "{text}");
        }
    }
}
