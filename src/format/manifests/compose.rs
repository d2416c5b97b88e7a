//! Docker Compose files: `environment` of services and of the `x-` blocks that they share, as
//! mapping or list. `$$` is a dollar sign, `${X}` is filled in by Compose.

use std::borrow::Cow;

use super::{compose_roles, compose_services};
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Raised, Refusal};
use crate::format::helpers::beside::{Copied, plainly};
use crate::format::helpers::environment::{Environment, variables};
use crate::format::helpers::interpolation::{Dollar, dollar};
use crate::format::helpers::tree::{self, Tree};
use crate::format::helpers::yaml_text::scalar;
use crate::format::limits::VARIABLES;
use crate::format::{
    Document, FileName, Format, Grade, Grows, Holds, Item, Likeness, Remark, Sample, WriteError,
    WriteOptions,
};
use crate::model::{Node, Value};
use crate::source::{Builder, Encoding, Span, Text};

pub(super) static FORMAT: Format = Format {
    name: "compose",
    summary: "docker compose: environment of services, as mapping or list",
    reader: "Compose fills in $, then EnvironmentVariablesBackend",
    names: &[FileName::sure("*compose*.yaml"), FileName::sure("*compose*.yml")],
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    limits: VARIABLES,
    grows: Grows::Beside,
    containers: compose_services::containers,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let shaped = sample.may_be_yaml()
        && sample.has_keys(&["services"])
        && (sample.text.contains("environment") || sample.text.contains("image"));
    shaped.then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut environment = Environment::default();
    for document in &tree.documents {
        let Value::Dict(top) = &document.value else { continue };
        for (name, member) in top.named() {
            if name == "services" {
                if let Value::Dict(services) = &member.node.value {
                    compose_roles::remark(&tree, services, &mut environment.document);
                }
                for service in tree::dict(Some(&member.node))
                    .into_iter()
                    .flat_map(|services| services.members.values())
                {
                    environment.scope += 1;
                    let holder = tree::get(&service.node, "environment");
                    environment.hold(&tree, holder, |value| escaped(value).into_owned());
                    block(&tree, holder, &mut environment);
                    env_files(&tree, tree::get(&service.node, "env_file"), &mut environment);
                    compose_services::commands(&tree, &service.node, runtime, &mut environment);
                }
            } else if name.starts_with("x-") {
                environment.scope += 1;
                // What is put here would come to stand wherever it is merged.
                environment.hold(&tree, None, plainly);
                // The block itself may be the environment that services merge.
                block(&tree, Some(&member.node), &mut environment);
                tree::walk(&member.node, &mut |node| {
                    block(&tree, tree::get(node, "environment"), &mut environment)
                });
            }
        }
    }
    environment.document.problems.extend(tree.problem);
    environment.document
}

/// `env_file`: variables of other files, which airconn does not open by itself.
fn env_files<'a>(tree: &Tree<'a>, node: Option<&Node<'static>>, environment: &mut Environment<'a>) {
    let Some(node) = node else { return };
    let listed = tree::items(Some(node));
    for file in if listed.is_empty() { std::slice::from_ref(node) } else { listed } {
        let path = tree::get(file, "path").unwrap_or(file);
        let Some(span) = tree.text(path).map(|text| text.span()) else { continue };
        environment.document.remarks.push(Remark {
            fault: Fault::OtherFile,
            grade: Grade::Info,
            conn_id: None,
            span,
            message: "this service takes variables from a file, too; connections in it were not \
                      looked at"
                .to_string(),
            help: "check that file as well: airconn check FILE",
            repair: None,
        });
    }
}

/// An `environment`, in either form.
fn block<'a>(tree: &Tree<'a>, node: Option<&Node<'static>>, environment: &mut Environment<'a>) {
    match node.map(|n| &n.value) {
        Some(Value::Dict(dict)) => {
            for (name, member) in dict.named() {
                if let Some(value) = tree.text(&member.node) {
                    environment.stands(Copied::member(member));
                    variable(&tree.key(name, member), &value, member.node.span, environment);
                }
            }
        }
        Some(Value::List(items)) => {
            for item in items {
                if let Some((name, value)) = tree.text(item).and_then(|text| text.split_once("=")) {
                    environment.stands(Copied::assignment(item));
                    variable(&name, &value, item.span, environment);
                }
            }
        }
        _ => {}
    }
}

fn variable<'a>(name: &Text<'_>, value: &Text<'a>, at: Span, environment: &mut Environment<'a>) {
    let interpolated = interpolate(value);
    let edit = || {
        interpolated.single.as_ref().and_then(|(range, doubled)| value.edit(range.clone(), doubled))
    };
    if !environment.add(name, interpolated.text, Some(at)) {
        return;
    }
    match interpolated.found {
        None => {}
        Some((Found::Variable, span)) => {
            environment.template("`${…}`, which Compose fills in,", span)
        }
        Some((Found::Bare, span)) => {
            let message =
                "`$` and a name: Compose puts the value of that variable here, or nothing";
            environment.refuse(
                Raised::new(Refusal::Unexpanded, Fault::Dollar, message).at(span),
                "write `$$` for a dollar sign, `${NAME}` for a variable",
            );
            // Somewhere the variable may be set, and meant.
            environment.repair(edit(), false);
        }
        Some((Found::Broken { meant }, span)) => {
            let message = "`${…}` that is no variable: Compose refuses the file (invalid \
                           interpolation format)";
            environment.refuse(
                Raised::new(Refusal::Interpolation, Fault::Dollar, message).at(span),
                "write `$$` for a dollar sign, `${NAME}` for a variable",
            );
            environment.repair(edit(), !meant);
        }
        Some((Found::Lone, span)) => {
            let message = "a single `$`: Compose before 2.11.2 refuses the file for it (invalid \
                           interpolation format)";
            let help = "write `$$` for a dollar sign";
            environment.remark(Fault::Dollar, Grade::Warning, span, message, help);
            environment.repair(edit(), true);
        }
        Some((Found::Capitals, span)) => {
            environment.template("`$` and a name, which Compose takes for a variable,", span);
            let message =
                "`$` and a name: Compose puts the value of that variable here, or nothing";
            environment.remark(
                Fault::Dollar,
                Grade::Warning,
                span,
                message,
                "write `$$` for a dollar sign, `${NAME}` for a variable",
            );
            environment.repair(edit(), false);
        }
    }
}

/// What `$` stands for.
#[derive(Clone, Copy)]
enum Found {
    /// `${NAME}`: meant as a variable.
    Variable,
    /// `$NAME` in capitals, which may be meant.
    Capitals,
    /// `$name`, which hardly is.
    Bare,
    /// `$` and no name: it stays, but for older versions, which refuse the file.
    Lone,
    /// `${` that is no variable; some may be meant as one.
    Broken { meant: bool },
}

struct Interpolated<'a> {
    text: Text<'a>,
    /// The first of the worst.
    found: Option<(Found, Option<Span>)>,
    /// From the first `$` that is not written as Compose has it to the last, and the same with them
    /// doubled.
    single: Option<(std::ops::Range<usize>, String)>,
}

/// Compose's escape of a dollar sign; Kubernetes has the same.
pub(super) static DOLLARS: Encoding = Encoding {
    name: "doubled dollar signs",
    part: |new, _| Some(new.replace('$', "$$")),
    whole: |new, _| Some(new.replace('$', "$$")),
};

/// `$$` becomes `$`; what else begins with `$` is found and left as it is.
fn interpolate<'a>(value: &Text<'a>) -> Interpolated<'a> {
    let text = value.as_str();
    if !text.contains('$') {
        return Interpolated { text: value.clone(), found: None, single: None };
    }
    let mut single: Vec<usize> = Vec::new();
    let mut built = Builder::new(value);
    let mut found: Option<(Found, Option<Span>)> = None;
    let mut at = 0;
    while let Some(next) = text[at..].find('$').map(|n| at + n) {
        built.copy(at..next);
        let rest = &text[next + 1..];
        let (kind, len) = match dollar(rest) {
            Dollar::Escaped => {
                built.decode("$", next..next + 2);
                at = next + 2;
                continue;
            }
            Dollar::Braced(len) => (Found::Variable, len),
            Dollar::Broken { len, meant } => (Found::Broken { meant }, len),
            Dollar::Lone => (Found::Lone, 0),
            Dollar::Named(len)
                if len > 2 && rest[..len].chars().all(|c| !c.is_ascii_lowercase()) =>
            {
                (Found::Capitals, len)
            }
            Dollar::Named(len) => (Found::Bare, len),
        };
        if !matches!(kind, Found::Variable) {
            single.push(next);
        }
        let worse = |known: &(Found, Option<Span>)| rank(kind) > rank(known.0);
        if found.as_ref().is_none_or(worse) {
            found = Some((kind, value.span_of(next..next + 1 + len)));
        }
        built.copy(next..next + 1 + len);
        at = next + 1 + len;
    }
    built.copy(at..text.len());
    let single = single.first().zip(single.last()).map(|(first, last)| {
        let mut doubled = String::new();
        let mut copied = *first;
        for at in &single {
            doubled.push_str(&text[copied..*at]);
            doubled.push_str("$$");
            copied = at + 1;
        }
        (*first..last + 1, doubled)
    });
    Interpolated { text: built.finish(&DOLLARS), found, single }
}

fn rank(found: Found) -> u8 {
    match found {
        Found::Lone => 0,
        Found::Variable => 1,
        Found::Capitals => 2,
        Found::Bare => 3,
        Found::Broken { .. } => 4,
    }
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::from("services:\n  airflow:\n    environment:");
    let variables = variables(items, options)?;
    out.push_str(if variables.is_empty() { " {}\n" } else { "\n" });
    for (name, value) in variables {
        out.push_str(&format!("      {name}: {}\n", scalar(&escaped(&value))));
    }
    Ok(out)
}

fn escaped(value: &str) -> Cow<'_, str> {
    if value.contains('$') { Cow::Owned(value.replace('$', "$$")) } else { Cow::Borrowed(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::Raw;
    use crate::airflow::runtime::Side;

    #[test]
    fn values_are_read_as_compose_hands_them_on() {
        for (value, want, rule) in [
            ("x://u:a$$b@h", "x://u:a$b@h", None),
            ("x://u:$$$$@h", "x://u:$$@h", None),
            ("x://u:${PW}@h", "x://u:${PW}@h", Some(Fault::Template)),
            ("x://u:${PW:-a}@h", "x://u:${PW:-a}@h", Some(Fault::Template)),
            ("x://u:pa$word@h", "x://u:pa$word@h", Some(Fault::Dollar)),
            ("x://u:pa$@h", "x://u:pa$@h", None),
            ("x://u:pa${ss@h", "x://u:pa${ss@h", Some(Fault::Dollar)),
            ("x://u:pa${}ss@h", "x://u:pa${}ss@h", Some(Fault::Dollar)),
            ("x://u:${s!}x@h", "x://u:${s!}x@h", Some(Fault::Dollar)),
            ("x://u:$PASSWORD@h", "x://u:$PASSWORD@h", Some(Fault::Template)),
            ("x://u:${PW", "x://u:${PW", Some(Fault::Dollar)),
        ] {
            for text in [
                format!("services:\n  a:\n    environment:\n      AIRFLOW_CONN_A: '{value}'\n"),
                format!("services:\n  a:\n    environment:\n      - 'AIRFLOW_CONN_A={value}'\n"),
                format!(
                    "x-e: &e\n  AIRFLOW_CONN_A: '{value}'\nservices:\n  a:\n    environment: *e\n  \
                     b:\n    environment: {{<<: *e, B: c}}\n"
                ),
            ] {
                let text = Text::at(&text, 0);
                let document = read(&text, &Runtime::newest(Side::Server));
                let read: Vec<_> = document
                    .entries
                    .iter()
                    .map(|e| (&e.raw, e.refused.as_ref().map(|r| r.fault)))
                    .collect();
                assert!(
                    matches!(&read[..], [(Raw::Value(v), r)] if v.as_str() == want && *r == rule),
                    "{value} {read:?}"
                );
            }
        }
    }
}
