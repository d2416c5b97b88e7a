//! AC209: a `+` in login or password where a form encoder seems to have meant a blank.

use crate::airflow::python::unquote::escape_at;
use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety};
use crate::hooks;

pub static RULE: Rule = Rule {
    id: "AC209",
    name: "plus-in-userinfo",
    level: Level::Warning,
    page: include_str!("ac209_plus_in_userinfo.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(parts), Some(connection)) = (case.anatomy(), case.connection()) else { return };
    // Keys of AWS are base64, in which people encode `/` alone.
    if hooks::is_aws(connection.type_str()) {
        return;
    }
    for (pointer, text) in [("/login", &parts.user), ("/password", &parts.password)] {
        let Some(text) = text.as_ref().filter(|text| was_form_encoded(text.as_str())) else {
            continue;
        };
        let message =
            "`+` is a plus here, while an encoder for forms (quote_plus) writes it for a blank";
        let edit = text.edit(0..text.as_str().len(), &text.as_str().replace('+', "%20"));
        let fix = edit.and_then(|edit| case.fix(Safety::Unsafe, vec![Change::Text(vec![edit])]));
        let help = "write %20 for a blank and %2B for a plus: both are read alike everywhere";
        findings.push(&RULE, pointer, text.span(), message).help(help).fix(fix);
    }
}

/// As `quote_plus` would write it: every character but letters, digits and `_.-~` is an escape, and
/// so would be a plus; at least one escape is there to tell. Words with `+` and an escaped `@` are
/// addresses of mail, and long words of base64 are keys.
fn was_form_encoded(text: &str) -> bool {
    let bytes = text.as_bytes();
    let escapes: Vec<u8> = (0..bytes.len()).filter_map(|at| escape_at(bytes, at)).collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_.-~+%".contains(c);
    let base64 = |byte: &u8| matches!(byte, b'/' | b'=' | b'+');
    text.contains('+')
        && !escapes.is_empty()
        && text.chars().all(plain)
        && !escapes.iter().any(|byte| matches!(byte, b' ' | b'+' | b'@'))
        && !escapes.iter().all(base64)
}
