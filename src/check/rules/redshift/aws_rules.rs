//! The rules about Redshift and AWS connections: what the hooks, boto3 and the driver make of them
//! (AC5xx, AC6xx and a few of others).
//!
//! The semantics stand in [`crate::hooks`]; here each failure, note and dependency becomes a
//! finding of its rule. A row of [`ROWS`] is a rule; its page stands beside this file.

use std::cell::Cell;
use std::rc::Rc;

use super::aws_fixes::Repair;
use super::aws_words::{of_dependency, of_note, of_reason};
use super::schema_rules::beyond;
use crate::airflow::runtime::Runtime;
use crate::check::{Case, Check, Finding, Findings, Fix, Level, Reading, Rule};
use crate::hooks;
use crate::hooks::{
    AWS_DEFAULT, Failure, Note, NoteKind, Outcome, Place, Reason, Resolution, Scene, Stage,
};
use crate::model::{Connection, Value};
use crate::privacy::Doubt;

macro_rules! rows {
    ($($row:ident $id:literal $name:literal $level:ident $page:literal)*) => {
        $(pub static $row: Rule =
            Rule { id: $id, name: $name, level: Level::$level, page: include_str!($page), check: Check::Elsewhere };)*
    };
}

rows! {
    AC213 "AC213" "host-holds-more" Error "../uri/ac213_host_holds_more.md"
    AC403 "AC403" "unknown-extra" Warning "../extra/ac403_unknown_extra.md"
    AC405 "AC405" "removed-extra" Warning "../extra/ac405_removed_extra.md"
    AC408 "AC408" "wrong-type-extra" Error "../extra/ac408_wrong_type_extra.md"
    AC501 "AC501" "incomplete-auth-mode" Error "ac501_incomplete_auth_mode.md"
    AC502 "AC502" "ambiguous-auth-mode" Warning "ac502_ambiguous_auth_mode.md"
    AC503 "AC503" "unknown-driver-argument" Error "ac503_unknown_driver_argument.md"
    AC504 "AC504" "role-on-redshift-connection" Error "ac504_role_on_redshift_connection.md"
    AC505 "AC505" "iam-asked-twice" Warning "ac505_iam_asked_twice.md"
    AC506 "AC506" "iam-false-is-true" Error "ac506_iam_false_is_true.md"
    AC507 "AC507" "tls-switched-off" Error "ac507_tls_switched_off.md"
    AC508 "AC508" "sslmode-ignored" Warning "ac508_sslmode_ignored.md"
    AC509 "AC509" "schema-means-database" Error "ac509_schema_means_database.md"
    AC510 "AC510" "region-unknown" Warning "ac510_region_unknown.md"
    AC511 "AC511" "serverless-incomplete" Error "ac511_serverless_incomplete.md"
    AC512 "AC512" "serverless-host-without-serverless" Warning "ac512_serverless_host_without_serverless.md"
    AC513 "AC513" "credentials-conflict" Error "ac513_credentials_conflict.md"
    AC514 "AC514" "plugin-needs" Error "ac514_plugin_needs.md"
    AC515 "AC515" "ignored-extra" Warning "ac515_ignored_extra.md"
    AC516 "AC516" "identifier-syntax" Error "ac516_identifier_syntax.md"
    AC517 "AC517" "string-for-list" Error "ac517_string_for_list.md"
    AC518 "AC518" "broken-in-provider" Warning "ac518_broken_in_provider.md"
    AC519 "AC519" "postgres-spelling" Error "ac519_postgres_spelling.md"
    AC520 "AC520" "extra-overrides-field" Warning "ac520_extra_overrides_field.md"
    AC601 "AC601" "half-key-pair" Error "../aws/ac601_half_key_pair.md"
    AC602 "AC602" "ignored-aws-extra" Warning "../aws/ac602_ignored_aws_extra.md"
    AC603 "AC603" "assume-role-incomplete" Error "../aws/ac603_assume_role_incomplete.md"
    AC604 "AC604" "unknown-config-option" Error "../aws/ac604_unknown_config_option.md"
    AC605 "AC605" "referenced-connection-missing" Warning "../aws/ac605_referenced_connection_missing.md"
    AC606 "AC606" "machine-dependent" Warning "../aws/ac606_machine_dependent.md"
    AC703 "AC703" "code-from-extra" Error "../secrets/ac703_code_from_extra.md"
}

/// The check behind all of them: it looks at a connection among the others of its set.
pub static CHECK: Check = Check::Among(check);

fn check<'d>(case: &Case<'d>, reading: &Reading<'d>, findings: &mut Findings) {
    // Of what a raw delimiter may have cut, no part is what it was written for.
    let cut = Cell::new(false);
    let whole = |case: &Case<'_>| {
        let connection = case.connection()?.clone();
        cut.set(cut.get() || case.doubt().is_some_and(Doubt::is_cut));
        Some(connection)
    };
    let lookup = |id: &str| reading.find(id, case.entry.scope).and_then(|case| whole(&case));
    let Some(connection) = whole(case).filter(|_| !cut.get()) else { return };
    let resolution = resolution(&connection, case, reading, &lookup).filter(|_| !cut.get());
    let Some(resolution) = resolution else { return };
    Reporter { case, reading }.report(&resolution, findings);
    beyond(&resolution, &connection, case, reading.providers, findings);
}

fn resolution(
    connection: &Connection,
    case: &Case<'_>,
    reading: &Reading<'_>,
    lookup: &dyn Fn(&str) -> Option<Connection>,
) -> Option<Resolution> {
    let reader: &Runtime = &case.entry.reader(reading.runtime);
    let providers = reading.providers;
    let aws_conn_id = providers.aws_conn_id.as_deref();
    let scene = Scene::new(lookup, aws_conn_id, reader, providers.packages());
    let hook = hooks::of_type(connection.type_str())?;
    Some((hook.resolve)(connection, case.entry.conn_id.as_deref(), &scene))
}

/// How certain a failure is: what only the network or the server refuses is an error where a
/// recorded run shows it.
fn level(failure: &Failure) -> Level {
    match (failure.stage, &failure.reason) {
        // A proxy may let in who has no password.
        (Stage::Server, Reason::PasswordMissing) => Level::Warning,
        _ => Level::Error,
    }
}

struct Reporter<'r, 'd> {
    case: &'r Case<'d>,
    reading: &'r Reading<'d>,
}

impl<'d> Reporter<'_, 'd> {
    fn report(&self, resolution: &Resolution, findings: &mut Findings) {
        let mut failed = None;
        let needs = match &resolution.outcome {
            Outcome::Works => &[][..],
            Outcome::DependsOn(needs) => needs,
            Outcome::Fails { failure, needs } => {
                let (message, help) = of_reason(&failure.reason, failure.exception);
                // A hint that a note has for the same place belongs to the failure.
                let hint = resolution
                    .notes
                    .iter()
                    .find(|n| n.places.first() == failure.places.first())
                    .and_then(|n| of_note(n).help);
                let help = if matches!(failure.reason, Reason::UnknownArgument(_)) {
                    hint.or(help)
                } else {
                    help
                };
                let fix = self.repair(resolution, |repair| repair.of_failure(failure));
                let level = level(failure);
                self.push_both(
                    failure.reason.rule(),
                    level,
                    failure.places.first(),
                    message,
                    help,
                    findings,
                )
                .fix(fix);
                failed = failure.places.first().map(|place| (failure.reason.rule(), place, level));
                needs
            }
        };
        for note in &resolution.notes {
            let rule = self.rule_of(note);
            let told = failed.is_some_and(|(failing, place, _)| {
                failing == rule && Some(place) == note.places.first()
            });
            if !told && self.concerns(note) {
                let words = of_note(note);
                // A role that nothing assumes is the reason why nothing else logs in either.
                let hopeless = failed.is_some_and(|(_, _, level)| level == Level::Error)
                    && note.kind == NoteKind::RoleNotAssumed;
                let level = if hopeless { Level::Error } else { words.level };
                let fix = self.repair(resolution, |repair| repair.of_note(note));
                self.push(rule, level, note.places.first(), words.message, words.help, findings)
                    .fix(fix);
            }
        }
        let told = findings.len();
        let mut elsewhere = Vec::new();
        for need in needs {
            let Some(words) = of_dependency(need) else { continue };
            let fix = self.repair(resolution, |repair| repair.of_dependency(need));
            if words.place.as_ref().is_some_and(|place| self.other(place).is_some()) {
                elsewhere.push((words, fix));
            } else {
                self.push(
                    words.rule,
                    Level::Warning,
                    words.place.as_ref(),
                    words.message,
                    words.help,
                    findings,
                )
                .fix(fix);
            }
        }
        // What the other connection needs is told there, and here only where nothing else is.
        let silent = failed.is_none() && findings.len() == told;
        for (i, (words, fix)) in elsewhere.into_iter().enumerate() {
            let (rule, place) = (words.rule, words.place.as_ref());
            let finding = if i == 0 && silent {
                self.push_both(rule, Level::Warning, place, words.message, words.help, findings)
            } else {
                self.push(rule, Level::Warning, place, words.message, words.help, findings)
            };
            finding.fix(fix);
        }
    }

    /// The other connection that a place is in.
    fn other(&self, place: &Place) -> Option<Rc<Case<'d>>> {
        self.reading.find(place.conn_id.as_deref()?, self.case.entry.scope)
    }

    /// The rule that reports a note. AC503 is about redshift_connector: what libpq does not know is
    /// AC403, as where it is refused.
    fn rule_of(&self, note: &Note) -> &'static str {
        let postgres = self.case.connection().is_some_and(|c| c.type_str() == "postgres");
        match note.kind {
            NoteKind::UnknownArgument(_) if postgres => "AC403",
            _ => note.kind.rule(),
        }
    }

    /// What another rule of the same text says already, or what only a set of connections can show.
    fn concerns(&self, note: &Note) -> bool {
        match note.kind {
            // A connection without an id stands by itself: there is no set that could hold the
            // other one.
            NoteKind::ReferencedConnectionMissing => self.case.entry.conn_id.is_some(),
            _ => true,
        }
    }

    fn repair(
        &self,
        resolution: &Resolution,
        of: impl Fn(&Repair<'_, '_>) -> Option<Fix>,
    ) -> Option<Fix> {
        let connection = self.case.connection()?;
        // What looks like a member may be a piece of a password.
        if self.case.may_be_cut() {
            return None;
        }
        // The other hook is told by an extra which AWS connection it is to use.
        let named = match connection.type_str() {
            "postgres" => self.case.extra_value("aws_conn_id").and_then(Value::as_str),
            _ => self.reading.providers.aws_conn_id.as_deref(),
        };
        let aws_conn_id = named.unwrap_or(AWS_DEFAULT);
        let scope = self.case.entry.scope;
        let aws = Some(aws_conn_id).filter(|_| connection.type_str() != "aws");
        let aws = aws.and_then(|id| self.reading.find(id, scope));
        let own_id = self.case.entry.conn_id.as_deref();
        let apart = aws.as_ref().is_some_and(|aws| {
            let theirs = aws.entry.scope;
            theirs != scope && own_id.is_some_and(|id| self.reading.is_in(id, theirs))
        });
        let aws = aws.as_ref().and_then(|aws| Some((aws.index, aws.connection()?)));
        let fails = matches!(&resolution.outcome, Outcome::Fails { failure, .. } if level(failure) == Level::Error);
        let (driver, postgres) = (&self.reading.providers.driver, &self.reading.providers.postgres);
        of(&Repair {
            case: self.case,
            connection,
            aws,
            apart,
            aws_conn_id,
            driver,
            postgres,
            fails,
        })
    }

    /// A finding where its place is.
    fn push<'f>(
        &self,
        rule: &str,
        level: Level,
        place: Option<&Place>,
        message: String,
        help: Option<String>,
        findings: &'f mut Findings,
    ) -> &'f mut Finding {
        let rule = crate::check::rules::by_name(rule)
            .expect("rules that failures, notes and dependencies name exist: tested");
        let place = place.cloned().unwrap_or_else(|| Place::here(""));
        let other = self.other(&place);
        let case = other.as_deref().unwrap_or(self.case);
        let span = case.span(&place.pointer);
        let finding = findings.push(rule, place.pointer, span, message).level(level);
        finding.conn_id = case.public_id();
        finding.help = help;
        finding
    }

    /// The same, and if that is another connection, a second one here: what fails there fails here.
    fn push_both<'f>(
        &self,
        rule: &str,
        level: Level,
        place: Option<&Place>,
        message: String,
        help: Option<String>,
        findings: &'f mut Findings,
    ) -> &'f mut Finding {
        if let Some(other) = place.and_then(|place| self.other(place)) {
            let id = other.public_id().map_or_else(String::new, |id| format!(" `{id}`"));
            let message = format!("the AWS connection{id}, which this one uses: {message}");
            self.push(rule, level, Some(&Place::extra("iam")), message, help.clone(), findings);
        }
        self.push(rule, level, place, message, help, findings)
    }
}
