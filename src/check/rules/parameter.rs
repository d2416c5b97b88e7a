//! Parameters of AWS operations, as botocore checks them before a call: several rules say what is
//! wrong with one, each for its own.

use super::diagnosis::Diagnosis;
use crate::check::Rule;
use crate::hooks::ParameterFault;

/// What a rule says of a parameter that is refused. The way out names the field or extra behind it.
pub fn refused(
    rule: &'static Rule,
    operation: &str,
    parameter: &str,
    fault: ParameterFault,
) -> Diagnosis {
    let what = match fault {
        ParameterFault::Missing => "is empty",
        ParameterFault::Type => "is of a wrong type",
        ParameterFault::TooSmall => "is too short or too small",
        ParameterFault::Unknown => "is not known",
    };
    let help = match parameter {
        "DbUser" => "give the database user as login",
        "DbName" | "dbName" => "give the database as schema",
        "workgroupName" => "give the workgroup as the extra `serverless_work_group`",
        "durationSeconds" => "drop the extra `serverless_token_duration_seconds`",
        _ => "correct the marked value",
    };
    rule.error(format!("{operation} is refused, its parameter {parameter} {what}")).help(help)
}
