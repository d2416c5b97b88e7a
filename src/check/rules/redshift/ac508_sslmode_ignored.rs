//! AC508: an `sslmode` that redshift_connector replaces by its default.

use crate::check::rules::diagnosis::Said;
use crate::check::rules::repairs::own;
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Fix, Level, Rule, Safety};
use crate::hooks::Client;
use crate::hooks::{Place, is_true};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC508",
    name: "sslmode-ignored",
    level: Level::Warning,
    page: include_str!("ac508_sslmode_ignored.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let (ssl, sslmode) = (subject.extras.get("ssl"), subject.extras.get("sslmode"));
    let known = matches!(sslmode.as_str(), Some("verify-ca" | "verify-full"));
    let is_off = !ssl.is_null() && !is_true(ssl);
    if subject.is_for(Client::RedshiftConnector) && !sslmode.is_null() && (!known || is_off) {
        said.extra(
            "sslmode",
            RULE.warning(
                "the driver knows only verify-ca and verify-full, and ignores this `sslmode`",
            )
            .help("use verify-ca or verify-full")
            .repair(known_mode),
        );
    }
}

fn known_mode(subject: &Subject<'_, '_>, at: &Place) -> Option<Fix> {
    let written = subject.case.extra_value("sslmode")?.as_str()?;
    let meant = written.trim().to_ascii_lowercase().replace('_', "-");
    match meant.as_str() {
        "verify-ca" | "verify-full" if meant == written => None,
        "verify-ca" | "verify-full" => subject.set(Safety::Safe, own(at)?, Value::text(meant)),
        // It is ignored today: without it, nothing changes.
        _ => subject.remove(Safety::Safe, own(at)?),
    }
}
