//! AC605: the AWS connection behind a log-in is missing, or of another type.

use crate::check::rules::diagnosis::Said;
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Fix, Level, Rule};
use crate::hooks::Reference;
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC605",
    name: "referenced-connection-missing",
    level: Level::Warning,
    page: include_str!("ac605_referenced_connection_missing.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    match &subject.resolution.reference {
        Some(Reference::Missing(_)) if subject.aws_is_elsewhere() => {}
        // A connection without an id stands by itself: there is no set that could hold the other
        // one.
        Some(Reference::Missing(place)) if subject.case.entry.conn_id.is_some() => said.at(
            place.clone(),
            RULE.warning("the AWS connection that the hook uses is not among these connections")
                .help("check it together with this one, or make sure that Airflow has it")
                .repair(|subject, _| add(subject)),
        ),
        Some(Reference::OtherType(place)) => said.at(
            place.clone(),
            RULE.warning("the connection that is used for AWS has another type")
                .help("make it one of type aws"),
        ),
        _ => {}
    }
}

/// An AWS connection with what this one says about it.
fn add(subject: &Subject<'_, '_>) -> Option<Fix> {
    let region = ("region_name", Value::text(subject.known_region()?));
    let profile =
        subject.case.extra_value("profile").filter(|p| p.as_str().is_some_and(|p| !p.is_empty()));
    let extras = profile.map(|p| ("profile_name", p.clone())).into_iter().chain([region]);
    let add = subject.added_aws(extras)?;
    subject.case.entry.conn_id.is_some().then(|| subject.across(vec![add]))
}
