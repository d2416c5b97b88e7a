//! AC520: an extra wins over the field of the same meaning, and the two differ.

use crate::check::rules::diagnosis::Said;
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule};
use crate::hooks::Client;
use crate::hooks::Place;
use crate::hooks::postgres::modes;

pub static RULE: Rule = Rule {
    id: "AC520",
    name: "extra-overrides-field",
    level: Level::Warning,
    page: include_str!("ac520_extra_overrides_field.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let (extras, connection) = (subject.extras, subject.connection);
    let database = match subject.hook.driver {
        Some(Client::RedshiftConnector) => "database",
        Some(Client::Libpq) => "dbname",
        None => return,
    };
    let temporary = [&modes::REDSHIFT, &modes::SERVERLESS].contains(&subject.resolution.mode);
    for key in ["user", "password"].into_iter().filter(|key| temporary && extras.truthy(key)) {
        let message = format!("`{key}` in extra takes the place of the temporary log-in");
        said.extra(key, RULE.warning(message).help("remove it"));
    }
    let fields = [
        ("user", &connection.login, "/login"),
        ("password", connection.password.expose(), "/password"),
        ("host", &connection.host, "/host"),
        ("port", &connection.port, "/port"),
        (database, &connection.schema, "/schema"),
    ];
    for (key, field, pointer) in fields {
        let told = temporary && matches!(key, "user" | "password");
        if !told && extras.has(key) && field.truthy() && extras.get(key) != field {
            said.at_all(
                vec![Place::extra(key), Place::here(pointer)],
                RULE.warning(format!("`{key}` in extra wins over the field"))
                    .help("keep one of them"),
            );
        }
    }
}
