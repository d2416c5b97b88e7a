//! Runs the rules about what hooks, boto3 and drivers make of connections.
//!
//! What they make of them stands in [`crate::hooks`]. A failure and a need are kinds with data, for
//! which [`of_outcome`](super::of_outcome) has the rule; whatever else is worth saying is found by
//! rules, with [`Check::Hook`].

use std::borrow::Cow;
use std::cell::Cell;

use super::diagnosis::{Diagnosis, Said};
use super::extra;
use super::mode_schema::beyond;
use super::of_outcome::{of_failure, of_need};
use super::of_type::of_fault;
use super::shared::{is_of_old_type, read_as};
use super::subject::Subject;
use crate::airflow::version::Version;
use crate::check::{Case, Check, Finding, Findings, Level, Names, Providers, Reading};
use crate::hooks;
use crate::hooks::{Caller, Dependency, Hook, Outcome, Packages, Place, Scene, extras};
use crate::model::{Connection, Value};
use crate::privacy::Doubt;

/// It looks at a connection among the others of its set.
pub(super) const CHECK: Check = Check::Among(check);

fn check<'d>(case: &Case<'d>, reading: &Reading<'d>, findings: &mut Findings) {
    let Some(hook) = read_as(case).and_then(hooks::of_type) else { return };
    let Providers { packages, guess, .. } = reading.providers;
    let mut verdict = Verdict::of(hook, case, reading, packages);
    // Who asks no packages rests on none.
    if let Some(guess) = guess.as_deref().filter(|_| !verdict.findings.found.is_empty())
        && let Some(words) = guess.words(hook.packages, packages)
    {
        // Of what is found with others nobody sees the repairs.
        let spares_repairs = case.spares_repairs();
        case.spare_repairs(true);
        let other = |packages| Verdict::of(hook, case, reading, packages);
        verdict.weigh(&guess.others.iter().map(other).collect::<Vec<_>>());
        case.spare_repairs(spares_repairs);
        verdict.tell(&words, guess.airflow);
    }
    findings.found.append(&mut verdict.findings.found);
}

/// What is found of a connection with some packages.
#[derive(Default)]
struct Verdict {
    findings: Findings,
    /// It fails for certain.
    fails: bool,
    /// The findings, by their numbers, that rest on packages that nobody named.
    guessed: Vec<usize>,
}

impl Verdict {
    /// What also holds with all others rests on no guess, nor does it that a connection fails, if
    /// it fails with all of them.
    fn weigh(&mut self, others: &[Verdict]) {
        let fails = self.fails && others.iter().all(|other| other.fails);
        let rests = |finding: &Finding| {
            let same = |other: &Finding| {
                (other.rule, &other.conn_id, &other.pointer)
                    == (finding.rule, &finding.conn_id, &finding.pointer)
                    && other.level >= finding.level
            };
            let certain = fails && finding.level == Level::Error;
            !certain && !others.iter().all(|other| other.findings.found.iter().any(same))
        };
        let all = self.findings.found.iter().enumerate();
        self.guessed = all.filter(|(_, finding)| rests(finding)).map(|(at, _)| at).collect();
    }

    /// What rests on a guess is no error, and says so.
    fn tell(&mut self, packages: &str, airflow: Version) {
        for at in std::mem::take(&mut self.guessed) {
            let finding = &mut self.findings.found[at];
            finding.level = finding.level.min(Level::Warning);
            let guess = format!(
                "this is so with {packages}, the newest when Airflow {airflow} came out; \
                 `--provider` names another"
            );
            finding.help = Some(match finding.help.take() {
                Some(help) => format!("{help}\n{guess}"),
                None => guess,
            });
        }
    }

    fn of<'d>(
        hook: &'static Hook,
        case: &Case<'d>,
        reading: &Reading<'d>,
        packages: &Packages,
    ) -> Verdict {
        let mut verdict = Verdict::default();
        look(hook, case, reading, packages, &mut verdict);
        verdict
    }
}

fn look<'d>(
    hook: &'static Hook,
    case: &Case<'d>,
    reading: &Reading<'d>,
    packages: &Packages,
    verdict: &mut Verdict,
) {
    // Of what a raw delimiter may have cut, no part is what it was written for.
    let cut = Cell::new(false);
    let names = Cell::new(case.names());
    fn whole<'c>(
        case: &'c Case<'_>,
        cut: &Cell<bool>,
        names: &Cell<Names>,
    ) -> Option<&'c Connection> {
        let connection = case.connection()?;
        cut.set(cut.get() || case.doubt().is_some_and(Doubt::is_cut));
        if case.names() == Names::DOUBTFUL {
            names.set(Names::DOUBTFUL);
        }
        Some(connection)
    }
    let lookup = |id: &str| {
        let other = reading.find_beside(case.entry, id)?;
        whole(&other, &cut, &names).cloned()
    };
    let Some(connection) = whole(case, &cut, &names).filter(|_| !cut.get()) else { return };
    let mut connection = Cow::Borrowed(connection);
    if connection.type_str() != hook.conn_type {
        connection.to_mut().conn_type = Value::text(hook.conn_type);
    }
    let connection = &*connection;
    let reader = case.entry.reader(reading.runtime);
    let aws_conn_id = reading.providers.aws_conn_id.as_deref();
    let scene = Scene::new(&lookup, aws_conn_id, &reader, packages);
    let resolution = (hook.resolve)(connection, case.entry.conn_id.as_deref(), &scene);
    if cut.get() {
        return;
    }
    let failed = match &resolution.outcome {
        Outcome::Fails { failure, .. } => {
            let mut faults = resolution.faults.iter();
            // What the data of a type says of it knows more than the failure.
            let said = match faults.find(|fault| fault.certain) {
                Some(fault) => of_fault(fault, names.get()),
                None => of_failure(failure, names.get()),
            };
            Some((failure.places.as_slice(), said))
        }
        _ => None,
    };
    let extras = extras(connection, &reader).ok();
    let subject = Subject {
        case,
        reading,
        hook,
        connection,
        extras: &extras.clone().unwrap_or_default(),
        scene: &scene,
        resolution: &resolution,
        fails: failed.as_ref().is_some_and(|(_, failure)| failure.level == Level::Error),
    };
    let mut said = Said::default();
    if extras.is_some() {
        for find in super::hook_checks() {
            find(&subject, &mut said);
        }
    }
    for fault in &subject.resolution.faults {
        said.at_all(fault.places.clone(), of_fault(fault, case.names()));
    }
    verdict.fails = subject.fails;
    let told = verdict.findings.len();
    subject.report(failed, &said, &mut verdict.findings);
    beyond(&subject, &said, &mut verdict.findings);
    // What rules for connections of every type say of a place is not said again.
    if hook.data.is_some() && verdict.findings.len() > told {
        let elsewhere = extra::told(case);
        verdict.findings.retain_from(told, |finding| !elsewhere.covers(finding));
    }
}

impl Subject<'_, '_> {
    fn report(&self, failed: Option<(&[Place], Diagnosis)>, said: &Said, findings: &mut Findings) {
        let main = |places: &[Place]| places.first().cloned().unwrap_or_else(|| Place::here(""));
        if let Some((places, failure)) = &failed {
            self.push_both(failure, main(places), findings);
        }
        for (places, diagnosis) in &said.0 {
            let told = failed.as_ref().is_some_and(|(failing, failure)| {
                failure.rule.id == diagnosis.rule.id
                    && failing.first().is_some_and(|place| Some(place) == places.first())
            });
            if !told {
                self.push(diagnosis, main(places), findings);
            }
        }
        let needs = match &self.resolution.outcome {
            Outcome::Works => &[][..],
            Outcome::DependsOn(needs) | Outcome::Fails { needs, .. } => needs,
        };
        let told = findings.len();
        let mut elsewhere = Vec::new();
        let open = needs.iter().filter(|need| !self.is_met(need));
        for (place, need) in open.filter_map(|need| self.weighed(need)) {
            let place = place.unwrap_or_else(|| Place::here(""));
            if self.other(&place).is_some() {
                elsewhere.push((place, need));
            } else {
                self.push(&need, place, findings);
            }
        }
        // What the other connection needs is told there, and here only where nothing else is.
        let silent = failed.is_none() && findings.len() == told;
        for (i, (place, need)) in elsewhere.into_iter().enumerate() {
            if i == 0 && silent {
                self.push_both(&need, place, findings);
            } else {
                self.push(&need, place, findings);
            }
        }
    }

    /// The variables around the connection supply what it needs.
    fn is_met(&self, need: &Dependency) -> bool {
        let around = self.case.entry.around;
        match need {
            Dependency::Region(Caller::Hook) | Dependency::Credentials(Caller::Hook)
                if self.aws_is_elsewhere() =>
            {
                true
            }
            // What asks for no region of AWS is told where it is: MinIO and the like.
            Dependency::Region(_) => {
                around.region || self.is_aws() && self.extras.text("endpoint_url").is_some()
            }
            Dependency::Credentials(_) => around.credentials,
            _ => false,
        }
    }

    /// A need. That an AWS connection names no credentials is meant: the role of the machine is
    /// used, as AWS advises, perhaps to take on another.
    fn weighed(&self, need: &Dependency) -> Option<(Option<Place>, Diagnosis)> {
        let (place, mut said) = of_need(need)?;
        let given = |value: &Value| value.truthy();
        let empty = self.is_aws()
            && !given(&self.connection.login)
            && !given(self.connection.password.expose())
            && self.extras.is_empty();
        let meant = match need {
            // A connection of the old type `s3` was for S3 alone, whose client needs none.
            Dependency::Region(_) => empty || is_of_old_type(self.case),
            Dependency::Credentials(_) => self.is_aws(),
            _ => false,
        };
        if meant {
            said.level = Level::Info;
        }
        Some((place, said))
    }

    /// A finding where its place is.
    fn push<'f>(
        &self,
        diagnosis: &Diagnosis,
        place: Place,
        findings: &'f mut Findings,
    ) -> &'f mut Finding {
        let fix = diagnosis.fix(self, &place);
        self.found(diagnosis, place, findings).fix(fix)
    }

    fn found<'f>(
        &self,
        diagnosis: &Diagnosis,
        place: Place,
        findings: &'f mut Findings,
    ) -> &'f mut Finding {
        let other = self.other(&place);
        let case = other.as_deref().unwrap_or(self.case);
        let span = if diagnosis.of_name {
            case.name_span(&place.pointer)
        } else {
            case.span(&place.pointer)
        };
        let finding =
            findings.push(diagnosis.rule, place.pointer, span, diagnosis.message.as_str());
        finding.conn_id = case.public_id();
        if let Some(shown) = case.names().pointer_instead(&finding.pointer) {
            finding.pointer = shown;
        }
        finding.help.clone_from(&diagnosis.help);
        finding.detail = diagnosis.detail;
        finding.level(diagnosis.level)
    }

    /// The same, and if that is another connection, a second one here: what fails there fails here.
    fn push_both(&self, diagnosis: &Diagnosis, place: Place, findings: &mut Findings) {
        if let Some(other) = self.other(&place) {
            let id = other.public_id().map_or_else(String::new, |id| format!(" `{id}`"));
            let finding = self.found(diagnosis, Place::extra("iam"), findings);
            let message = &diagnosis.message;
            finding.message = format!("the AWS connection{id}, which this one uses: {message}");
        }
        self.push(diagnosis, place, findings);
    }
}
