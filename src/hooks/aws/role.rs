//! The roles of AWS connections: what the hook asks STS for, by each of its three methods.

use crate::hooks::aws::wrapper::{Role, Wrapper};
use crate::hooks::botocore::checks::{Parameter, Shape, Signing, parameter, sts_shape};
use crate::hooks::outcome::{Dependency, Failure, Identity, Place, Reason, Source, Trace};
use crate::model::Value;

impl Wrapper {
    /// `_create_session_with_assume_role`.
    pub(crate) fn assume(&self, role: &Role, trace: &mut Trace) -> Result<Signing, Failure> {
        let basic = self.basic_signing(trace)?;
        let assumed = Identity { role: Some(role.place.clone()), ..basic.identity.clone() };
        let web = role.method == "assume_role_with_web_identity";
        if web
            && !matches!(
                self.extras.get("assume_role_with_web_identity_federation").as_str(),
                Some("file" | "google")
            )
        {
            let place = self.place("assume_role_with_web_identity_federation");
            return Err(Failure::new("AirflowException", Reason::WebIdentityFederation, place));
        }
        if web {
            let google =
                self.extras.text("assume_role_with_web_identity_federation") == Some("google");
            let file = self.place("assume_role_with_web_identity_token_file");
            let need = if google {
                Dependency::Package("apache-airflow-providers-google")
            } else {
                Dependency::File(file)
            };
            // The role is assumed when the first call is signed, without credentials.
            let mut client = self.client("sts", basic.clone(), true, trace)?;
            client.signing.needs.clear();
            client.signing.broken = None;
            client.signing.identity.source = Source::Unsigned;
            let mut calls = Trace::default();
            let called = self.role_kwargs(role).and_then(|mut parameters| {
                parameters.insert(0, role_arn(role));
                client.call("AssumeRoleWithWebIdentity", parameters, &mut calls)
            });
            trace.need(need);
            return match called {
                Ok(()) => {
                    trace.calls.append(&mut calls.calls);
                    Ok(Signing { identity: assumed, needs: Vec::new(), broken: None })
                }
                Err(broken) => {
                    Ok(Signing { identity: assumed, needs: Vec::new(), broken: Some(broken) })
                }
            };
        }
        let client = self.client("sts", basic, true, trace)?;
        if role.method == "assume_role_with_saml" {
            self.saml(trace)?;
            let mut parameters = vec![role_arn(role)];
            parameters.extend(self.role_kwargs(role)?);
            client.call("AssumeRoleWithSAML", parameters, trace)?;
        } else {
            let session = Value::text(session_name(&self.conn_id));
            let place = self.place("assume_role_kwargs");
            let mut parameters = vec![parameter("RoleSessionName", session, Shape::Text(2), place)];
            for given in self.role_kwargs(role)? {
                parameters.retain(|p| p.name != given.name);
                parameters.push(given);
            }
            parameters.retain(|p| p.name != "RoleArn");
            parameters.push(role_arn(role));
            client.call("AssumeRole", parameters, trace)?;
        }
        Ok(Signing { identity: assumed, needs: Vec::new(), broken: None })
    }

    fn role_kwargs(&self, role: &Role) -> Result<Vec<Parameter>, Failure> {
        let place = self.place("assume_role_kwargs");
        let Value::Dict(kwargs) = &role.kwargs else {
            return Err(Failure::new(
                "TypeError",
                Reason::NotAnObject("assume_role_kwargs"),
                place,
            ));
        };
        let operation = match role.method.as_str() {
            "assume_role" => "AssumeRole",
            "assume_role_with_saml" => "AssumeRoleWithSAML",
            _ => "AssumeRoleWithWebIdentity",
        };
        let parameter = |(name, member): (&str, &crate::model::Member<'static>)| Parameter {
            name: name.to_string(),
            value: member.node.value.clone(),
            shape: sts_shape(operation, name),
            place: place.below(name),
        };
        Ok(kwargs.named().map(parameter).collect())
    }

    /// The block `assume_role_with_saml`, read in the order of the hook.
    fn saml(&self, trace: &mut Trace) -> Result<(), Failure> {
        let place = self.place("assume_role_with_saml");
        let missing = |key: &'static str, place: &Place| {
            Err(Failure::new("KeyError", Reason::SamlKey(key), place.clone()))
        };
        if !self.extras.has("assume_role_with_saml") {
            return missing("assume_role_with_saml", &place);
        }
        let Value::Dict(block) = self.extras.get("assume_role_with_saml") else {
            return Err(Failure::new(
                "TypeError",
                Reason::NotAnObject("assume_role_with_saml"),
                place,
            ));
        };
        for key in ["principal_arn", "idp_auth_method"] {
            if block.get(key).is_none() {
                return missing(key, &place.below(key));
            }
        }
        if block.get("idp_auth_method").and_then(|n| n.value.as_str()) != Some("http_spegno_auth") {
            return Err(Failure::new(
                "NotImplementedError",
                Reason::SamlMethod,
                place.below("idp_auth_method"),
            ));
        }
        trace.need(Dependency::Package("requests_gssapi"));
        let mutual = block.get("mutual_authentication").map(|n| &n.value);
        if mutual.is_some_and(|m| !matches!(m.as_str(), Some("REQUIRED" | "OPTIONAL" | "DISABLED")))
        {
            return Err(Failure::new(
                "NotImplementedError",
                Reason::SamlMethod,
                place.below("mutual_authentication"),
            ));
        }
        for key in ["idp_url", "saml_response_xpath"] {
            if block.get(key).is_none() {
                return missing(key, &place.below(key));
            }
        }
        trace.need(Dependency::IdentityProvider(place));
        Ok(())
    }
}

fn role_arn(role: &Role) -> Parameter {
    parameter("RoleArn", role.arn.clone(), Shape::Text(20), role.place.clone())
}

/// `_strip_invalid_session_name_characters(f"Airflow_{conn_id}")`: python-slugify with the pattern
/// `[^\w+=,.@-]+`.
fn session_name(conn_id: &str) -> String {
    let mut out = String::new();
    for c in format!("Airflow_{conn_id}").to_lowercase().chars().filter(|c| *c != '\'') {
        let kept = c.is_ascii_alphanumeric() || "_+=,.@".contains(c);
        if kept {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_matches('-').to_string()
}

#[cfg(test)]
mod tests {
    use super::session_name;

    #[test]
    fn session_names_are_slugs() {
        for (id, want) in [
            ("aws_default", "airflow_aws_default"),
            ("My Conn/1", "airflow_my-conn-1"),
            ("a--b", "airflow_a-b"),
        ] {
            assert_eq!(session_name(id), want);
        }
    }
}
