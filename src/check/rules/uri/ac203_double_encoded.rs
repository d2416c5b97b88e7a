//! AC203: a part of a URI was percent-encoded twice.

use crate::airflow::python::unquote::unquote;
use crate::airflow::uri::Anatomy;
use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety, pointer};
use crate::source::Text;

pub static RULE: Rule = Rule {
    id: "AC203",
    name: "double-encoded",
    level: Level::Warning,
    page: include_str!("ac203_double_encoded.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

/// A part of a URI that is decoded on its own.
pub struct Component<'a> {
    pub pointer: String,
    pub text: Text<'a>,
}

/// The parts of a URI that Airflow keeps, as far as something in them is escaped.
pub fn escaped<'a>(parts: &Anatomy<'a>) -> Vec<Component<'a>> {
    let mut all = Vec::new();
    let mut add = |pointer: &dyn Fn() -> String, text: Option<&Text<'a>>| {
        let text = text.filter(|text| text.as_str().contains('%'));
        all.extend(text.map(|text| Component { pointer: pointer(), text: text.clone() }))
    };
    add(&|| "/login".to_string(), parts.user.as_ref());
    add(&|| "/password".to_string(), parts.password.as_ref());
    add(&|| "/host".to_string(), Some(&parts.host));
    add(&|| "/schema".to_string(), Some(&parts.schema()));
    let pairs = parts.pairs();
    match pairs.iter().rfind(|p| p.key.as_str() == "__extra__") {
        Some(pair) => add(&|| "/extra".to_string(), Some(&pair.raw_value)),
        None => {
            for pair in pairs {
                let at = || pointer("/extra", pair.key.as_str());
                add(&at, Some(&pair.raw_key));
                add(&at, Some(&pair.raw_value));
            }
        }
    }
    all
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let has_percent = |_: &&_| case.uri().is_some_and(|view| view.text.as_str().contains('%'));
    let Some(parts) = case.anatomy().filter(has_percent) else { return };
    for part in escaped(parts) {
        if is_double(&part.text) {
            let message = "this still holds percent escapes after decoding: it looks encoded twice";
            let once = part.text.as_str().replace("%25", "%");
            let edit = part.text.edit(0..part.text.as_str().len(), &once);
            let fix =
                edit.and_then(|edit| case.fix(Safety::Unsafe, vec![Change::Text(vec![edit])]));
            findings
                .push(&RULE, part.pointer, part.text.span(), message)
                .help("encode it once")
                .fix(fix);
        }
    }
}

/// Encoding twice turns every `%` into `%25`: any other escape shows that it was encoded once.
fn is_double(text: &Text<'_>) -> bool {
    let raw = text.as_str();
    let escapes: Vec<usize> = raw.match_indices('%').map(|(at, _)| at).collect();
    let hex = |text: &str| text.len() >= 2 && text.bytes().take(2).all(|b| b.is_ascii_hexdigit());
    if escapes.is_empty()
        || !escapes
            .iter()
            .all(|at| raw[*at..].starts_with("%25") && raw.get(at + 3..).is_some_and(hex))
    {
        return false;
    }
    let once = unquote(&text.forget()).into_string();
    let twice = unquote(&Text::untraced(&once)).into_string();
    !twice.contains(|c: char| c.is_control() || c == '\u{fffd}')
}
