//! AC507: `ssl` is something else than true, which switches TLS off.

use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::repairs::own;
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Fix, Level, Rule, Safety};
use crate::hooks::Client;
use crate::hooks::{Place, Spells, is_true, spells};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC507",
    name: "tls-switched-off",
    level: Level::Error,
    page: include_str!("ac507_tls_switched_off.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let ssl = subject.extras.get("ssl");
    if subject.is_for(Client::RedshiftConnector) && !ssl.is_null() && !is_true(ssl) {
        // Where only the hook takes `iam` for true, the driver logs in without TLS.
        let hook_alone = subject.iam().is_some_and(|iam| iam.hook && !iam.driver);
        let rule = if hook_alone { Rule::warning } else { Rule::error };
        said.extra(
            "ssl",
            rule(
                &RULE,
                "TLS is switched off: the driver takes only the JSON boolean true for on, and a \
                 text such as \"true\" turns it off",
            )
            .help("remove `ssl` (TLS is on by default), or write the JSON boolean true")
            .repair(switch_on),
        );
    }
}

/// TLS that was asked for. What asks for none is left as it is.
fn switch_on(subject: &Subject<'_, '_>, at: &Place) -> Option<Fix> {
    if spells(subject.case.extra_value("ssl")?) != Spells::True {
        return None;
    }
    if subject.case.uri().is_some() {
        // TLS is on where nothing is said.
        return subject.remove(Safety::Safe, own(at)?);
    }
    subject.set(Safety::Safe, own(at)?, Value::Bool(true))
}

/// The driver refuses it together with IAM.
pub fn refused_with_iam() -> Diagnosis {
    refused("TLS is switched off, which the driver refuses together with `iam`")
}

/// A plugin refuses it.
pub fn refused_by_plugin() -> Diagnosis {
    refused("TLS is switched off, which the plugin refuses")
}

fn refused(message: &str) -> Diagnosis {
    RULE.error(message).help("remove `ssl`, or write true").repair(|subject, at| {
        let meant = spells(subject.case.extra_value("ssl")?) == Spells::True;
        subject.remove(if meant { Safety::Safe } else { Safety::Unsafe }, own(at)?)
    })
}
