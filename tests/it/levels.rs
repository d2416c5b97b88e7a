//! What `check` says about every recorded and generated connection against what the real hooks did
//! with it, by provider version.
//!
//! An error exactly where the run failed for a reason that the text decides; at least a warning
//! where it depended on surroundings; no error where it succeeded, except of the rules that say
//! that something else happens than is written. Deviations stand in
//! fixtures/redshift/level-deviations.txt with their reasons; a line there that describes none
//! fails the test.

use std::collections::BTreeMap;

use airconn::airflow::python::json_dumps::dumps;
use airconn::check::{Finding, Level, Providers, check_with};
use airconn::format::by_name;
use airconn::model::Value;
use airconn::source::Source;

use crate::redshift::recorded_env;

use recorded_env::{
    Cause, FORMS, Lab, Tally, at, cause, connections, file, has, labs, labs_of_runs, lines, text,
    unseen,
};

/// These may be errors of connections that work: TLS is off, IAM is on, groups are letters,
/// whatever is written.
const MISREAD: [&str; 3] = ["AC506", "AC507", "AC517"];

/// What `check` finds about the connection under test; what else the file holds is another matter.
fn findings(case: &Value<'static>, lab: &Lab, form: &str) -> Option<Vec<Finding>> {
    let subject = if has(case, "conn") { "subject" } else { "aws_default" };
    let found = all_findings(case, lab, form)?;
    Some(found.into_iter().filter(|f| f.conn_id.as_deref() == Some(subject)).collect())
}

/// What `check` finds about a connection and those around it.
fn all_findings(case: &Value<'static>, lab: &Lab, form: &str) -> Option<Vec<Finding>> {
    let (text, format) = file(&connections(case), form)?;
    let providers = Providers { packages: lab.packages.clone(), ..Providers::default() };
    let format = by_name(format).expect("a format");
    let checked = check_with(
        &Source::new("set", &text),
        0,
        format,
        std::slice::from_ref(&lab.runtime),
        &providers,
    );
    Some(checked.findings)
}

/// The difference between what a run did and what was found, in words. Errors of the `excused` rule
/// are passed over where the run worked.
fn deviation(
    recorded: &Value<'static>,
    found: &[Finding],
    excused: Option<&str>,
) -> Option<String> {
    let errors: Vec<&str> =
        found.iter().filter(|f| f.level == Level::Error).map(|f| f.rule).collect();
    let warned = found.iter().any(|f| f.level >= Level::Warning);
    let all = || {
        found
            .iter()
            .map(|f| format!("{} {}", f.rule, f.level.name()))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let ran = || format!("{}: {}", text(recorded, "exception"), text(recorded, "message"));
    match cause(recorded) {
        // The stand-ins let it pass, a cluster does not.
        Cause::None if unseen(recorded) => (!warned).then(|| {
            format!(
                "{} is not seen; found [{}]",
                dumps(at(recorded, "unseen")).expect("JSON"),
                all()
            )
        }),
        Cause::None => {
            let wrong: Vec<_> = errors
                .iter()
                .filter(|rule| !MISREAD.contains(rule) && excused != Some(rule))
                .collect();
            (!wrong.is_empty()).then(|| format!("works, but has the errors {wrong:?}"))
        }
        Cause::Text => {
            errors.is_empty().then(|| format!("fails with {}; no error among [{}]", ran(), all()))
        }
        Cause::Missing(what) => {
            // That an AWS connection holds nothing is meant, and only noted.
            let noted =
                found.iter().any(|f| f.level == Level::Info && matches!(f.rule, "AC501" | "AC510"));
            (!warned && !noted).then(|| format!("depends on {what} ({}); found [{}]", ran(), all()))
        }
        Cause::Refused => None,
    }
}

/// A deviation that is known: the rule that it is about, if it is about one, and whether it was
/// seen.
struct Known {
    rule: Option<&'static str>,
    seen: bool,
}

/// The deviations of a corpus by the id of the case.
fn known(corpus: &str) -> BTreeMap<&'static str, Known> {
    let known = include_str!("../../fixtures/redshift/level-deviations.txt");
    let lines = known
        .lines()
        .filter_map(|line| line.split('#').next())
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    let known = |words: Vec<&'static str>| match words[..] {
        [of, id, ref rule @ ..] if of == corpus => {
            Some((id, Known { rule: rule.first().copied(), seen: false }))
        }
        _ => None,
    };
    lines.filter_map(known).collect()
}

/// Holds a corpus against `check`, in each form; how often each cause was compared.
fn hold(corpus: &str, cases: &[Value<'static>], labs: &[Lab]) -> String {
    let (mut compared, mut failures, mut known) = (Tally::default(), Vec::new(), known(corpus));
    for case in cases {
        let id = text(case, "id");
        // The Data API hook's own arguments are not part of a connection, and W9 has no connection
        // at all.
        if corpus == "runs" && matches!(id, "D2" | "D3" | "W9") {
            continue;
        }
        for lab in labs {
            let recorded = at(case, "outcome");
            let recorded =
                if has(recorded, lab.label) { at(recorded, lab.label) } else { recorded };
            assert!(has(recorded, "ok"), "{id}: nothing recorded for {}", lab.label);
            for form in FORMS {
                let Some(found) = findings(case, lab, form) else { continue };
                compared.add(recorded);
                let all = deviation(recorded, &found, None);
                let rule = known.get(id).and_then(|known| known.rule);
                let rest =
                    if rule.is_some() { deviation(recorded, &found, rule) } else { all.clone() };
                if let Some(known) = known
                    .get_mut(id)
                    .filter(|known| all.is_some() && (known.rule.is_none() || rest.is_none()))
                {
                    known.seen = true;
                } else if let Some(deviation) = rest {
                    let set: Vec<_> = ["conn", "aws", "more", "env"]
                        .iter()
                        .map(|k| dumps(at(case, k)).unwrap_or_default())
                        .collect();
                    failures.push(format!(
                        "{corpus} {id} {} as {form}: {deviation}\n      {}",
                        lab.label,
                        set.join(" ")
                    ));
                }
            }
        }
    }
    let shown = failures.iter().take(400).cloned().collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{}:\n{shown}", failures.len());
    let stale: Vec<_> = known.iter().filter(|(_, known)| !known.seen).map(|(id, _)| id).collect();
    assert!(stale.is_empty(), "no longer deviations: {stale:?}");
    compared.lines()
}

/// What `aws`, `network` and `server` refused says nothing about the text: these, and no others,
/// are left open. A corpus that moves runs there changes a number here.
#[test]
fn recorded_runs() {
    assert_eq!(
        hold("runs", &lines("runs"), &labs_of_runs()),
        "\
214 aws
75 credentials
21 identity-provider
288 network
1917 none
36 profile
255 region
320 server
1086 text
"
    );
}

#[test]
fn generated_runs() {
    assert_eq!(
        hold("generated", &lines("generated"), &labs()[..1]),
        "\
30 address
33 auth-profile
6 browser
243 credentials
3 credentials but for region
159 identity-provider
9 identity-provider but for region
15 network
2711 none
9 none but for keepalive
71 none but for password
3 none but for port
3 none but for region
41 none but for user
6 none but for user, keepalive
3 none but for user, password
27 profile
357 region
2975 text
12 text but for region
"
    );
}

#[test]
fn option_runs() {
    assert_eq!(
        hold("options", &lines("options"), &labs()),
        "\
120 credentials
870 network
3546 none
84 none but for port
48 region
3942 text
"
    );
}

#[test]
fn people_runs() {
    assert_eq!(
        hold("people", &lines("people"), &labs()),
        "\
6 aws
346 browser
2232 credentials
1334 file
507 identity-provider
21 identity-provider but for region
1285 network
11119 none
1115 none but for password
105 none but for port
21 none but for region
168 none but for user
10 none but for user, password
18 package
391 profile
21 profile but for region
4720 region
11346 text
60 text but for region
"
    );
}

/// What is told about some of the recorded cases beside whether they work.
#[test]
fn what_rules_say() {
    let labs = labs();
    let wanted: &[(&str, &[(&str, &str)])] = &[
        ("S1", &[]),
        ("S1b", &[]),
        ("S3a", &[("AC503", "/extra/region_name"), ("AC504", "/extra/role_arn")]),
        ("S3f", &[("AC506", "/extra/iam")]),
        ("S3i", &[("AC505", "/extra/iam")]),
        ("I1d", &[("AC506", "/extra/iam"), ("AC515", "/password")]),
        ("I1g", &[]),
        ("I3e", &[("AC505", "/extra/iam"), ("AC505", "/extra/db_user")]),
        ("I4f", &[("AC513", "/extra/access_key_id")]),
        ("I9b", &[("AC517", "/extra/db_groups")]),
        ("I10", &[("AC408", "/extra/port")]),
        ("I10c", &[("AC520", "/extra/port")]),
        ("I13", &[("AC503", "/extra/cluster-identifier"), ("AC519", "/extra/cluster-identifier")]),
        ("I18b", &[("AC510", "/host")]),
        ("I33", &[("AC510", "/host")]),
        ("I16b", &[("AC605", "/conn_type")]),
        ("S5b", &[("AC605", "")]),
        ("T-ssl-str-true", &[("AC507", "/extra/ssl")]),
        ("T-ssl-str-true-vf", &[("AC507", "/extra/ssl"), ("AC508", "/extra/sslmode")]),
        ("T-mode-require", &[("AC508", "/extra/sslmode")]),
        ("T-mode-verify-full", &[]),
        ("V5b", &[("AC512", "/host")]),
        ("V6", &[("AC402", "/extra/is_serverless"), ("AC512", "/host")]),
        ("V9", &[("AC515", "/extra/is_serverless"), ("AC515", "/extra/serverless_work_group")]),
        ("S2l", &[("AC516", "/extra/cluster_identifier")]),
        ("N3c", &[("AC514", "/extra/credentials_provider")]),
        ("P1", &[]),
        ("P2b", &[("AC519", "/extra/cluster_identifier")]),
        ("P5d", &[("AC506", "/extra/iam")]),
        ("W1", &[]),
        ("W5c", &[("AC602", "/extra/external_id")]),
        ("W7b", &[("AC602", "/extra/profile")]),
        ("W8", &[("AC602", "/extra/region")]),
        ("W11", &[("AC601", "/password")]),
    ];
    let cases = lines("runs");
    for (id, expected) in wanted {
        let case = cases.iter().find(|c| text(c, "id") == *id).expect("a recorded case");
        let found = all_findings(case, &labs[0], FORMS[0]).expect("a form that holds everything");
        let found: Vec<(&str, &str)> = found.iter().map(|f| (f.rule, f.pointer.as_str())).collect();
        assert!(expected.iter().all(|e| found.contains(e)), "{id}: {found:?}");
        assert!(!expected.is_empty() || found.is_empty(), "{id}: {found:?}");
    }
}
