//! Which rule says what the data of a connection type has against a connection. The data knows
//! kinds of faults, no rules.

use super::diagnosis::Diagnosis;
use super::extra::{
    ac402_stringly_boolean as ac402, ac403_unknown_extra as ac403, ac405_removed_extra as ac405,
    ac406_hidden_field_filled as ac406, ac407_private_key_shape as ac407,
    ac408_wrong_type_extra as ac408,
};
use super::mending;
use super::subject::Subject;
use super::types::{
    ac411_missing_piece as ac411, ac412_exclusive_pieces as ac412, ac413_half_pair as ac413,
    ac414_unknown_value as ac414, ac415_misplaced_address as ac415, ac416_malformed_value as ac416,
    ac417_overruled_piece as ac417, ac418_needs_configuration as ac418,
    ac419_transport_mismatch as ac419, ac420_argument_given_twice as ac420,
};
use crate::check::{Fix, Level, Names, Rule};
use crate::hooks::Place;
use crate::hooks::types::definition::{FaultKind, OfType, TypeRule};
use crate::hooks::types::fault::{Fault, What};

/// The rule for a kind of fault.
fn of_kind(kind: FaultKind) -> &'static Rule {
    match kind {
        FaultKind::Missing => &ac411::RULE,
        FaultKind::Exclusive => &ac412::RULE,
        FaultKind::Half => &ac413::RULE,
        FaultKind::Value => &ac414::RULE,
        FaultKind::Address => &ac415::RULE,
        FaultKind::Syntax => &ac416::RULE,
        FaultKind::Overruled => &ac417::RULE,
        FaultKind::Configured => &ac418::RULE,
        FaultKind::Transport => &ac419::RULE,
        FaultKind::Twice => &ac420::RULE,
        FaultKind::Kind => &ac408::RULE,
        FaultKind::Stringly => &ac402::RULE,
        FaultKind::Key => &ac407::RULE,
        FaultKind::Unread | FaultKind::Refused => &ac403::RULE,
        FaultKind::Removed => &ac405::RULE,
    }
}

/// What a rule of a type says where the hook raises for certain.
pub(super) fn of_rule(rule: OfType) -> Diagnosis {
    let rule = rule.0;
    let said =
        of_kind(rule.kind).error(rule.message.as_str()).help(rule.help.as_str()).detail(&rule.name);
    match (rule.repair, rule.kind) {
        (Some(mending), _) => said.repair(move |subject, at| mending::named(mending, subject, at)),
        (None, FaultKind::Kind | FaultKind::Value | FaultKind::Stringly) => {
            said.repair(mending::value)
        }
        _ => said,
    }
}

/// What is said of a fault.
pub(super) fn of_fault(fault: &Fault, names: Names) -> Diagnosis {
    let mut said = match &fault.what {
        What::Rule(rule) => {
            let mut said = of_rule(OfType(rule));
            // Runtimes of which some are not certain say the same, so that it is one finding.
            if let Some(exception) = rule.exception.as_ref().filter(|_| rule.is_certain()) {
                said.message = format!("{} ({exception})", said.message);
            }
            match fault.meant {
                // Until now the driver refused it.
                Some(meant) => said
                    .help(format!("write `{meant}`"))
                    .repair(move |subject, at| mending::rename(subject, at, meant)),
                None => said,
            }
        }
        What::UnreadExtra { key, meant } => unread(key, *meant, names),
        What::Misnamed { key, meant } => ac403::RULE
            .warning(format!("nothing reads {}", names.extra(key)))
            .help(format!("write it as {meant}"))
            .repair(to_extra(meant)),
        What::Gone { key, what } => {
            ac405::RULE.warning(format!("{}: {what}", names.extra(key))).help("remove it")
        }
        What::WrongKind { key, extra } => {
            let rule = if extra.words.is_empty() { &ac408::RULE } else { &ac414::RULE };
            let wanted = extra.wanted();
            rule.warning(format!("{} must be {wanted}", names.extra(key)))
                .help(format!("write {wanted}"))
                .repair(mending::value)
        }
        What::Wrapped { key, what } => ac416::RULE
            .warning(format!("{}: {what}", names.extra(key)))
            .help("write the value alone")
            .repair(mending::unwrapped),
        What::UnreadField(field) => ac406::unread(field),
    };
    said.level = match &fault.what {
        _ if fault.certain => Level::Error,
        What::Rule(rule) if rule.info => Level::Info,
        _ => Level::Warning,
    };
    said
}

/// The repair that gives an extra the name that is meant, where that is one.
fn to_extra(meant: &'static str) -> impl Fn(&Subject<'_, '_>, &Place) -> Option<Fix> {
    move |subject, at| {
        let is_read = subject.hook.data?.read().extras.contains_key(meant);
        is_read.then(|| mending::rename(subject, at, meant))?
    }
}

/// An extra that no hook of the type reads.
fn unread(key: &str, meant: Option<&'static str>, names: Names) -> Diagnosis {
    let said =
        ac403::RULE.warning(format!("the hook of this type does not read {}", names.extra(key)));
    let Some(meant) = meant else { return said.help("remove it, unless your own code reads it") };
    // Until now it had no effect.
    said.help(format!("write `{meant}`"))
        .repair(move |subject, at| mending::rename(subject, at, meant))
}

/// The page of a rule of a type, in Markdown.
pub fn page(rule: &TypeRule) -> String {
    let of = of_kind(rule.kind);
    let (conn_type, _) = rule.name.split_once('/').unwrap_or((rule.name.as_str(), ""));
    let mut message = rule.message.clone();
    if let Some(first) = message.get(..1) {
        message = first.to_uppercase() + &message[1..];
    }
    let raised = match (&rule.exception, &rule.row) {
        (Some(exception), Some(row)) => format!(
            "An error: the hook raises {exception}, as it did with the connection `{row}` of \
             fixtures/types.\n"
        ),
        _ => "A warning: surroundings may make it right, or the hook does something else than is \
              written.\n"
            .to_string(),
    };
    let source = crate::hooks::of_type(conn_type).and_then(|hook| hook.data);
    let source = source.map(|data| data.read().source()).unwrap_or_default();
    format!(
        "# {}\n\n{message}.\n\n- Rule: {} {}\n- What to do: {}\n- {raised}- Read from: {source}\n",
        rule.name, of.id, of.name, rule.help
    )
}
