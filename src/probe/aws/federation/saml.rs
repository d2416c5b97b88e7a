//! The SAML assertion that AssumeRoleWithSAML takes: the identity provider is asked once, and its
//! answer read, as the hook does it (`_fetch_saml_assertion_using_http_spegno_auth` of the Amazon
//! provider).
//!
//! The hook would answer a provider that asks for Kerberos with a ticket of the worker. This does
//! not: a provider that lets the network decide who asks is proven to the end; for others there is
//! `--saml-response`.

use std::collections::BTreeMap;

use bytes::Bytes;
use hyper::header::WWW_AUTHENTICATE;

use super::super::http::Failed;
use super::super::trust::Trust;
use super::super::xpath::{Selected, Unread, select};
use super::requests;
use crate::airflow::python::repr::str_of;
use crate::model::{Dict, Secret, Value};
use crate::probe::{Outcome, Surroundings};

/// Arguments of `requests.Session.get` whose meaning is known here.
const KNOWN: &[&str] =
    &["headers", "params", "cookies", "verify", "timeout", "allow_redirects", "proxies", "stream"];

/// Its other ones.
const OTHERS: &[&str] = &["data", "json", "files", "cert", "hooks"];

/// The block `assume_role_with_saml` of an AWS connection.
pub(in super::super) struct Saml(Dict<'static>);

impl Saml {
    /// Of an extra; the resolver has looked at what must be there.
    pub(in super::super) fn of(extra: &Dict<'static>) -> Saml {
        Saml(extra.value("assume_role_with_saml").as_dict().cloned().unwrap_or_default())
    }

    /// `principal_arn`: the identity provider in IAM.
    pub(in super::super) fn principal(&self) -> &Value<'static> {
        self.0.value("principal_arn")
    }

    fn text(&self, name: &'static str) -> Result<&str, Outcome> {
        let beyond = || {
            Outcome::failed(
                "argument-invalid",
                format!("`{name}` of `assume_role_with_saml` is not text"),
            )
        };
        self.0.value(name).as_str().ok_or_else(beyond)
    }
}

/// The assertion: out of `given`, an answer of the identity provider that is there already, or out
/// of one that is asked for.
pub(in super::super) async fn assertion(
    saml: &Saml,
    given: Option<&Secret>,
    surroundings: &Surroundings,
) -> Result<Secret, Outcome> {
    let xpath = saml.text("saml_response_xpath")?;
    match given {
        Some(answer) => read(answer.expose_text().as_bytes(), xpath),
        None => read(&ask(saml, surroundings).await?, xpath),
    }
}

/// How far a mapping of texts is one.
fn pairs(value: &Value<'static>) -> Vec<(String, String)> {
    let named = value.as_dict().map(|d| {
        d.named()
            .filter(|(_, m)| !m.node.value.is_null())
            .map(|(k, m)| (k.to_string(), str_of(&m.node.value)))
    });
    named.map(Iterator::collect).unwrap_or_default()
}

async fn ask(saml: &Saml, surroundings: &Surroundings) -> Result<Bytes, Outcome> {
    let empty = Dict::default();
    let arguments = saml.0.value("idp_request_kwargs").as_dict().unwrap_or(&empty);
    for (name, member) in arguments.named() {
        if OTHERS.contains(&name) && member.node.value.truthy() {
            let message = format!(
                "`{name}` of `idp_request_kwargs` is not known here: the identity provider was not \
                 asked"
            );
            return Err(way_out(Outcome::skipped("argument-unknown", message)));
        }
        if !KNOWN.contains(&name) && !OTHERS.contains(&name) {
            return Err(Outcome::failed(
                "argument-invalid",
                "`idp_request_kwargs` has an argument that requests does not know (TypeError)",
            )
            .hint(format!("it knows {}", [KNOWN, OTHERS].concat().join(", "))));
        }
    }
    let verify = match arguments.value("verify") {
        Value::Bool(false) => Some(Trust::Anything),
        Value::Str(path) => path.as_str().map(|p| Trust::File(p.to_string())),
        _ => None,
    };
    let proxies = pairs(arguments.value("proxies")).into_iter().collect::<BTreeMap<_, _>>();
    let follows = arguments.get("allow_redirects").is_none_or(|n| n.value.truthy());
    let asked = async {
        let http = requests::session(surroundings, verify, proxies)?;
        let url = requests::url(
            saml.text("idp_url").unwrap_or_default(),
            &pairs(arguments.value("params")),
        )?;
        requests::get(
            &http,
            url,
            &pairs(arguments.value("headers")),
            &pairs(arguments.value("cookies")),
            follows,
        )
        .await
    };
    let answer = asked.await.map_err(|failed| unreachable(&failed))?;
    let negotiates = answer
        .headers()
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .any(|v| v.to_str().is_ok_and(|v| v.to_lowercase().contains("negotiate")));
    let status = answer.status().as_u16();
    match status {
        401 if negotiates => Err(way_out(Outcome::skipped(
            "kerberos-needed",
            "the identity provider asks for a Kerberos ticket (Negotiate), which the worker has \
             and this does not",
        ))),
        400.. => Err(Outcome::failed(
            "idp-refused",
            format!(
                "the identity provider answers with \
                 HTTP status {status}"
            ),
        )
        .code(status.to_string())
        .hint("`idp_url` is not the address at which the provider hands out assertions for AWS")
        .hint(
            "the provider wants another log-in than Kerberos (Negotiate), which is the only \
             one that the hook knows",
        )),
        _ if saml
            .0
            .get("mutual_authentication")
            .is_some_and(|m| m.value.as_str() == Some("REQUIRED"))
            && !negotiates =>
        {
            Err(Outcome::failed(
                "idp-not-genuine",
                "the identity provider does not prove who it is \
                 (MutualAuthenticationError)",
            )
            .hint(
                "`mutual_authentication` is REQUIRED, and the provider answers without \
                 Kerberos: OPTIONAL or DISABLED lets it",
            ))
        }
        _ => Ok(answer.into_body()),
    }
}

/// How the rest can be proven all the same.
fn way_out(outcome: Outcome) -> Outcome {
    outcome.hint(
        "get the answer where there is a ticket (`curl --negotiate -u : IDP_URL`), and hand \
         it in: `--saml-response FILE`, `-` for standard input",
    )
}

fn unreachable(failed: &Failed) -> Outcome {
    let cause = match failed.cause {
        "endpoint-certificate" => "idp-certificate",
        "endpoint-invalid" => "idp-invalid",
        _ => "idp-unreachable",
    };
    Outcome::failed(
        cause,
        format!(
            "the identity provider of `idp_url` cannot be \
             asked: {}",
            failed.message
        ),
    )
    .hint("a wrong `idp_url`, or a network that does not lead there")
    .hint(
        "REQUESTS_CA_BUNDLE or `verify` of `idp_request_kwargs` names the certificates that \
         are trusted; HTTPS_PROXY a proxy",
    )
}

/// `etree.fromstring(content).xpath(xpath)`.
fn read(answer: &[u8], xpath: &str) -> Result<Secret, Outcome> {
    let no_xml = || {
        Outcome::failed(
            "saml-unreadable",
            "the answer of the identity provider is not XML \
             (XMLSyntaxError)",
        )
        .hint(
            "it is a page for a browser: log-in forms are mostly HTML that is not XML, and \
             the hook reads XML only",
        )
        .hint("`idp_url` is not the address at which the provider hands out assertions for AWS")
    };
    let text = match std::str::from_utf8(answer) {
        Ok(text) => text.trim_start_matches('\u{feff}'),
        Err(_)
            if answer.windows(8).take(64).any(|w| w == b"encoding")
                || answer.starts_with(b"\xff\xfe")
                || answer.starts_with(b"\xfe\xff") =>
        {
            return Err(Outcome::skipped(
                "saml-encoding",
                "the answer of the identity provider is in another encoding than UTF-8",
            ));
        }
        Err(_) => return Err(no_xml()),
    };
    let options =
        roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    let document = roxmltree::Document::parse_with_options(text, options).map_err(|_| no_xml())?;
    match select(&document, xpath) {
        Ok(Selected::Text(text)) => Ok(Secret::text(text)),
        Ok(Selected::Nothing) => Err(Outcome::failed(
            "saml-missing",
            "`saml_response_xpath` finds \
             nothing in the answer \
             (ValueError)",
        )
        .hint(
            "the answer is a page for people, such as a log-in form: the provider did not \
             know who asked",
        )
        .hint(
            "names count in upper and lower case, and elements of XHTML have a namespace: \
             `//*[local-name()='input']`",
        )),
        Ok(Selected::Several) => Err(Outcome::failed(
            "saml-ambiguous",
            "`saml_response_xpath` \
             finds more than one \
             (ParamValidationError)",
        )
        .hint("add a condition: `//INPUT[@NAME='SAMLResponse']/@VALUE`")),
        Ok(Selected::NoText) => Err(Outcome::failed(
            "saml-no-text",
            "`saml_response_xpath` finds an element, not a \
             text (ParamValidationError)",
        )
        .hint("end it with the attribute or the text: `/@VALUE`, `/text()`")),
        Err(Unread::Prefix) => Err(Outcome::failed(
            "xpath-invalid",
            "`saml_response_xpath` has a prefix that nobody \
             declares (XPathEvalError)",
        )
        .hint("`*[local-name()='Response']` needs none")),
        Err(Unread::Beyond) => Err(Outcome::skipped(
            "xpath-beyond",
            "`saml_response_xpath` is broken, or of a part of \
             XPath that this does not read",
        )),
    }
}
