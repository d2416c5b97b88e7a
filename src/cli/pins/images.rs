//! Which Airflow is in an image, by its name and tag.

use crate::airflow::version::numbers;

/// Reads the Airflow out of a tag.
type OfTag = fn(&str) -> Option<String>;

/// Images by the end of their names.
const IMAGES: &[(&str, OfTag)] = &[
    ("apache/airflow", plain),
    ("puckel/docker-airflow", plain),
    ("bitnami/airflow", plain),
    ("bitnami/airflow-scheduler", plain),
    ("bitnami/airflow-worker", plain),
    ("bitnamilegacy/airflow", plain),
    ("bitnamilegacy/airflow-scheduler", plain),
    ("bitnamilegacy/airflow-worker", plain),
    // Astronomer Certified, whose tags have the version of Airflow ahead.
    ("ap-airflow", plain),
    ("astro-runtime", of_astro),
    ("runtime", of_astro),
    ("amazon/mwaa-local", |tag| plain(&tag.replace('_', "."))),
];

/// The Airflow in an image such as `quay.io/x/apache/airflow:slim-2.10.5-python3.12@sha256:…`.
pub(in crate::cli) fn airflow_of(image: &str) -> Option<String> {
    let (name, tag) = image.split('@').next()?.rsplit_once(':')?;
    let called = |end: &str| {
        let before = name.strip_suffix(end);
        before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    let (end, of_tag) = IMAGES.iter().find(|(end, _)| called(end))?;
    // Others have runtimes, too.
    if *end == "runtime" && !name.contains("astro") {
        return None;
    }
    of_tag(tag)
}

/// Whether an image of this name has Airflow in the numbers of its tag.
pub(super) fn is_plain(name: &str) -> bool {
    airflow_of(&format!("{name}:2.0.0")).is_some_and(|version| version == "2.0.0")
}

/// The numbers at the beginning of a text: `2.11.0` of `2.11.0-python3.12` and of `2.11.0rc1`.
pub(super) fn version_of(text: &str) -> Option<String> {
    let (numbers, _) = numbers(text)?;
    let numbers: Vec<String> = numbers.iter().map(u16::to_string).collect();
    Some(numbers.join("."))
}

/// Of what has at least major and minor, and these of an Airflow.
pub(super) fn airflow_version_of(text: &str) -> Option<String> {
    let version = version_of(text)?;
    let (numbers, _) = numbers(&version)?;
    let known = match *numbers {
        [1, minor, ..] => (7..=10).contains(&minor),
        [2, minor, ..] => minor <= 11,
        [3, ..] => numbers.len() > 1,
        _ => false,
    };
    known.then_some(version)
}

fn plain(tag: &str) -> Option<String> {
    airflow_version_of(tag.trim_start_matches("slim-"))
}

/// The Airflow in each major version of Astro Runtime, whose numbers are those of Airflow from 3.0
/// on. 4 to 11: the table of parity in astronomer/docs, astro/runtime-image-architecture.mdx; 12
/// and 13: 12.1.0 with 2.10.3 and 13.9.0 with 2.11.2 in the answers of the version service that the
/// tests of astronomer/astro-cli keep.
const ASTRO_RUNTIMES: &[(u16, &str)] = &[
    (4, "2.2"),
    (5, "2.3"),
    (6, "2.4"),
    (7, "2.5"),
    (8, "2.6"),
    (9, "2.7"),
    (10, "2.8"),
    (11, "2.9"),
    (12, "2.10"),
    (13, "2.11"),
];

fn of_astro(tag: &str) -> Option<String> {
    let version = version_of(tag)?;
    let major: u16 = version.split('.').next()?.parse().ok()?;
    let listed = ASTRO_RUNTIMES.iter().find(|(runtime, _)| *runtime == major);
    // Numbers of Airflow 3 go on with `-2`, so that 14 would be a version of nothing known.
    let own = || airflow_version_of(&version).filter(|_| major == 3);
    listed.map(|(_, airflow)| airflow.to_string()).or_else(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_have_an_airflow() {
        for (image, want) in [
            ("apache/airflow:2.11.0-python3.12", Some("2.11.0")),
            ("docker.example.com/apache/airflow:slim-3.1.8", Some("3.1.8")),
            ("apache/airflow:3.1.0@sha256:0f1e", Some("3.1.0")),
            ("apache/airflow:latest", None),
            ("apache/airflow:latest-python3.11", None),
            ("apache/airflow", None),
            ("localhost:5000/apache/airflow", None),
            ("example/apache-airflow:2.0.0", None),
            ("my-apache/airflow:2.0.0", None),
            ("puckel/docker-airflow:1.10.9", Some("1.10.9")),
            ("docker.io/bitnami/airflow:2.9.3-debian-12-r0", Some("2.9.3")),
            ("bitnami/airflow-worker:2", None),
            ("quay.example.com/astronomer/ap-airflow:2.2.3-2-buster-onbuild", Some("2.2.3")),
            ("images.example.com/astronomer/astro-runtime:12.7.1", Some("2.10")),
            ("quay.example.com/astronomer/astro-runtime:4.2.0-base", Some("2.2")),
            ("quay.example.com/astronomer/astro-runtime:99.0.0", None),
            ("astro.example.com/runtime:3.1-2-base", Some("3.1")),
            ("astro.example.com/runtime:13.1.0", Some("2.11")),
            ("dotnet.example.com/runtime:3.1", None),
            ("amazon/mwaa-local:2_8", Some("2.8")),
            ("amazon/mwaa-local:2.0.2", Some("2.0.2")),
        ] {
            assert_eq!(airflow_of(image).as_deref(), want, "{image}");
        }
        assert!(is_plain("apache/airflow") && !is_plain("astronomer/astro-runtime"));
        assert!(!is_plain("example/dags"));
    }

    #[test]
    fn versions_of_airflow_are_told_from_others() {
        for (text, want) in [
            ("2.10.5", Some("2.10.5")),
            ("2.9", Some("2.9")),
            ("1.10.15", Some("1.10.15")),
            ("3.3.2rc1", Some("3.3.2")),
            ("1.0.3", None),
            ("2.37.0", None),
            ("7.8", None),
            ("2", None),
            ("v", None),
        ] {
            assert_eq!(airflow_version_of(text).as_deref(), want, "{text}");
        }
    }
}
