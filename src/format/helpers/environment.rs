//! The environment of a process, whatever wraps it: variables become connections, the names and
//! values of others are looked at for slips.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::beside::{Beside, Copied, Encode, Holder};
use super::holes;
use super::lines::goes_on;
use super::near_misses::{ARGUMENTS, NEAR_MISSES};
use super::shell_word::Filled;
use super::tree::Tree;
use crate::airflow::environment::team_of;
use crate::airflow::python::json_loads::loads;
use crate::airflow::{Fault, Raised, Raw, Refusal};
use crate::format::limits::{VARIABLE_NAME, VARIABLE_NUL};
use crate::format::{
    Around, Document, Entry, Grade, Item, Remark, Repair, WriteError, WriteOptions, held, id_of,
    value_of,
};
use crate::model::{Node, Value};
use crate::source::{Edit, Span, Text};

/// Why a template in the userinfo of a URI is a risk.
pub const NOT_ENCODED: &str =
    "what is filled in here is not percent-encoded: a value with @ / : # ? or % breaks the URI";

/// What the language of a file tells from other text as filled in.
pub(crate) const REFERENCE: &str = "a reference, which is filled in,";

/// What the name of a variable with a connection begins with.
pub(crate) const PREFIX: &str = "AIRFLOW_CONN_";

/// Options whose value is the JSON of keyword arguments for a secrets backend.
const KWARGS: &[&str] =
    &["AIRFLOW__SECRETS__BACKEND_KWARGS", "AIRFLOW__WORKERS__SECRETS_BACKEND_KWARGS"];

/// Whether a part of a name is a place to fill in: no environment has variables with such signs.
pub(crate) fn is_filled_in(id: &str) -> bool {
    ["$", "{{", "%s", "%("].iter().any(|sign| id.contains(sign))
        || id.split_once('<').is_some_and(|(_, rest)| rest.contains('>'))
}

/// Collects variables.
#[derive(Default)]
pub(crate) struct Environment<'a> {
    /// What was collected.
    pub(crate) document: Document<'a>,
    /// Services or containers are counted here by their reader.
    pub(crate) scope: u32,
    /// Names are ids themselves, not those of variables.
    pub(crate) named_by_id: bool,
    seen: HashSet<(String, Span)>,
    /// What boto3 finds in the variables of each scope.
    around: HashMap<u32, Around>,
    /// Where variables stand now.
    holder: Option<Holder<'a>>,
    /// How the next variable stands there.
    next: Option<Copied>,
    /// The entries of each mapping or list.
    held: HashMap<Span, Vec<usize>>,
}

impl<'a> Environment<'a> {
    /// A variable. `at` is where its value stands in a text whose parts may be repeated by
    /// reference (YAML merges): a connection that comes again from there is one. True if it made an
    /// entry, which is then the last of the document.
    pub(crate) fn add(&mut self, name: &Text<'_>, value: Text<'a>, at: Option<Span>) -> bool {
        let written = name.as_str();
        let next = self.next.take();
        self.surround(written);
        let (id, start) = if self.named_by_id {
            (written.to_string(), 0)
        } else {
            self.slips(name, &value);
            let Some(id) = written.strip_prefix(PREFIX).filter(|id| !id.is_empty()) else {
                return false;
            };
            // Which connection it is, is known only once the name is filled in.
            if is_filled_in(id) {
                return false;
            }
            (id.to_lowercase(), PREFIX.len())
        };
        if at.is_some_and(|at| !self.seen.insert((id.clone(), at))) {
            return false;
        }
        let place = name.span_of(start..written.len());
        let mut entry = Entry::of_text(Some((id, place)), Raw::Value(value));
        entry.scope = self.scope;
        entry.is_variable = !self.named_by_id;
        entry.around = self.around.get(&self.scope).copied().unwrap_or_default();
        if let (Some(holder), Some(copied)) = (&self.holder, next) {
            entry.beside = Some(Beside::new(holder, copied));
            self.held.entry(holder.place).or_default().push(self.document.entries.len());
        }
        self.document.entries.push(entry);
        true
    }

    /// Looks at what stands behind the value that was added last: it ends at this byte of a text.
    pub(crate) fn ends_at(&mut self, text: &Text<'_>, end: usize) {
        if let Some(entry) = self.document.entries.last_mut() {
            entry.goes_on = goes_on(text.as_str(), end);
        }
    }

    /// A variable that boto3 reads is there for the connections beside it, too.
    fn surround(&mut self, name: &str) {
        let adds = match name {
            "AWS_DEFAULT_REGION" => Around { region: true, credentials: false },
            "AWS_PROFILE" | "AWS_DEFAULT_PROFILE" => Around { region: true, credentials: true },
            "AWS_ACCESS_KEY_ID"
            | "AWS_WEB_IDENTITY_TOKEN_FILE"
            | "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
            | "AWS_CONTAINER_CREDENTIALS_FULL_URI" => Around { region: false, credentials: true },
            _ => return,
        };
        let around = self.around.entry(self.scope).or_default();
        let before = *around;
        around.region |= adds.region;
        around.credentials |= adds.credentials;
        if *around == before {
            return;
        }
        let (scope, around) = (self.scope, *around);
        for entry in self.document.entries.iter_mut().rev().take_while(|e| e.scope == scope) {
            entry.around = around;
        }
    }

    /// The variables that follow stand in this mapping or list, where others may be put beside
    /// them. One that is met again is shared by an alias further out: what is put there would come
    /// to stand elsewhere, too.
    pub(crate) fn hold(&mut self, tree: &Tree<'a>, node: Option<&Node<'static>>, encode: Encode) {
        self.next = None;
        self.holder = node.and_then(|node| Holder::of(&tree.base, node, encode));
        let Some(place) = self.holder.as_ref().map(|holder| holder.place) else { return };
        match self.held.get_mut(&place) {
            None => _ = self.held.insert(place, Vec::new()),
            Some(entries) => {
                self.holder = None;
                for entry in std::mem::take(entries) {
                    self.document.entries[entry].beside = None;
                }
            }
        }
    }

    /// Whether the variables of this mapping or list were read already.
    pub(crate) fn holds(&self, tree: &Tree<'a>, node: &Node<'static>) -> bool {
        let start = node.span.start as usize;
        tree.base.span_of(start..start).is_some_and(|place| self.held.contains_key(&place))
    }

    /// How the next variable stands in what holds it.
    pub(crate) fn stands(&mut self, copied: impl Into<Option<Copied>>) {
        self.next = copied.into();
    }

    /// The last entry is a template: what Airflow gets is known only where it is filled in.
    pub(crate) fn template(&mut self, what: &str, span: Option<Span>) {
        let last = self.document.entries.len().saturating_sub(1);
        self.template_in(last, what, span);
    }

    /// The same of any entry.
    pub(crate) fn template_in(&mut self, entry: usize, what: &str, span: Option<Span>) {
        let Some(entry) = self.document.entries.get_mut(entry) else { return };
        let message = format!(
            "{what} stands in this connection; what Airflow gets is known only once it is filled in"
        );
        entry.refused = Some(Raised::new(Refusal::Unexpanded, Fault::Template, &message).at(span));
        entry.holes = holes::of(&entry.raw, &entry.base, span);
        let help = "what is filled in is not percent-encoded: write the connection as JSON, or \
                    keep the whole of it in the secret";
        let remark = Remark {
            fault: Fault::Template,
            grade: Grade::Info,
            conn_id: entry.conn_id.clone(),
            span,
            message,
            help,
            repair: None,
        };
        self.document.remarks.push(remark);
    }

    /// A variable whose value stands somewhere else, such as in a Secret: there is no entry to
    /// make.
    pub(crate) fn elsewhere(&mut self, name: &Text<'_>, what: &str) {
        let Some(id) = name.as_str().strip_prefix(PREFIX).filter(|id| !id.is_empty()) else {
            return;
        };
        let message =
            format!("the value of this connection stands in {what}: it was not looked at");
        let (conn_id, help) = (Some(id.to_lowercase()), "check what is put in there as well");
        self.document.remarks.push(Remark {
            fault: Fault::Elsewhere,
            grade: Grade::Info,
            conn_id,
            span: name.span(),
            message,
            help,
            repair: None,
        });
    }

    /// The last entry holds something that a shell fills in.
    pub(crate) fn filled(&mut self, filled: Filled, span: Option<Span>) {
        match filled {
            Filled::Variable => self.template("`${…}` or `$NAME`, which a shell fills in,", span),
            Filled::Command => self.template("`$(…)`, which a shell runs,", span),
            Filled::Small => self.swallowed(span),
            Filled::Braces => self.template("a template `{{ … }}`", span),
        }
    }

    /// The last entry holds `$` and a name that may be meant as it stands.
    fn swallowed(&mut self, span: Option<Span>) {
        self.template(
            "`$` and a name, which a shell, Compose and most others that read such a \
             file take for a variable,",
            span,
        );
        self.warn(
            "write the value in single quotes if the dollar sign is meant; `docker run \
             --env-file` keeps it (--from docker-env)",
        );
    }

    /// The last entry holds `$` and what may be meant as it stands, but is a variable to the build
    /// of an image.
    pub(crate) fn swallowed_by_build(&mut self) {
        self.warn(
            "write the value in single quotes if the dollar sign is meant: the build puts \
             that variable here, or nothing",
        );
    }

    /// What was remarked last is likely a mistake.
    fn warn(&mut self, help: &'static str) {
        if let Some(remark) = self.document.remarks.last_mut() {
            remark.grade = Grade::Warning;
            remark.help = help;
        }
    }

    /// The template in the last entry stands in the login or password of a URI.
    pub(crate) fn not_encoded(&mut self) {
        if let Some(remark) = self.document.remarks.last_mut() {
            remark.fault = Fault::TemplateInUserinfo;
            remark.grade = Grade::Warning;
            remark.message = NOT_ENCODED.to_string();
        }
    }

    /// The last entry is refused by what wraps it.
    pub(crate) fn refuse(&mut self, raised: Raised, help: &'static str) {
        let Some(entry) = self.document.entries.last_mut() else { return };
        self.document.remarks.push(Remark {
            fault: raised.fault,
            grade: Grade::Error,
            conn_id: entry.conn_id.clone(),
            span: raised.span,
            message: raised.message.clone(),
            help,
            repair: None,
        });
        entry.refused = Some(raised);
    }

    /// A remark about the last entry.
    pub(crate) fn remark(
        &mut self,
        fault: Fault,
        grade: Grade,
        span: Option<Span>,
        message: impl Into<String>,
        help: &'static str,
    ) {
        let conn_id = self.document.entries.last().and_then(|entry| entry.conn_id.clone());
        self.document.remarks.push(Remark {
            fault,
            grade,
            conn_id,
            span,
            message: message.into(),
            help,
            repair: None,
        });
    }

    /// The last remark, which is about the last entry, would be repaired by this change.
    pub(crate) fn repair(&mut self, edit: Option<Edit>, safe: bool) {
        let entry = self.document.entries.len().saturating_sub(1);
        if let Some(remark) = self.document.remarks.last_mut() {
            remark.repair = edit.map(|edit| Repair { entry, edit, safe });
        }
    }

    fn slips(&mut self, name: &Text<'_>, value: &Text<'_>) {
        let written = name.as_str();
        let mut push = |grade, span, message: String, help| {
            self.document.remarks.push(Remark {
                fault: Fault::Backend,
                grade,
                conn_id: None,
                span,
                message,
                help,
                repair: None,
            });
        };
        if KWARGS.contains(&written) {
            let text = value.as_str();
            if text.trim().is_empty() || is_template(text) {
                return;
            }
            match loads(text) {
                Ok(Node { value: Value::Dict(given), .. }) => {
                    for (written, member) in given.named() {
                        let meant = written.replace('-', "_").to_ascii_lowercase();
                        if meant != written && ARGUMENTS.contains(&meant.as_str()) {
                            let message = format!(
                                "no secrets backend has an argument of this name; meant is \
                                 `{meant}`"
                            );
                            push(
                                Grade::Warning,
                                value.span_of(member.key_span.range()),
                                message,
                                "rename the argument",
                            );
                        }
                    }
                }
                // As good as `{}`.
                Ok(Node { value, .. }) if !value.truthy() => {}
                Ok(_) => push(
                    Grade::Warning,
                    value.span(),
                    "the arguments of the secrets backend are JSON, but not an object: it is made \
                     without any"
                        .to_string(),
                    "write one object: {\"connections_prefix\": \"airflow/connections\"}",
                ),
                Err(error) => {
                    let place = error.raised(Fault::Backend, value).span.or(value.span());
                    let message = format!(
                        "the arguments of the secrets backend are not JSON ({}): it is made \
                         without any",
                        error.message()
                    );
                    push(Grade::Error, place, message, "write one JSON object, with double quotes");
                }
            }
            return;
        }
        if let Some(id) = written.strip_prefix(PREFIX)
            && id.chars().any(char::is_lowercase)
            && id.chars().any(|c| c.is_ascii_alphanumeric())
            && !is_filled_in(id)
        {
            push(
                Grade::Warning,
                name.span(),
                "Airflow reads no variable of this name: it looks for ids in upper case"
                    .to_string(),
                "write the whole name in upper case",
            );
            return;
        }
        // Most variables have nothing to do with connections.
        if written.len() < 8
            || !written.is_char_boundary(8)
            || !written[..8].eq_ignore_ascii_case("AIRFLOW_")
        {
            return;
        }
        // That of a team is meant so, and AC806 asks who knows teams.
        let id = written.strip_prefix(PREFIX).map(str::to_lowercase);
        if id.as_deref().and_then(team_of).is_some() {
            return;
        }
        let upper = written.to_ascii_uppercase();
        let near = NEAR_MISSES.iter().find(|(start, _)| upper.starts_with(start));
        if let Some((start, meant)) =
            near.filter(|(start, _)| *start != PREFIX || !written.starts_with(PREFIX))
        {
            let read = if *start == "AIRFLOW_CONN__" && written.starts_with(PREFIX) {
                "this is no variable of a team (AIRFLOW_CONN__<TEAM>___<CONN_ID>), and its id \
                 begins with `_`"
            } else {
                "Airflow reads no variable of this name"
            };
            push(
                Grade::Warning,
                name.span(),
                format!("{read}; meant is {meant}"),
                "rename the variable",
            );
        }
    }
}

/// Text that a template engine will replace: `{{ … }}`.
pub(crate) fn is_template(text: &str) -> bool {
    braces(text).is_some()
}

/// Where the first `{{ … }}` stands.
pub(crate) fn braces(text: &str) -> Option<std::ops::Range<usize>> {
    let start = text.find("{{")?;
    let end = start + text[start..].find("}}")? + 2;
    Some(start..end)
}

/// A line of the text assigns to a variable that holds a connection.
pub(crate) fn assigns_connection(text: &str) -> bool {
    let assigns = |line: &str| {
        let line = line.trim_start();
        let exported = line.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t']));
        let name = exported.unwrap_or(line).trim_start().strip_prefix(PREFIX);
        name.and_then(|name| name.split_once('='))
            .is_some_and(|(name, _)| !name.trim_end().contains([':', '"', '\'', ' ']))
    };
    text.contains(PREFIX) && text.lines().any(assigns)
}

/// The variables that hold these connections, by name. Refuses ids that cannot be one, or that
/// would be one variable.
pub(crate) fn variables<'i>(
    items: &'i [Item],
    options: &WriteOptions<'_>,
) -> Result<Vec<(String, Cow<'i, str>)>, WriteError> {
    let mut names = HashMap::with_capacity(items.len());
    let mut variables = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let id = id_of(item, i)?.to_uppercase();
        if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(WriteError::at(i, VARIABLE_NAME));
        }
        if let Some(first) = names.insert(id.clone(), i) {
            let message = format!(
                "its id in upper case is that of connection {} of the input: one variable would \
                 overwrite the other",
                first + 1
            );
            return Err(WriteError::at(i, message));
        }
        let value = value_of(item, i, options)?;
        if value.contains('\0') {
            return Err(held(item, i, VARIABLE_NUL, |text| text.contains('\0')));
        }
        variables.push((format!("{PREFIX}{id}"), value));
    }
    Ok(variables)
}
