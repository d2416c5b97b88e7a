//! AC520: an extra wins over the field of the same meaning, and the two differ.

use crate::check::rules::diagnosis::Said;
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule};
use crate::hooks::Client;
use crate::hooks::Place;

pub static RULE: Rule = Rule {
    id: "AC520",
    name: "extra-overrides-field",
    level: Level::Warning,
    page: include_str!("ac520_extra_overrides_field.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    if !subject.is_for(Client::RedshiftConnector) {
        return;
    }
    let (extras, connection) = (subject.extras, subject.connection);
    let fields = [
        ("user", &connection.login, "/login"),
        ("password", connection.password.expose(), "/password"),
        ("host", &connection.host, "/host"),
        ("port", &connection.port, "/port"),
        ("database", &connection.schema, "/schema"),
    ];
    for (key, field, pointer) in fields {
        if extras.has(key) && field.truthy() && extras.get(key) != field {
            said.at_all(
                vec![Place::extra(key), Place::here(pointer)],
                RULE.warning(format!("`{key}` in extra wins over the field"))
                    .help("keep one of them"),
            );
        }
    }
}
