//! Connection types as data: a file each, `TYPE.json`, and one evaluator for all of them.
//!
//! README.md has the language of the files. A file is parsed when the first connection of its type
//! is met.

pub(crate) mod definition;
mod evaluation;
pub(crate) mod fault;
mod kind;
mod pem;
mod predicate;
mod resolution;
mod shape;
pub(crate) mod unread;

use std::sync::OnceLock;

use definition::Type;
pub(crate) use resolution::resolve;

/// The data file of a type.
pub struct Data {
    text: &'static str,
    parsed: OnceLock<Type>,
}

impl Data {
    /// Of this text, which is not looked at yet.
    pub(super) const fn new(text: &'static str) -> Data {
        Data { text, parsed: OnceLock::new() }
    }

    /// What the file says.
    pub(crate) fn read(&'static self) -> &'static Type {
        self.parsed.get_or_init(|| Type::parse(self.text).expect("a data file of ours: tested"))
    }
}

/// The line of a type whose facts stand in `types/TYPE.json`.
macro_rules! data {
    ($conn_type:literal) => {{
        static DATA: types::Data = types::Data::new(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src/hooks/types/",
            $conn_type,
            ".json"
        )));
        static HOOK: Hook = Hook {
            conn_type: $conn_type,
            packages: &[],
            modes: || DATA.read().modes(),
            resolve: |connection, _, scene| types::resolve(DATA.read(), connection, scene),
            aws: Aws::Never,
            takes: |_, _| false,
            driver: None,
            probe: None,
            misread: "AirflowException",
            data: Some(&DATA),
        };
        &HOOK
    }};
}
pub(super) use data;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::hooks::{HOOKS, of_type};

    #[test]
    fn every_data_file_is_read_and_says_what_it_is() {
        let mut names = BTreeSet::new();
        for hook in HOOKS {
            let Some(data) = hook.data else { continue };
            let facts = data.read();
            assert_eq!(facts.conn_type, hook.conn_type);
            assert!(of_type(hook.conn_type).is_some_and(|found| found.data.is_some()));
            assert!(facts.ways.last().is_some_and(|way| way.taken.starts_with("none of")));
            let known = facts.extras.keys().chain(&facts.arguments);
            names.extend(known.chain(facts.misnamed.keys()).chain(facts.gone.keys()).cloned());
            for rule in &facts.rules {
                let (conn_type, name) = rule.name.split_once('/').expect("TYPE/NAME");
                assert_eq!(conn_type, hook.conn_type, "{}", rule.name);
                // `explain` takes both.
                assert!(facts.way(name).is_none(), "{} is a mode, too", rule.name);
                assert!(!rule.message.is_empty() && !rule.help.is_empty(), "{}", rule.name);
            }
        }
        let listed = include_str!("../../catalog/extra_names.txt");
        assert!(names.iter().map(String::as_str).eq(listed.lines()), "write extra_names.txt anew");
    }
}
