//! What another reader made of a text that a command writes.

use crate::airflow::Fault;
use crate::format::Document;
use crate::format::helpers::environment::Environment;
use crate::format::helpers::shell_word::Filled;
use crate::source::Span;

/// Takes what another reader made of a text that comes to stand somewhere of its own. `filled`
/// are pieces of that text which are filled in before.
pub(super) fn absorb<'a>(
    environment: &mut Environment<'a>,
    read: Document<'a>,
    filled: &[(Filled, Span)],
) {
    environment.scope += 1;
    let (first, scope) = (environment.document.entries.len(), environment.scope);
    for mut entry in read.entries {
        environment.scope = environment.scope.max(scope + entry.scope);
        entry.scope += scope;
        let spans = [entry.span(), entry.id_span];
        let within = |(_, place): &&(Filled, Span)| {
            spans.iter().flatten().any(|span| span.start <= place.start && place.end <= span.end)
        };
        let fill = filled.iter().find(within).copied();
        let told = entry.refused.as_ref().is_some_and(|raised| raised.fault == Fault::Template);
        if fill.is_some_and(|(_, place)| {
            entry.id_span.is_some_and(|id| id.start <= place.start && place.end <= id.end)
        }) {
            (entry.conn_id, entry.id_span) = (None, None);
        }
        environment.document.entries.push(entry);
        if let (Some((what, place)), false) = (fill, told) {
            environment.filled(what, Some(place));
        }
    }
    for mut remark in read.remarks {
        if let Some(repair) = &mut remark.repair {
            repair.entry += first;
        }
        environment.document.remarks.push(remark);
    }
    // What is filled in may be what is missing.
    if filled.is_empty() {
        environment.document.problems.extend(read.problems);
    }
    environment.document.overwritten.extend(read.overwritten);
    environment.scope += 1;
}
