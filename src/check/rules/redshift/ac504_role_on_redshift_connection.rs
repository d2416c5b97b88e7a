//! AC504: a role is named on a redshift connection, where nothing assumes it.

use crate::check::rules::diagnosis::Said;
use crate::check::rules::repairs::extra_of;
use crate::check::rules::subject::Subject;
use crate::check::{About, Change, Check, Fix, Level, Rule};
use crate::hooks::Client;
use crate::hooks::syntax;
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC504",
    name: "role-on-redshift-connection",
    level: Level::Error,
    page: include_str!("ac504_role_on_redshift_connection.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    if !subject.is_for(Client::RedshiftConnector) || !subject.extras.truthy("role_arn") {
        return;
    }
    let message = "nothing assumes a role that is named on a redshift connection";
    // It is the reason why nothing else logs in either.
    let role = if subject.fails { RULE.error(message) } else { RULE.warning(message) };
    said.extra(
        "role_arn",
        role.help(
            "put `role_arn` and `region_name` on the AWS connection (aws_default) and \
             {\"iam\": \"true\"}, as a string, here",
        )
        .repair(|subject, _| move_to_aws(subject)),
    );
}

/// Moves `role_arn` and `region_name` to the AWS connection, and lets the hook alone ask for
/// credentials: as that role.
pub fn move_to_aws(subject: &Subject<'_, '_>) -> Option<Fix> {
    let case = subject.case;
    let role = case.extra_value("role_arn")?.clone();
    let aws = subject.aws();
    if !role.as_str().is_some_and(syntax::is_role_arn)
        || case.entry.conn_id.is_none()
        || aws.as_ref().is_some_and(|aws| aws.apart)
    {
        return None;
    }
    let region = subject.known_region();
    let mut changes = vec![Change::Remove("/extra/role_arn".to_string())];
    if case.extra_value("region_name").is_some() {
        changes.push(Change::Remove("/extra/region_name".to_string()));
    }
    match case.extra_value("iam") {
        None | Some(Value::Bool(_)) => {
            changes.push(Change::Set("/extra/iam".to_string(), Value::text("true")))
        }
        Some(_) => {}
    }
    match &aws {
        Some(aws) => {
            let extra = aws.case.connection().and_then(extra_of);
            let has =
                |key: &str| extra.is_some_and(|d| d.get(key).is_some_and(|n| n.value.truthy()));
            if has("role_arn") {
                return None;
            }
            changes.push(Change::SetIn(aws.index, "/extra/role_arn".to_string(), role));
            if let Some(region) = region.filter(|_| !has("region_name")) {
                let at = "/extra/region_name".to_string();
                changes.push(Change::SetIn(aws.index, at, Value::text(region)));
            }
        }
        None => {
            let region = region.map(|region| ("region_name", Value::text(region)));
            changes.push(subject.added_aws(std::iter::once(("role_arn", role)).chain(region))?);
        }
    }
    Some(subject.across(changes))
}
