//! What `airconn convert` says of what was written: what it does not give back, and who reads it
//! otherwise.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Output, Trouble, parallel};
use crate::airflow::Fault;
use crate::airflow::compare::differences;
use crate::airflow::runtime::Runtime;
use crate::airflow::{json, uri};
use crate::format::{Entry, Format, Item, OF_A_SHELL, ValueForm, WriteOptions};
use crate::model::Connection;
use crate::privacy::{public_id, shown_id};
use crate::source::Text;

/// What is called by its position: ids that look like names, and may not be shown (lines of a key,
/// say).
#[derive(Default)]
pub(super) struct Labels {
    hidden: BTreeSet<String>,
    /// The ids of variables that belong to a team.
    of_teams: BTreeSet<String>,
}

impl Labels {
    pub(super) fn learn(&mut self, entry: &Entry<'_>, runtime: &Runtime) {
        if shown_id(entry).is_none() {
            self.hidden.extend(entry.conn_id.clone());
        }
        if runtime.behaviour.team_variables && entry.team().is_some() {
            self.of_teams.extend(entry.conn_id.clone());
        }
    }

    /// What of an id may be shown.
    pub(super) fn shown(&self, id: Option<&str>) -> Option<String> {
        id.filter(|id| !self.hidden.contains(*id)).and_then(public_id)
    }

    pub(super) fn of(&self, item: &Item, index: usize) -> String {
        label(self.shown(item.conn_id.as_deref()), index)
    }
}

/// How a connection is called whose value stands somewhere else.
pub(super) fn label_elsewhere(id: Option<&str>) -> String {
    let id = id.and_then(public_id);
    id.map_or_else(|| "a connection".to_string(), |id| label(Some(id), 0))
}

/// How a connection is called: by its id if that may be shown, else by its position.
pub(super) fn label(id: Option<String>, index: usize) -> String {
    match id {
        Some(id) => format!("connection `{id}`"),
        None => format!("connection {}", index + 1),
    }
}

/// Warnings beyond this number are only counted.
const SHOWN_LOSSES: usize = 10;

/// Says which fields do not come back from what was written.
pub(super) fn warn_of_losses(
    items: &[Item],
    form: ValueForm,
    runtime: &Runtime,
    labels: &Labels,
    output: &mut Output<'_>,
) -> Result<(), Trouble> {
    let (what, way_out) = match form {
        ValueForm::Uri => ("a URI", "--value json or --to export-json"),
        ValueForm::Json => ("this JSON", "--to export-json"),
    };
    // What was written beforehand was found to give everything back.
    let lost = parallel::map(items, |_, item| {
        if item.value.is_some() { Vec::new() } else { lost(&item.connection, form, runtime) }
    });
    let losses: Vec<_> =
        items.iter().zip(lost).enumerate().filter(|(_, (_, lost))| !lost.is_empty()).collect();
    for (i, (item, lost)) in losses.iter().take(SHOWN_LOSSES) {
        output.say(&format!(
            "airconn: warning: {}: {what} does not give back {}",
            labels.of(item, *i),
            lost.join(", ")
        ))?;
    }
    if losses.len() > SHOWN_LOSSES {
        output.say(&format!(
            "airconn: warning: and {} connections more",
            losses.len() - SHOWN_LOSSES
        ))?;
    }
    if !losses.is_empty() {
        output.note(&format!(
            "Airflow {} reads something else from {what} than was put in; {way_out} \
             keeps more",
            runtime.name()
        ))?;
    }
    Ok(())
}

/// Reads what was written in a format that names the fields in its own way, and says which of them
/// do not come back.
pub(super) fn warn_of_changes(
    items: &[Item],
    text: &str,
    format: &Format,
    options: &WriteOptions<'_>,
    labels: &Labels,
    output: &mut Output<'_>,
) -> Result<(), Trouble> {
    let Some(judge) = format.judge() else { return Ok(()) };
    let written = if judge == format {
        Ok(text.into())
    } else {
        (judge.write)(items, options).map(Cow::Owned)
    };
    let Ok(text) = written else { return Ok(()) };
    let (text, runtime) = (Text::untraced(&text), options.runtime);
    let document = (judge.read)(&text, runtime);
    let mut changed = 0;
    for (i, (item, entry)) in items.iter().zip(&document.entries).enumerate() {
        let lost = match entry.parse(runtime) {
            Ok(back) => differences(&item.connection, &back),
            Err(_) => vec!["the whole connection"],
        };
        changed += usize::from(!lost.is_empty());
        if !lost.is_empty() && changed <= SHOWN_LOSSES {
            output.say(&format!(
                "airconn: warning: {}: {} does not give back {}",
                labels.of(item, i),
                format.name,
                lost.join(", ")
            ))?;
        }
    }
    if changed > SHOWN_LOSSES {
        output
            .say(&format!("airconn: warning: and {} connections more", changed - SHOWN_LOSSES))?;
    }
    Ok(())
}

/// Says which connections were of a team that what was written does not know: only the name of a
/// variable tells it.
pub(super) fn warn_of_teams(
    items: &[Item],
    text: &str,
    format: &Format,
    labels: &Labels,
    output: &mut Output<'_>,
) -> Result<(), Trouble> {
    for (i, item) in items.iter().enumerate() {
        let id = item.conn_id.as_deref().filter(|id| labels.of_teams.contains(*id));
        if id.is_none_or(|id| text.contains(&variable_of(id))) {
            continue;
        }
        output.say(&format!(
            "airconn: warning: {}: {} does not give back the team: only a variable of this name \
             is found by its tasks, under the id behind `___`",
            labels.of(item, i),
            format.name
        ))?;
    }
    Ok(())
}

/// Says what readers of the written form take differently, where there was no form for all.
pub(super) fn warn_of_readers(
    text: &str,
    format: &Format,
    runtime: &Runtime,
    output: &mut Output<'_>,
) -> Result<(), Trouble> {
    if !format.is_read() || !text.contains(OF_A_SHELL) {
        return Ok(());
    }
    let document = (format.read)(&Text::untraced(text), runtime);
    for remark in document.remarks.iter().filter(|remark| remark.fault == Fault::Readers) {
        let of = remark.conn_id.as_deref().and_then(public_id);
        let of = of.map_or_else(String::new, |id| format!("connection `{id}`: "));
        output.say(&format!("airconn: warning: {of}{}", remark.message))?;
    }
    Ok(())
}

fn variable_of(id: &str) -> String {
    format!("AIRFLOW_CONN_{}", id.to_uppercase())
}

/// The fields that reading back does not give.
fn lost(connection: &Connection, form: ValueForm, runtime: &Runtime) -> Vec<&'static str> {
    let written = match form {
        ValueForm::Uri => match uri::write(connection, runtime) {
            Ok(written) if written.gives_back => return Vec::new(),
            written => written.map(|w| w.uri),
        },
        ValueForm::Json if runtime.behaviour.as_json => json::as_json(connection, runtime),
        ValueForm::Json => return Vec::new(),
    };
    let Ok(written) = written else { return vec!["the whole connection"] };
    let text = Text::untraced(&written);
    let back = match form {
        ValueForm::Uri => uri::from_uri(&text, runtime),
        ValueForm::Json => json::from_json(&text, runtime),
    };
    back.map_or_else(|_| vec!["the whole connection"], |back| differences(connection, &back))
}
