//! `--conn-id`: an id that is asked for and that nobody has ends the run.

use std::collections::BTreeSet;

use super::{Trouble, suggest};
use crate::format::Document;
use crate::privacy::{public_id, shown_id};

/// The ids that the input has.
#[derive(Default)]
pub(super) struct Known {
    all: BTreeSet<String>,
    /// Those that may be shown.
    shown: BTreeSet<String>,
}

impl Known {
    /// An id, and what of it may be shown.
    pub(super) fn add(&mut self, id: Option<&str>, shown: Option<&str>) {
        self.all.extend(id.map(str::to_string));
        self.shown.extend(shown.map(str::to_string));
    }

    /// Those of a text, also of connections to which it only refers.
    pub(super) fn learn(&mut self, document: &Document<'_>) {
        for entry in &document.entries {
            self.add(entry.conn_id.as_deref(), shown_id(entry).as_deref());
        }
        for id in document.elsewhere().filter_map(|remark| remark.conn_id.as_deref()) {
            self.add(Some(id), public_id(id).as_deref());
        }
    }

    /// Whether no connection has an id.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// An error about the first of these ids that nobody has, with the one that may be meant.
    pub(super) fn require(&self, ids: &[String]) -> Result<(), Trouble> {
        let Some(missing) = ids.iter().find(|id| !self.all.contains(*id)) else { return Ok(()) };
        let names = self.shown.iter().map(String::as_str);
        Err(Trouble::new(match public_id(missing) {
            Some(id) => {
                let meant = suggest::tail(&id, names);
                format!("there is no connection `{id}` in the input{meant}")
            }
            None => "there is no connection in the input with this id of --conn-id".to_string(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_nobody_is_told_with_the_one_that_is_meant() {
        let mut known = Known::default();
        known.add(Some("snowflake_dwh"), Some("snowflake_dwh"));
        known.add(Some("AKIAIOSFODNN7EXAMPLE"), None);
        let meant = "there is no connection `snowflake_dhw` in the input; did you mean \
                     `snowflake_dwh`?";
        for (asked, want) in [
            ("snowflake_dwh", None),
            ("snowflake_dhw", Some(meant)),
            ("zebra", Some("there is no connection `zebra` in the input")),
            ("AKIAIOSFODNN7EXAMPLE", None),
            (
                "redshift://etl:pw@h/d",
                Some("there is no connection in the input with this id of --conn-id"),
            ),
        ] {
            let got = known.require(&[asked.to_string()]).err().map(|trouble| trouble.message);
            assert_eq!(got.as_deref(), want, "{asked}");
        }
    }
}
