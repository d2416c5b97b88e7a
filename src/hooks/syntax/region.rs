//! The regions of AWS, as botocore knows them, and the suffixes of its endpoints.

/// Regions that botocore 1.44.5 knows, by partition.
pub static REGIONS: &[(&str, &[&str])] = &[
    (
        "aws",
        &[
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "mx-central-1",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
    ),
    ("aws-cn", &["cn-north-1", "cn-northwest-1"]),
    ("aws-us-gov", &["us-gov-east-1", "us-gov-west-1"]),
    ("aws-iso", &["us-iso-east-1", "us-iso-west-1"]),
    ("aws-iso-b", &["us-isob-east-1", "us-isob-west-1"]),
    ("aws-iso-e", &["eu-isoe-west-1"]),
    ("aws-iso-f", &["us-isof-east-1", "us-isof-south-1"]),
    ("aws-eusc", &["eusc-de-east-1"]),
];

/// Suffixes of AWS endpoints.
pub static SUFFIXES: &[&str] = &[
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
];

/// A known region.
pub fn is_known_region(region: &str) -> bool {
    partition(region).is_some()
}

/// The partition of a known region.
pub fn partition(region: &str) -> Option<&'static str> {
    REGIONS.iter().find(|(_, names)| names.contains(&region)).map(|(partition, _)| *partition)
}

/// The form of a region, known or not: what botocore's partitions match.
pub fn is_region(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    let word = |p: &str| !p.is_empty() && p.chars().all(|c| c.is_ascii_lowercase());
    let number = |p: &str| !p.is_empty() && p.chars().all(|c| c.is_ascii_digit());
    match parts.as_slice() {
        ["us" | "eu" | "ap" | "sa" | "ca" | "me" | "af" | "il" | "mx" | "cn", place, n] => {
            word(place) && number(n)
        }
        ["us", "gov" | "iso" | "isob" | "isof", place, n]
        | ["eu", "isoe", place, n]
        | ["eusc", "de", place, n] => word(place) && number(n),
        _ => false,
    }
}

/// What botocore takes for a region: a host label, `^(?![0-9]+$)(?!-)[a-zA-Z0-9-]{,63}(?<!-)$` (one
/// newline may follow).
pub fn is_region_label(region: &str) -> bool {
    let region = region.strip_suffix('\n').unwrap_or(region);
    region.len() <= 63
        && region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !region.starts_with('-')
        && !region.ends_with('-')
        && (region.is_empty() || !region.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use super::*;

    #[test]
    fn regions() {
        assert_eq!(REGIONS.iter().map(|(_, names)| names.len()).sum::<usize>(), 46);
        assert!(
            REGIONS
                .iter()
                .all(|(_, names)| names.iter().all(|r| is_region(r) && is_region_label(r)))
        );
        table(
            is_region,
            &[
                "us-east-1",
                "us-nowhere-9",
                "us-gov-west-1",
                "cn-north-1",
                "eusc-de-east-1",
                "me-west-1",
                "us-iso-east-1",
                "us-isob-west-1",
                "eu-isoe-west-1",
                "us-isof-south-1",
                "ap-southeast-7",
                "mx-central-1",
            ],
            &[
                "",
                "us_east_1",
                "US-EAST-1",
                "us-east-1a",
                "us-east",
                "useast1",
                "<your-region>",
                "us-east-1 ",
                "n",
                "aws-global",
            ],
        );
        table(
            is_region_label,
            &["", "us-nowhere-9", "US-EAST-1", "n", "us-east-1a"],
            &["us_east_1", "<r>", "-x", "x-", "12", "us east", " us-east-1"],
        );
        assert_eq!(partition("us-gov-east-1"), Some("aws-us-gov"));
        assert!(!is_known_region("us-nowhere-9"));
    }
}
