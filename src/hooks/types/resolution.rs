//! What the hook of a type makes of a connection, as its data says.

use super::definition::{FaultKind, OfType, Type};
use super::evaluation::Evaluation;
use super::fault::{Fault, What};
use super::unread::{nearest, unread};
use crate::airflow::version::Version;
use crate::hooks::outcome::{Failure, Outcome, Place, Stage};
use crate::hooks::reason::Reason;
use crate::hooks::resolution::{Argument, Kwarg, Resolution, Scene, extras};
use crate::model::{Connection, Value};

/// The oldest Airflow that takes the providers that were run: aimed at an older one, nothing is
/// certain.
const CERTAIN_SINCE: Version = Version(2, 11, 0);

/// Before, hooks were parts of Airflow, and read other things.
const KNOWN_SINCE: Version = Version(2, 0, 0);

/// What becomes of a connection.
pub(crate) fn resolve(
    facts: &'static Type,
    connection: &Connection,
    scene: &Scene<'_>,
) -> Resolution {
    let read = extras(connection, scene.runtime);
    let refused = read.as_ref().err().cloned();
    let read = read.unwrap_or_default();
    let evaluation = Evaluation::new(facts, connection, &read);
    let version = scene.runtime.version;
    let faults = match refused {
        None if version >= KNOWN_SINCE => faults(&evaluation, version >= CERTAIN_SINCE),
        _ => Vec::new(),
    };
    let failure = refused
        .map(|(exception, reason)| Failure::new(exception, reason, Place::here("/extra")))
        .or_else(|| faults.iter().find_map(failure));
    let outcome = match failure {
        Some(failure) => Outcome::Fails { failure, needs: Vec::new() },
        None => Outcome::Works,
    };
    let mode = facts.modes()[evaluation.mode.unwrap_or(facts.ways.len() - 1)];
    Resolution {
        mode,
        connect_kwargs: None,
        reads: Some(reads(&evaluation)),
        calls: Vec::new(),
        log_in: None,
        outcome,
        reference: None,
        is_whole: is_whole(&evaluation, &faults),
        faults,
    }
}

/// Whether everything that the mode needs is there, and every extra is of its kind.
fn is_whole(evaluation: &Evaluation<'_>, faults: &[Fault]) -> bool {
    let is_kind = |fault: &Fault| matches!(fault.what, What::WrongKind { .. });
    let way = evaluation.mode.map(|at| &evaluation.facts.ways[at]);
    let needs = way.map_or(&[][..], |way| way.needs.as_slice());
    !faults.iter().any(is_kind) && needs.iter().all(|need| evaluation.truthy(need))
}

/// What is wrong with a connection, first what its type says.
fn faults(evaluation: &Evaluation<'_>, certain: bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    for rule in evaluation.facts.rules.iter().filter(|rule| evaluation.holds(&rule.when)) {
        let certain = certain && rule.is_certain();
        let fault = |places: Vec<Place>| {
            let refused = (rule.kind == FaultKind::Refused).then(|| places.first()).flatten();
            let meant = refused.and_then(|place| known_name(evaluation.facts, place));
            Fault { what: What::Rule(rule), places, meant, certain }
        };
        if rule.at == "each" {
            let places = evaluation.places(&rule.when);
            faults.extend(places.into_iter().map(|place| fault(vec![place])));
        } else if rule.at == "last" {
            let mut places = evaluation.places(&rule.when);
            places.reverse();
            faults.push(fault(places));
        } else {
            faults.push(fault(vec![evaluation.place(&rule.at)]));
        }
    }
    faults.retain(|fault| !fault.places.iter().any(|place| is_open(evaluation, place)));
    // What a rule of the type speaks about needs no second word.
    let told: Vec<Place> = faults.iter().flat_map(|fault| fault.places.clone()).collect();
    let silent = |fault: &Fault| !fault.places.iter().any(|place| told.contains(place));
    faults.extend(unread(evaluation).into_iter().filter(silent));
    faults
}

/// The name that hook or driver takes and that is likely meant by an extra which is refused.
fn known_name(facts: &'static Type, place: &Place) -> Option<&'static str> {
    let key = place.pointer.strip_prefix("/extra/").filter(|key| !key.contains(['/', '~']))?;
    let known = facts.extras.keys().chain(&facts.arguments).map(String::as_str);
    nearest(key, known.filter(|name| !name.eq_ignore_ascii_case(key)))
}

/// Whether a text stands there that is still to be filled in: what will be wrong with it nobody
/// knows.
fn is_open(evaluation: &Evaluation<'_>, place: &Place) -> bool {
    let path = place.pointer.trim_start_matches('/').replace('/', ".");
    evaluation.get(&path).as_deref().and_then(Value::as_str).is_some_and(|text| {
        ["{{", "${", "$(", "{%", "<%"].iter().any(|open| text.contains(open))
            || text.starts_with('<') && text.ends_with('>')
    })
}

fn failure(fault: &Fault) -> Option<Failure> {
    let What::Rule(rule) = fault.what else { return None };
    let exception = rule.exception.as_deref().filter(|_| fault.certain)?;
    Some(Failure {
        exception,
        reason: Reason::OfType(OfType(rule)),
        places: fault.places.clone(),
        stage: Stage::Arguments,
    })
}

/// The fields and extras that the hook reads, as the connection has them.
fn reads(evaluation: &Evaluation<'_>) -> Vec<Argument> {
    let facts = evaluation.facts;
    let given = |value: &Value<'static>| value.truthy() || matches!(value, Value::Bool(_));
    let argument = |name: &str, value: &Value<'static>, place| Argument {
        name: name.to_string(),
        value: Kwarg::Given(value.clone()),
        place,
    };
    let fields = ["host", "port", "schema", "login", "password"].into_iter();
    let fields = fields.filter(|field| !facts.ignores(field)).filter_map(|field| {
        let value = evaluation.connection.field(field).filter(|value| given(value))?;
        Some(argument(field, value, Place::here(format!("/{field}"))))
    });
    let extras = evaluation.extras.iter().filter(|(key, value)| {
        given(value) && (facts.extras.contains_key(*key) || evaluation.is_argument(key))
    });
    let extras = extras.map(|(key, value)| argument(key, value, Place::extra(key)));
    fields.chain(extras).collect()
}
