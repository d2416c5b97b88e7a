//! AC511: a serverless connection lacks something, or asks for what it cannot do.

use crate::check::rules::diagnosis::Diagnosis;
use crate::check::rules::parameter::refused;
use crate::check::rules::subject::Subject;
use crate::check::{About, Fix, Level, Rule, Safety};
use crate::hooks::{HostKind, ParameterFault, read_host};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC511",
    name: "serverless-incomplete",
    level: Level::Error,
    page: include_str!("ac511_serverless_incomplete.md"),
    about: About::Parts,
    checks: &[],
};

/// The hook does not take it from the host.
pub fn no_workgroup() -> Diagnosis {
    RULE.error("`is_serverless` without `serverless_work_group`: the host is not looked at for it")
        .help("add `serverless_work_group`")
        .repair(|subject, _| workgroup_of_host(subject))
}

/// Nor does the driver know whom to ask for the host.
pub fn no_host() -> Diagnosis {
    RULE.error("the driver has no workgroup to ask for the host")
        .help("give the host of the workgroup")
}

/// Only clusters have it.
pub fn group_federation() -> Diagnosis {
    RULE.error("`group_federation` does not go with serverless").help("remove one of the two")
}

/// What AWS is asked with.
pub fn parameter(operation: &str, parameter: &str, fault: ParameterFault) -> Diagnosis {
    let refused = refused(&RULE, operation, parameter, fault);
    match (parameter, fault) {
        ("dbName", ParameterFault::Missing) => {
            refused.repair(|subject, _| subject.field_from_extra("/schema", "database"))
        }
        ("workgroupName", ParameterFault::Missing) => {
            refused.repair(|subject, _| workgroup_of_host(subject))
        }
        ("durationSeconds", fault) if fault != ParameterFault::Missing => {
            refused.repair(|subject, _| {
                subject.remove(Safety::Safe, "/extra/serverless_token_duration_seconds")
            })
        }
        _ => refused,
    }
}

fn workgroup_of_host(subject: &Subject<'_, '_>) -> Option<Fix> {
    let HostKind::Serverless { workgroup: Some(workgroup), .. } = read_host(subject.host()?) else {
        return None;
    };
    subject.set(Safety::Safe, "/extra/serverless_work_group", Value::text(workgroup))
}
