//! AC518: the provider that is aimed at makes a failure worse.

use crate::check::rules::diagnosis::Said;
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule};
use crate::hooks::Outcome;

pub static RULE: Rule = Rule {
    id: "AC518",
    name: "broken-in-provider",
    level: Level::Warning,
    page: include_str!("ac518_broken_in_provider.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let Some(iam) = subject.iam() else { return };
    let behaviour = &subject.scene.packages.amazon.behaviour;
    if let Outcome::Fails { failure, .. } = &subject.resolution.outcome
        && behaviour.five_attempts
        && matches!(failure.exception, "InterfaceError" | "OperationalError")
    {
        said.at_all(
            failure.places.clone(),
            RULE.warning(
                "this provider tries a log-in that cannot work five times before it reports it",
            ),
        );
    }
    if iam.hook && behaviour.overwrites_connection {
        said.extra(
            "iam",
            RULE.warning(
                "with this provider the second log-in of one hook fails, because the first one \
                 overwrites the connection",
            )
            .help("use apache-airflow-providers-amazon 9.26.0 or newer"),
        );
    }
}
