//! AC201: a raw delimiter in login or password.

use super::ac212_template_in_userinfo as ac212;
use crate::airflow::python::unquote::quote;
use crate::check::{About, Case, Change, Check, Findings, Fix, Level, Rule, Safety};
use crate::privacy::{Doubt, is_http_like};

pub static RULE: Rule = Rule {
    id: "AC201",
    name: "userinfo-not-encoded",
    level: Level::Error,
    page: include_str!("ac201_userinfo_not_encoded.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

const HELP: &str = "percent-encode it (@ %40, / %2F, : %3A, # %23, ? %3F, [ %5B, ] %5D, % %25, \
                    blank %20), or write the connection as JSON";

/// What is wrong, and at which byte of the URI.
struct Problem {
    at: usize,
    level: Level,
    message: String,
}

/// True if this rule explains why the runtime refuses the URI or reads a part of it.
pub fn fires(case: &Case<'_>) -> bool {
    problem(case).is_some_and(|p| p.level == Level::Error)
}

/// True if the raw `#` at this byte of the URI belongs to the login or password.
pub fn claims(case: &Case<'_>, hash: usize) -> bool {
    problem(case).is_some() && case.authority().and_then(|a| a.meant_at).is_some_and(|at| hash < at)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(problem), Some(view)) = (problem(case), case.uri()) else { return };
    let end = view.text.as_str()[problem.at..]
        .chars()
        .next()
        .map_or(problem.at, |c| problem.at + c.len_utf8());
    let span = view.text.span_of(problem.at..end);
    let fix = fix(case, &problem).filter(|_| case.doubt() != Some(Doubt::CutByLine));
    findings
        .push(&RULE, "/password", span, problem.message)
        .level(problem.level)
        .help(HELP)
        .fix(fix);
}

/// Encodes what delimits and is not meant to. What Airflow reads as meant is read the same
/// afterwards, and what it refuses or drops cannot be meant; anything else needs a decision.
fn fix(case: &Case<'_>, problem: &Problem) -> Option<Fix> {
    let view = case.uri()?;
    let authority = case.authority()?;
    let taken = authority.taken();
    let read = taken.rfind('@').map(|at| authority.start + at);
    let cut = authority.cut();
    // A host that looks like one may be meant, and what stands behind it dropped on purpose.
    let two_readings = cut.as_ref().is_some_and(|cut| cut.leaves_host && cut.host_is_plausible)
        && case.connection().is_some();
    let certain =
        problem.level == Level::Error && !two_readings || read.is_some_and(|at| problem.at < at);
    let meant_at = cut.map(|cut| cut.meant_at).or(authority.meant_at);
    let end = meant_at.filter(|at| *at > problem.at).or(read.filter(|at| *at > problem.at))?;
    let userinfo = &view.text.as_str()[authority.start..end];
    let encoded = |text: &str| -> String {
        let delimits = |c: char| matches!(c, '@' | '/' | ':' | '#' | '?' | '[' | ']' | ' ');
        text.chars()
            .map(|c| if delimits(c) { quote(c.encode_utf8(&mut [0; 4])) } else { c.to_string() })
            .collect()
    };
    let new = match userinfo.split_once(':') {
        Some((login, password)) => format!("{}:{}", encoded(login), encoded(password)),
        None => encoded(userinfo),
    };
    let edit = view.text.edit(authority.start..end, &new)?;
    case.fix(if certain { Safety::Safe } else { Safety::Unsafe }, vec![Change::Text(vec![edit])])
}

fn problem(case: &Case<'_>) -> Option<Problem> {
    let view = case.uri()?;
    let authority = case.authority()?;
    let taken = authority.taken();
    let raises = case.raised("AC102").is_some();
    let scheme = view.text.as_str().split(':').next().unwrap_or_default().to_ascii_lowercase();
    let level = |error: bool| if error { Level::Error } else { Level::Warning };
    let found = |at: usize, level: Level, message: String| Some(Problem { at, level, message });
    let userinfo = &taken[..taken.rfind('@').unwrap_or(0)];
    if let Some(at) = userinfo.find(['[', ']']) {
        let bracket = &userinfo[at..=at];
        let message = format!(
            "raw `{bracket}` in the login or password: Airflow takes it for the beginning or end \
             of an IPv6 address"
        );
        return found(authority.start + at, level(raises), message);
    }
    if let Some(cut) = authority.cut() {
        let delimiter = cut.delimiter;
        let ended = format!("raw `{delimiter}` in the login or password ends it here");
        let read = if cut.leaves_host {
            "a piece of it is read as the host"
        } else {
            "what stands before is read as host and port"
        };
        let cut_short = format!("{ended}: {read}");
        let dropped =
            || found(cut.at, Level::Error, format!("{cut_short}, and the rest is dropped"));
        let perhaps = || {
            found(
                cut.at,
                Level::Warning,
                format!("if this `{delimiter}` belongs to the password, {cut_short}"),
            )
        };
        let is_http_like = is_http_like(&scheme);
        if cut.leaves_host {
            return match delimiter {
                _ if raises => found(cut.at, Level::Error, cut_short),
                '#' => dropped(),
                _ if cut.doubt(is_http_like).is_some() => perhaps(),
                _ => None,
            };
        }
        if cut.leaves_password {
            let port = taken.split_once(':').map_or("", |(_, port)| port);
            let placeholder = port == "port" || port.starts_with(['<', '$', '{']);
            return match delimiter {
                _ if raises => found(cut.at, Level::Error, cut_short).filter(|_| !placeholder),
                '#' => dropped(),
                _ if !is_http_like => perhaps(),
                _ => None,
            };
        }
    }
    if case.doubt() == Some(Doubt::CutByLine) {
        let message = "if what stands behind belongs to the login or password, a line end or blank \
                       in it ends it here: a piece of it is read as the host";
        return found(authority.start, Level::Warning, message.to_string());
    }
    let written = "in the login or password; Airflow reads it as meant, other programs do not";
    if let Some(at) = userinfo.find('@') {
        return found(authority.start + at, Level::Warning, format!("raw `@` {written}"));
    }
    if userinfo.contains(' ') {
        // The blanks of a template go with it.
        let templates = ac212::templates(case);
        let stays =
            |at: &usize| !templates.iter().any(|range| range.contains(&(authority.start + at)));
        if let Some(at) = userinfo.match_indices(' ').map(|(at, _)| at).find(stays) {
            return found(authority.start + at, Level::Warning, format!("a raw blank {written}"));
        }
    }
    None
}
