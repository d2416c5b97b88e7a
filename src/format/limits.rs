//! What each format cannot hold: the reasons for which its writer refuses a connection, and the
//! fields that do not come back from it.
//!
//! Pages list these, and a test holds every refusal against them. In a reason `…` stands for what
//! differs from one connection to another.

/// What a format cannot hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Why its writer refuses connections.
    pub refuses: &'static [&'static str],
    /// Fields that its reader takes in another way, or not at all: names of fields, `id` for the
    /// id. What a URI does not give back is listed at `uri` alone.
    pub loses: &'static [&'static str],
}

impl Limits {
    /// The reason that a message of the writer gives.
    pub fn reason(&self, message: &str) -> Option<&'static str> {
        self.refuses.iter().copied().find(|reason| fits(reason, message))
    }
}

fn fits(reason: &str, message: &str) -> bool {
    let mut pieces = reason.split('…');
    let Some(mut rest) = pieces.next().and_then(|first| message.strip_prefix(first)) else {
        return false;
    };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    reason.ends_with('…') || rest.is_empty()
}

pub(super) const NO_ID: &str = "it has no id, which this format needs; name it with --conn-id";
pub(super) const AS_TEXT: &str = "Airflow … cannot write it as …";
pub(super) const FIELD_TYPE: &str =
    "its … is of a type that this format cannot hold; write it as text (port: as a whole number)";

const NO_EXPORT: &str = "Airflow … has no such export";
const CANNOT_EXPORT: &str = "Airflow … cannot export it …";
const ID_REFUSED: &str = "Airflow … would not keep its id; run `airconn check` for the reason";
/// What Airflow's own exports cannot hold.
pub(super) const EXPORT: Limits =
    Limits { refuses: &[NO_ID, NO_EXPORT, CANNOT_EXPORT, ID_REFUSED], loses: &[] };

pub(super) const VARIABLE_NAME: &str = "its id cannot be the name of a variable in a shell \
                                        (letters, digits and `_`); rename it or use another format";
pub(super) const VARIABLE_TWICE: &str = "its id in upper case is that of connection …";
pub(super) const VARIABLE_NUL: &str = "… holds a NUL, which no variable can";
pub(super) const ARGUMENT_NUL: &str = "… holds a NUL, which no argument of a command can";
/// What variables of an environment cannot hold; their names are in upper case.
pub(super) const VARIABLES: Limits = Limits {
    refuses: &[NO_ID, AS_TEXT, VARIABLE_NAME, VARIABLE_TWICE, VARIABLE_NUL],
    loses: &["id"],
};

pub(super) const OTHER_TYPE: &str =
    "this format is for connections of the types redshift and postgres";
pub(super) const FAILS: &str = "Airflow itself fails on it; run `airconn check` for the reason";
pub(super) const TEMPORARY: &str = "Airflow's hook fetches a temporary user and password for it \
                                    from AWS each time: there are none to write";
pub(super) const NO_PLACE: &str = "this format has no place for …";
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_recognised() {
        for (message, reason) in [
            (NO_ID, Some(NO_ID)),
            ("Airflow 3.3.2/server cannot write it as a URI (ValueError)", Some(AS_TEXT)),
            (
                "its id in upper case is that of connection 1 of the input: one variable would \
                 overwrite the other",
                Some(VARIABLE_TWICE),
            ),
            (
                "its port is of a type that this format cannot hold; write it as text (port: as a \
                 whole number)",
                None,
            ),
            ("it has no id", None),
        ] {
            assert_eq!(VARIABLES.reason(message), reason, "{message}");
        }
        assert!(fits(
            FIELD_TYPE,
            "its port is of a type that this format cannot hold; write it as text (port: as a \
             whole number)"
        ));
    }
}
