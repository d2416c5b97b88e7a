//! What texts look like that people give as names, and those that are made by chance: keys, tokens,
//! lines of base64.

use super::chance::{LONGEST_WORD, is_scrambled};
use super::shapes::shape;

/// A login that stands alone is shown only if it is a plain word: a password may stand in its
/// place.
pub(crate) fn is_plain_word(text: &str) -> bool {
    let mixed = text.contains(|c: char| c.is_ascii_digit()) && text.contains(char::is_uppercase);
    text.chars().count() < LONGEST_WORD
        && text.contains(char::is_alphabetic)
        && !mixed
        && !is_scrambled(text)
        && shape(text).is_none()
}

/// An email address, as plain as its parts.
pub(crate) fn is_address(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    };
    let labels = domain.split('.').count();
    !name.is_empty()
        && text.len() <= 100
        && name.chars().all(fits)
        && !is_scrambled(name)
        && (2..=5).contains(&labels)
        && domain.split('.').all(label)
}

/// A GUID, such as the id of an application of Azure: no secret where one stands beside it.
pub(crate) fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// The id of an access key of AWS, of a user (`AKIA`) or of a role (`ASIA`): AWS says that it is no
/// secret.
pub(crate) fn is_key_id(text: &str) -> bool {
    text.len() == KEY_ID
        && (text.starts_with("AKIA") || text.starts_with("ASIA"))
        && text.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'2'..=b'7'))
}

/// How long the id of an access key is.
pub(crate) const KEY_ID: usize = 20;

/// How long the secret of an access key is.
const SECRET_KEY: usize = 40;

/// What only the secret of an access key of AWS looks like: 40 digits of base64, all three kinds
/// among them.
pub(crate) fn is_secret_key(text: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| text.bytes().any(|b| kind(&b));
    text.len() == SECRET_KEY
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && (has(u8::is_ascii_digit) || text.contains(['+', '/']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_what_came_by_chance() {
        for (text, scrambled, plain) in [
            ("etl_user", false, true),
            ("airflow", false, true),
            ("svc-redshift-prod", false, true),
            ("awsuser", false, true),
            ("IAM:etl", false, true),
            ("teamB2etl", false, false),
            ("etl2024", false, true),
            ("EtlUser", false, true),
            ("SVC_PROD", false, true),
            ("SVC_PROD1", false, false),
            ("a-very-long-name-of-a-service", false, false),
            ("redshift-cluster-1", false, true),
            ("examplecluster", false, true),
            ("AnalyticsProdDb2024", false, false),
            ("ip-10-0-0-12", false, true),
            ("123456789012", false, false),
            ("my_conn_v2_2024_eu1", false, true),
            ("etlZq7canary9XwLk2vBn5", true, false),
            ("Zq7canary9XwLk2", true, false),
            ("zq7canary9xwlk2", true, false),
            ("0f1e2d3c4b5a69788796a5b4c3d2e1f0", true, false),
            ("wJalrXUtnFEMIaK7MDENGabPxRfiCYQZ7canary9", true, false),
            ("ABCDEFq7canary9XwLk2vBn5Hd4sparrow8VtMj5Q2w", true, false),
            ("xoxb-12345-Zq7canary9XwLk2", true, false),
        ] {
            assert_eq!((is_scrambled(text), is_plain_word(text)), (scrambled, plain), "{text}");
        }
    }

    #[test]
    fn keys_of_aws() {
        for (text, id, secret) in [
            ("AKIAIOSFODNN7EXAMPLE", true, false),
            ("ASIAKELPTIDE2345WAVE", true, false),
            ("AKIAIOSFODNN7EXAMPL", false, false),
            ("AKIAIOSFODNN8EXAMPLE", false, false),
            ("akiaiosfodnn7example", false, false),
            ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", false, true),
            ("wJalrXUtnFEMIaK7MDENGabPxRfiCYQZ7canary9", false, true),
            ("0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c", false, false),
        ] {
            assert_eq!((is_key_id(text), is_secret_key(text)), (id, secret), "{text}");
        }
    }

    #[test]
    fn addresses_are_plain() {
        for (text, want) in [
            ("jane.doe@example.com", true),
            ("svc-etl@my-project.iam.example.com", true),
            ("jane@example", false),
            ("jane@Zq7canary9.example", false),
            ("jane@a@example.com", false),
            ("Zq7canary9XwLk2@example.com", false),
        ] {
            assert_eq!(is_address(text), want, "{text}");
        }
    }
}
