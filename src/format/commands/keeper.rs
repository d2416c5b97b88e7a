//! Commands that put a connection into a secrets store: of AWS, Google, Azure and Vault. The value
//! is read as the backend of that store does.

use super::call::{Call, Reading, Value, option};
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Raw};
use crate::format::helpers::backend;
use crate::format::helpers::environment::PREFIX;
use crate::format::secrets::{aws_secrets, vault};
use crate::format::shell::{self, Word};
use crate::format::{Document, Entry, Grade, Remark, by_name};
use crate::model::{Dict, Node, Style, Value as Held};
use crate::source::{Span, Text};

/// The id of a connection and where it stands.
type Id = Option<(String, Option<Span>)>;

/// A store and a command that puts something into it.
struct Keeper {
    program: &'static str,
    verbs: &'static [&'static str],
    /// Options for the name of a secret; without any it is the first argument.
    names: &'static [&'static str],
    /// Options for its value.
    values: &'static [&'static str],
    /// The format of `--cli-input-json`.
    input: &'static str,
    /// What separates a prefix from the id.
    separator: char,
    read: for<'a> fn(Id, Text<'a>, &Runtime, &mut Document<'a>),
}

static KEEPERS: &[Keeper] = &[
    Keeper { verbs: &["secretsmanager", "create-secret"], ..AWS },
    Keeper { verbs: &["secretsmanager", "put-secret-value"], ..AWS },
    Keeper { verbs: &["secretsmanager", "update-secret"], ..AWS },
    Keeper {
        verbs: &["ssm", "put-parameter"],
        values: &["--value"],
        input: "ssm",
        read: as_it_is,
        ..AWS
    },
    Keeper { verbs: &["secrets", "create"], ..GOOGLE },
    Keeper { verbs: &["secrets", "versions", "add"], ..GOOGLE },
    Keeper {
        program: "az",
        verbs: &["keyvault", "secret", "set"],
        names: &["--name", "-n"],
        values: &["--value"],
        ..GOOGLE
    },
];

const AWS: Keeper = Keeper {
    program: "aws",
    verbs: &[],
    names: &["--name", "--secret-id"],
    values: &["--secret-string"],
    input: "aws-secrets",
    separator: '/',
    read: aws_secrets::read_secret,
};

const GOOGLE: Keeper = Keeper {
    program: "gcloud",
    verbs: &[],
    names: &[],
    values: &["--data-file"],
    input: "",
    separator: '-',
    read: as_it_is,
};

/// Commands of Vault.
const VAULT: &[&[&str]] = &[&["kv", "put"], &["kv", "patch"], &["write"]];

fn as_it_is<'a>(id: Id, value: Text<'a>, _: &Runtime, document: &mut Document<'a>) {
    document.entries.push(backend::entry(id, value));
}

/// Reads the command.
pub(super) fn read<'a>(call: &Call<'_, 'a>, reading: &mut Reading<'_, 'a>) {
    for keeper in KEEPERS {
        if let Some(words) = call.behind(keeper.program, keeper.verbs) {
            return kept(keeper, words, call, reading);
        }
    }
    for verbs in VAULT {
        if let Some(words) = call.behind("vault", verbs) {
            return in_vault(words, call, reading);
        }
    }
}

fn kept<'a>(
    keeper: &Keeper,
    words: &[Word<'a>],
    call: &Call<'_, 'a>,
    reading: &mut Reading<'_, 'a>,
) {
    let whole = option(words, &["--cli-input-json"]);
    if let (Some(whole), Some(format)) = (whole, by_name(keeper.input)) {
        if !elsewhere(&whole, None, reading) {
            let read = (format.read)(&whole.text, reading.runtime);
            reading.take(read, &whole);
        }
        return;
    }
    let name = match keeper.names {
        [] => argument(words).map(Value::of),
        names => option(words, names),
    };
    let (Some(name), Some(value)) = (name, option(words, keeper.values)) else { return };
    let value = match (keeper.values, call.input) {
        (&["--data-file"], Some(input)) if matches!(value.as_str(), "-" | "/dev/stdin") => {
            Value { text: input.text.clone(), fills: input.fills.clone(), ..value }
        }
        _ => of_document(value, reading.text),
    };
    if !names_connection(&name, Some(&value)) {
        return;
    }
    let id = id_of(&name, keeper.separator);
    if keeper.values == ["--data-file"] && value.text.as_str().len() < 2
        || elsewhere(&value, id.clone(), reading)
    {
        return;
    }
    if keeper.values == ["--data-file"] && call.input.is_none() {
        return in_file(&value, id, reading);
    }
    let mut document = Document::default();
    (keeper.read)(id, value.text.clone(), reading.runtime, &mut document);
    reading.take(document, &value);
}

/// `vault kv put PATH key=value …`, or the JSON of a secret on standard input.
fn in_vault<'a>(words: &[Word<'a>], call: &Call<'_, 'a>, reading: &mut Reading<'_, 'a>) {
    let Some(at) = words.iter().position(|word| !word.as_str().starts_with('-')) else { return };
    let (name, pairs) = (Value::of(&words[at]), &words[at + 1..]);
    let id = id_of(&name, '/');
    let known = |key: &str| matches!(key, "conn_uri" | "conn_type");
    if pairs.iter().any(|word| word.as_str() == "-") {
        let Some(input) = call.input else { return };
        let keyed = ["conn_uri", "conn_type"].iter().any(|key| input.text.as_str().contains(key));
        if keyed || names_connection(&name, None) {
            let mut document = Document::default();
            vault::of_json(id, &input.text, &mut document);
            let value = Value { text: input.text.clone(), fills: input.fills.clone(), ..name };
            reading.take(document, &value);
        }
        return;
    }
    let pairs: Vec<_> = pairs.iter().filter_map(Value::behind_equals).collect();
    if !pairs.iter().any(|(key, _)| known(key.as_str())) && !names_connection(&name, None) {
        return;
    }
    let uri = pairs.iter().find(|(key, _)| key.as_str() == "conn_uri");
    if let Some((_, uri)) = uri {
        if !elsewhere(uri, id.clone(), reading) {
            let mut document = Document::default();
            document.entries.push(backend::entry(id, uri.text.clone()));
            reading.take(document, uri);
        }
        return;
    }
    let mut fields = Dict::default();
    for (key, value) in &pairs {
        let start = value.range.start;
        let place = Span::new(start..start + key.as_str().len());
        fields.insert(Held::text(key.as_str()), place, value.node());
    }
    let (Some(first), Some(last)) = (pairs.first(), pairs.last()) else { return };
    let span = Span::new(first.1.range.start..last.1.range.end);
    let node = Node { value: Held::dict(fields), span, style: Style::None };
    let mut document = Document::default();
    document.entries.push(Entry::of_node(id, Raw::Object(node), &reading.base));
    let fills = pairs.iter().flat_map(|(_, value)| value.fills.clone()).collect();
    let value = Value { fills, ..first.1.clone() };
    reading.take(document, &value);
}

/// The first argument that is no option and not the value of one.
fn argument<'w, 'a>(words: &'w [Word<'a>]) -> Option<&'w Word<'a>> {
    let mut before = "";
    words.iter().find(|word| {
        let free =
            !word.as_str().starts_with('-') && (!before.starts_with('-') || before.contains('='));
        before = word.as_str();
        free
    })
}

/// `"$(cat <<EOF …)"` is what stands in the here-document.
fn of_document<'a>(value: Value<'a>, text: &Text<'a>) -> Value<'a> {
    let document = match &value.fills[..] {
        [fill] if fill.inside == (0..value.as_str().len()) => shell::substituted(text, &fill.place),
        _ => None,
    };
    match document {
        Some(document) => Value { text: document.text, fills: document.fills, ..value },
        None => value,
    }
}

/// Whether the name of a secret, or what it holds, says that it is a connection.
fn names_connection(name: &Value<'_>, value: Option<&Value<'_>>) -> bool {
    let lower = name.as_str().to_ascii_lowercase();
    let held = value.map(Value::as_str).unwrap_or_default();
    let shaped = held.contains("conn_type")
        || held.split_once("://").is_some_and(|(scheme, _)| {
            !scheme.is_empty()
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-_".contains(c))
        });
    !backend::is_of_others(name.as_str())
        && (["connections/", "connections-"].iter().any(|piece| lower.contains(piece))
            || lower.contains("airflow") && shaped
            || name.as_str().starts_with(PREFIX))
}

/// The id in the name of a secret, as far as it is known.
fn id_of(name: &Value<'_>, separator: char) -> Id {
    let (id, span) = backend::id_in(&name.text, separator);
    let start = name.as_str().len() - id.len();
    name.fills.iter().all(|fill| fill.inside.end <= start).then_some((id, span))
}

/// A value that the command takes from a file: told, and not read.
fn elsewhere<'a>(value: &Value<'a>, id: Id, reading: &mut Reading<'_, 'a>) -> bool {
    let told = ["file://", "fileb://", "@"].iter().any(|start| value.as_str().starts_with(start));
    if told {
        in_file(value, id, reading);
    }
    told
}

fn in_file<'a>(value: &Value<'a>, id: Id, reading: &mut Reading<'_, 'a>) {
    reading.environment.document.remarks.push(Remark {
        fault: Fault::OtherFile,
        grade: Grade::Info,
        conn_id: id.map(|(id, _)| id),
        span: reading.text.span_of(value.range.clone()),
        message: "the value of this connection stands in a file: it was not looked at".to_string(),
        help: "check that file as well: airconn check FILE",
        repair: None,
    });
}
