//! AC509: IAM without the user or the database that the hook asks for.

use crate::check::rules::diagnosis::Diagnosis;
use crate::check::rules::parameter::refused;
use crate::check::{About, Level, Rule};
use crate::hooks::ParameterFault;

pub static RULE: Rule = Rule {
    id: "AC509",
    name: "schema-means-database",
    level: Level::Error,
    page: include_str!("ac509_schema_means_database.md"),
    about: About::Parts,
    checks: &[],
};

/// AWS is asked for a user or a database that is null.
pub fn missing(operation: &str, parameter: &str) -> Diagnosis {
    let (field, extra) =
        if parameter == "DbUser" { ("/login", "db_user") } else { ("/schema", "database") };
    refused(&RULE, operation, parameter, ParameterFault::Missing)
        .repair(move |subject, _| subject.field_from_extra(field, extra))
}

/// Nobody names the database.
pub fn of_user() -> Diagnosis {
    RULE.warning(
        "no database is given: the server takes the one that is named like the user, if there is \
         one",
    )
    .help("give the database as schema")
}
