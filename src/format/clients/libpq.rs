//! Connection strings of libpq (`host=… port=…`) and its URIs, as psql and psycopg2 take them, one
//! a line; and its file of services.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::TO_DRIVER;
use super::url::with_userinfo_encoded;
use crate::airflow::runtime::Runtime;
use crate::format::helpers::arguments::Arguments;
use crate::format::helpers::taken::{Taken, lines_of, refuse};
use crate::format::limits::Limits;
use crate::format::{Document, Format, Holds, Item, WriteError, WriteOptions};
use crate::hooks::{Refused, conninfo, is_libpq_option};
use crate::source::{Span, Text};

pub(super) static FORMAT: Format = Format {
    name: "libpq",
    summary: "libpq connection strings of redshift and postgres connections, one a line; \
              pg_service.conf",
    reader: "libpq: psql, psycopg2",
    read,
    write,
    holds: Holds::Mapped,
    limits: Limits { refuses: TO_DRIVER, loses: &["id", "conn_type", "description", "extra"] },
    ..Format::DEFAULT
};

/// What redshift_connector and libpq both know.
const SHARED: &[&str] =
    &["host", "port", "dbname", "user", "password", "sslmode", "application_name"];

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let lines = lines_of(text);
    if lines.first().is_some_and(|(line, _)| line.starts_with('[')) {
        return services(text, lines);
    }
    let base = Arc::new(text.clone());
    let mut document = Document::default();
    for (line, range) in lines {
        match conninfo(&line) {
            Ok(pairs) => {
                let mut taken = Taken::new("postgres", Span::new(range));
                // The last value of a name counts; an empty one is the default.
                let last: BTreeMap<_, _> =
                    pairs.iter().map(|(name, value)| (name, value)).collect();
                let given = pairs.iter().filter(|(name, _)| !last[name].is_empty());
                given.for_each(|(name, value)| taken.text(name, value));
                if let Some(url) = written(&line) {
                    taken.url(url);
                }
                document.entries.push(taken.entry(None, &base));
            }
            Err(refused) => refuse(&mut document, text.span_of(range), why(refused)),
        }
    }
    document
}

/// A URI, whose login and password end at an `@` ahead of the first `/`.
fn written(line: &str) -> Option<String> {
    let (scheme, rest) = line.split_once("://").filter(|(scheme, _)| !scheme.contains('='))?;
    let at = rest.find(['@', '/']).filter(|at| rest[*at..].starts_with('@'));
    Some(with_userinfo_encoded(line, scheme.len() + 3 + at.map_or(0, |at| at + 1)))
}

fn why(refused: Refused) -> &'static str {
    match refused {
        Refused::Syntax => "libpq cannot take this apart: a `=`, a quote or an escape is missing",
        Refused::Option => "libpq knows no option of a name that stands here",
    }
}

/// `pg_service.conf`: a section for each service, whose values are the rest of the line.
fn services<'a>(text: &Text<'a>, lines: Vec<(String, std::ops::Range<usize>)>) -> Document<'a> {
    let base = Arc::new(text.clone());
    let mut document = Document::default();
    let mut open: Option<(Taken, String, Span)> = None;
    for (line, range) in lines {
        let place = text.span_of(range.clone());
        if let Some(name) = line.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
            if let Some((taken, name, at)) = open.take() {
                document.entries.push(taken.entry(Some((name, base.span_of(at.range()))), &base));
            }
            let at = Span::new(range.start + 1..range.end - 1);
            open = Some((Taken::new("postgres", Span::new(range)), name.to_string(), at));
            continue;
        }
        match (line.split_once('='), &mut open) {
            (Some((name, value)), Some((taken, ..))) if is_libpq_option(name) => {
                taken.text(name, value);
            }
            (Some(_), Some(_)) => refuse(&mut document, place, why(Refused::Option)),
            _ => refuse(&mut document, place, why(Refused::Syntax)),
        }
    }
    if let Some((taken, name, at)) = open {
        document.entries.push(taken.entry(Some((name, base.span_of(at.range()))), &base));
    }
    document
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for index in 0..items.len() {
        let mut arguments = Arguments::of(items, index, options)?;
        let redshift = arguments.redshift;
        let ssl = if redshift { arguments.take(&["ssl"]) } else { None };
        let mut pairs = Vec::new();
        for (name, value) in arguments.rest()? {
            let name = if name == "database" { "dbname".to_string() } else { name };
            // What is an argument of psycopg, and no option of libpq, has no place either.
            if redshift && !SHARED.contains(&name.as_str()) || !is_libpq_option(&name) {
                return Err(arguments.cannot(&name));
            }
            if value.contains(['\0', '\n', '\r']) {
                return Err(arguments
                    .cannot(&name)
                    .because("with a NUL or a line end in it: each string is a line"));
            }
            pairs.push(format!("{name}={}", quoted(&value)));
        }
        if ssl.is_some_and(|ssl| !ssl.truthy()) {
            pairs.retain(|pair| !pair.starts_with("sslmode="));
            pairs.push("sslmode=disable".to_string());
        }
        if pairs.is_empty() {
            // A line of nothing is none.
            pairs.push("host=''".to_string());
        }
        out.push_str(&pairs.join(" "));
        out.push('\n');
    }
    Ok(out)
}

fn quoted(value: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && c != '\'' && c != '\\';
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_string();
    }
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}
