//! Values of a Secret of Kubernetes: in base64, or plain where somebody may have encoded them.

use crate::airflow::{Fault, Raised, Refusal};
use crate::format::Grade;
use crate::format::helpers::base64_text::{self, Undecodable};
use crate::format::helpers::environment::Environment;
use crate::source::{Span, Text};

const ENCODE: &str = "encode the connection without a line end (printf '%s' … | base64), or put it \
                      under stringData as it is";

/// A value of `data` in base64.
pub(crate) fn decoded<'a>(
    key: &Text<'_>,
    written: &Text<'a>,
    at: Span,
    environment: &mut Environment<'a>,
) {
    match base64_text::decode(written) {
        Ok(value) => {
            let end = value.as_str().len();
            let (line_end, again) =
                (value.as_str().ends_with('\n'), encoded_connection(value.as_str()).is_some());
            let (whole, last) = (value.span(), value.span_of(end.saturating_sub(1)..end));
            let once = again
                .then(|| written.edit(0..written.as_str().len(), value.as_str().trim()))
                .flatten();
            let shorter = line_end
                .then(|| value.edit(value.as_str().trim_end_matches(['\r', '\n']).len()..end, ""))
                .flatten();
            if !environment.add(key, value, Some(at)) {
                return;
            }
            if again {
                let message = "base64 of base64: what the pod gets is still encoded, and Airflow \
                               reads it as a URI without a scheme";
                environment.remark(
                    Fault::Base64,
                    Grade::Error,
                    whole,
                    message,
                    "encode it once, or move the value to stringData",
                );
                environment.repair(once, true);
            } else if line_end {
                let message = "the encoded value ends with a line end, which `echo` puts there and \
                               Airflow strips only from 2.3 on";
                environment.remark(Fault::Base64, Grade::Warning, last, message, ENCODE);
                environment.repair(shorter, true);
            }
        }
        Err(problem) => {
            if !environment.add(key, written.clone(), Some(at)) {
                return;
            }
            let (message, place) = match problem {
                Undecodable::Base64(at) => {
                    let end = written.as_str()[at.min(written.as_str().len())..]
                        .chars()
                        .next()
                        .map_or(at, |c| at + c.len_utf8());
                    let place = if at == end { written.span() } else { written.span_of(at..end) };
                    ("a value of `data` that is not base64: Kubernetes refuses the manifest", place)
                }
                Undecodable::Utf8 => ("base64 of bytes that are not UTF-8", written.span()),
            };
            environment
                .refuse(Raised::new(Refusal::BadRequest, Fault::Base64, message).at(place), ENCODE);
            let text = written.as_str().trim();
            let encoded = is_connection(text)
                .then(|| written.edit(0..written.as_str().len(), &base64_text::encode(text)));
            environment.repair(encoded.flatten(), true);
        }
    }
}

/// A value of `stringData`, which Kubernetes encodes itself.
pub(crate) fn looks_encoded<'a>(
    key: &Text<'_>,
    written: Text<'a>,
    at: Span,
    environment: &mut Environment<'a>,
) {
    let inner = encoded_connection(written.as_str());
    let edit = inner.as_ref().and_then(|inner| written.edit(0..written.as_str().len(), inner));
    let span = written.span();
    if environment.add(key, written, Some(at)) && inner.is_some() {
        let message = "base64 where Kubernetes expects the text itself: Airflow gets it encoded \
                       and reads it as a URI without a scheme";
        environment.remark(
            Fault::Base64,
            Grade::Error,
            span,
            message,
            "write the connection as it is, or move the value to `data`",
        );
        environment.repair(edit, true);
    }
}

/// A connection that stands in base64.
fn encoded_connection(text: &str) -> Option<String> {
    let text = Text::untraced(text.trim());
    let inner = (text.as_str().len() >= 8).then(|| base64_text::decode(&text).ok()).flatten()?;
    let inner = inner.as_str().trim();
    is_connection(inner).then(|| inner.to_string())
}

fn is_connection(text: &str) -> bool {
    text.contains("://") || text.starts_with('{') && text.ends_with('}')
}
