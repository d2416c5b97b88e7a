//! AC408: an extra has a type or a value that its reader does not take.

use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::parameter::refused;
use crate::check::rules::repairs::{key, own};
use crate::check::rules::subject::Subject;
use crate::check::{About, Change, Check, Fix, Level, Names, Rule, Safety};
use crate::hooks::{Client, ParameterFault, Place, libpq_values};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC408",
    name: "wrong-type-extra",
    level: Level::Error,
    page: include_str!("ac408_wrong_type_extra.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

/// A text in the field itself is what AC307 is about, for connections of every type.
fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let port = subject.extras.get("port");
    if subject.is_for(Client::RedshiftConnector) && matches!(port, Value::Str(_)) && port.truthy() {
        said.extra(
            "port",
            RULE.warning("the port is a text").help("write a number").repair(port_as_number),
        );
    }
}

fn port_as_number(subject: &Subject<'_, '_>, at: &Place) -> Option<Fix> {
    let pointer = own(at)?;
    let text = subject.case.extra_value("port")?.as_str()?;
    let port: i64 = text.trim().parse().ok().filter(|n| (1..=65535).contains(n))?;
    // A URI has a place for a number.
    let field = &subject.connection.port;
    let free = field.is_null() || matches!(field, Value::Int(n) if *n == port);
    if subject.case.uri().is_some() && free {
        return subject.case.fix(
            Safety::Safe,
            vec![
                Change::Remove(pointer.to_string()),
                Change::Set("/port".to_string(), Value::Int(port)),
            ],
        );
    }
    subject.set(Safety::Safe, pointer, Value::Int(port))
}

fn number_or_boolean(subject: &Subject<'_, '_>, at: &Place) -> Option<Fix> {
    let pointer = own(at)?;
    let text = subject.case.extra_value(key(pointer))?.as_str()?.trim();
    if let Ok(number) = text.parse::<i64>() {
        return subject.set(Safety::Safe, pointer, Value::Int(number));
    }
    match text.to_ascii_lowercase().as_str() {
        "true" => subject.set(Safety::Safe, pointer, Value::Bool(true)),
        "false" => subject.set(Safety::Safe, pointer, Value::Bool(false)),
        _ => None,
    }
}

/// A parameter of an AWS operation.
pub fn parameter(operation: &str, parameter: &str, fault: ParameterFault) -> Diagnosis {
    refused(&RULE, operation, parameter, fault)
}

/// botocore takes its host.
pub fn endpoint_url() -> Diagnosis {
    RULE.error("the endpoint URL has no usable host, or a scheme that is not http or https")
        .help("write https://HOST[:PORT]")
}

/// The hook asks it for keys.
pub fn not_an_object(key: &str) -> Diagnosis {
    RULE.error(format!("`{key}` must be an object"))
        .help("write a JSON object, without quotes around it")
}

/// `self` and `cls`.
pub fn reserved_name() -> Diagnosis {
    RULE.error("this extra has the name of a Python parameter that is taken").help("remove it")
}

/// The driver raises for its type.
pub fn argument_type(argument: &str) -> Diagnosis {
    RULE.error(format!(
        "{} has a type at which the driver raises an exception",
        Names::PLAIN.extra(argument)
    ))
    .help("write it as the driver's documentation has it")
    .repair(number_or_boolean)
}

/// The driver raises for its value.
pub fn argument_range(argument: &str) -> Diagnosis {
    RULE.error(format!("{} is outside of its range", Names::PLAIN.extra(argument)))
        .help("correct the value")
}

/// There are three.
pub fn protocol_version() -> Diagnosis {
    RULE.error("`client_protocol_version` must be 0, 1 or 2")
        .help("remove it")
        .repair(number_or_boolean)
}

/// Nothing can listen there.
pub fn port() -> Diagnosis {
    RULE.error("the port is none").help("give a number from 1 to 65535; Redshift's is usually 5439")
}

/// The name of a service is looked up on the machine.
pub fn service_name() -> Diagnosis {
    RULE.warning("the port is the name of a service").help("write a number")
}

/// libpq raises for its value.
pub fn option_value(option: &str) -> Diagnosis {
    let help = match (option, libpq_values(option)) {
        // It is refused beside a weaker `sslmode`, too.
        ("sslnegotiation", _) => {
            "write postgres, or direct beside an `sslmode` of require, verify-ca or verify-full"
                .to_string()
        }
        (_, Some(values)) => format!("write one of {}", values.join(", ")),
        (_, None) => "correct the value".to_string(),
    };
    RULE.error(format!("the PostgreSQL driver refuses the value of {}", Names::PLAIN.extra(option)))
        .help(help)
}

/// PostgresHook has three.
pub fn cursor() -> Diagnosis {
    RULE.error("the hook knows no such cursor")
        .help("use dictcursor or namedtuplecursor (realdictcursor with psycopg2 only)")
}
