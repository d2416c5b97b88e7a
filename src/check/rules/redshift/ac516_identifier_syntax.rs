//! AC516: a name breaks the rules that AWS has for it.

use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::parameter::refused;
use crate::check::rules::subject::{Iam, Subject};
use crate::check::{About, Check, Level, Rule};
use crate::hooks::postgres::modes;
use crate::hooks::{ParameterFault, Place, int, syntax};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC516",
    name: "identifier-syntax",
    level: Level::Error,
    page: include_str!("ac516_identifier_syntax.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

/// What a name is to be, and whether it is that.
type Kind = (&'static str, fn(&str) -> bool);

const CLUSTER: Kind = (
    "a cluster identifier (1 to 63 of a-z, 0-9 and -, beginning with a letter)",
    syntax::is_cluster,
);
const WORKGROUP: Kind = ("a workgroup name (3 to 64 of a-z, 0-9 and -)", syntax::is_workgroup);
const DB_USER: Kind = ("a database user", syntax::is_db_user);
const DB_NAME: Kind = ("a database name", syntax::is_db_user);
const DB_GROUP: Kind = ("a database group", syntax::is_db_group);
const ROLE: Kind =
    ("the ARN of an IAM role (arn:aws:iam::123456789012:role/NAME)", syntax::is_role_arn);
const REGION: Kind = ("a region such as eu-west-1", syntax::is_region);

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let extras = subject.extras;
    let mut extra = |kind: Kind, key: &str| judge(kind, extras.text(key), Place::extra(key), said);
    let mode = subject.resolution.mode;
    if mode == &modes::REDSHIFT {
        extra(CLUSTER, "cluster-identifier");
    } else if mode == &modes::SERVERLESS {
        extra(WORKGROUP, "workgroup-name");
    } else if subject.is_aws() {
        extra(ROLE, "role_arn");
        extra(REGION, "region_name");
    }
    let Some(iam) = subject.iam() else { return };
    extra(ROLE, "role_arn");
    if iam.hook || iam.driver {
        extra(REGION, "region");
        of_iam(subject, &iam, said);
    }
    let (port, place) = match extras.get("port") {
        Value::Null => (&subject.connection.port, Place::here("/port")),
        port => (port, Place::extra("port")),
    };
    if int(port).is_some_and(|n| n != 0 && !syntax::is_port(n)) {
        said.at(place, is_not("a port"));
    }
}

/// What AWS is asked for.
fn of_iam(subject: &Subject<'_, '_>, iam: &Iam, said: &mut Said) {
    let (extras, connection) = (subject.extras, subject.connection);
    let mut extra = |kind: Kind, key: &str| judge(kind, extras.text(key), Place::extra(key), said);
    if extras.truthy("is_serverless") {
        extra(WORKGROUP, "serverless_work_group");
    } else {
        extra(CLUSTER, "cluster_identifier");
        if iam.driver {
            extra(DB_USER, "db_user");
        }
        if iam.hook {
            judge(DB_USER, connection.login.as_str(), Place::here("/login"), said);
        }
        judge(DB_NAME, connection.schema.as_str(), Place::here("/schema"), said);
    }
    if let Value::List(groups) = extras.get("db_groups") {
        for (i, group) in groups.iter().enumerate() {
            let place = Place::extra("db_groups").below(&i.to_string());
            judge(DB_GROUP, group.value.as_str(), place, said);
        }
    }
}

fn judge((what, good): Kind, value: Option<&str>, place: Place, said: &mut Said) {
    if value.is_some_and(|value| !value.is_empty() && !good(value)) {
        said.at(place, is_not(what));
    }
}

fn is_not(what: &str) -> Diagnosis {
    RULE.warning(format!("this is not {what}")).help("correct the marked value")
}

/// boto3 refuses it.
pub fn too_small(operation: &str, parameter: &str) -> Diagnosis {
    refused(&RULE, operation, parameter, ParameterFault::TooSmall)
}
