//! AC512: a host of Redshift Serverless with the settings of a cluster, or the reverse.

use crate::check::rules::diagnosis::Said;
use crate::check::rules::subject::Subject;
use crate::check::{About, Change, Check, Fix, Level, Rule, Safety};
use crate::hooks::{HostKind, Place, read_host, syntax};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC512",
    name: "serverless-host-without-serverless",
    level: Level::Warning,
    page: include_str!("ac512_serverless_host_without_serverless.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let Some(iam) = subject.iam() else { return };
    let extras = subject.extras;
    let (host, place) = match extras.text("host") {
        Some(host) => (host, Place::extra("host")),
        None => (subject.connection.host.as_str().unwrap_or_default(), Place::here("/host")),
    };
    let serverless = extras.truthy("is_serverless");
    match syntax::host(host) {
        syntax::Host::Serverless if (iam.hook || iam.driver) && !serverless => said.at(
            place,
            RULE.warning(
                "the host is that of a serverless workgroup, the settings are for a provisioned \
                 cluster",
            )
            .help("add `is_serverless: true` and `serverless_work_group`")
            .repair(make_serverless),
        ),
        syntax::Host::Provisioned if serverless || extras.truthy("serverless_work_group") => said
            .at(
                place,
                RULE.warning(
                    "the host is that of a provisioned cluster, the settings are for serverless",
                )
                .help("remove `is_serverless`, or correct the host"),
            ),
        _ => {}
    }
}

fn make_serverless(subject: &Subject<'_, '_>, host: &Place) -> Option<Fix> {
    let HostKind::Serverless { workgroup: Some(workgroup), .. } = read_host(subject.host()?) else {
        return None;
    };
    if host.pointer != "/host" {
        return None;
    }
    let mut changes = vec![Change::Set("/extra/is_serverless".to_string(), Value::Bool(true))];
    if subject.case.extra_value("serverless_work_group").is_none() {
        let at = "/extra/serverless_work_group".to_string();
        changes.push(Change::Set(at, Value::text(workgroup)));
    }
    subject.case.fix(Safety::Unsafe, changes)
}
