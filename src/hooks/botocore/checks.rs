//! The checks of boto3 and botocore that need no network: sessions, regions, endpoints, parameters.

use crate::hooks::outcome::{
    Call, Caller, Dependency, Failure, Identity, ParameterFault, Place, Reason, Stage, Trace,
};
use crate::hooks::python::{is_int, is_str, number, text};
use crate::hooks::syntax;
use crate::model::Value;

/// What botocore's model says about a parameter.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Text of at least so many characters.
    Text(usize),
    /// An integer of at least.
    Integer(i64),
    /// A boolean, not 0 or 1.
    Boolean,
    /// A list of text.
    Texts,
    /// A list of objects; elements are not looked into.
    Objects,
}

/// A parameter of a call.
pub(crate) struct Parameter {
    /// Its name.
    pub(crate) name: String,
    /// Its value.
    pub(crate) value: Value<'static>,
    /// What it must be; `None` where the operation has no such parameter.
    pub(crate) shape: Option<Shape>,
    /// Where the value stands.
    pub(crate) place: Place,
}

/// A parameter.
pub(crate) fn parameter(
    name: &str,
    value: Value<'static>,
    shape: Shape,
    place: Place,
) -> Parameter {
    Parameter { name: name.to_string(), value, shape: Some(shape), place }
}

fn fault(value: &Value<'_>, shape: Option<Shape>) -> Option<ParameterFault> {
    let Some(shape) = shape else { return Some(ParameterFault::Unknown) };
    let fits = match shape {
        Shape::Text(_) => is_str(value),
        Shape::Integer(_) => is_int(value),
        Shape::Boolean => matches!(value, Value::Bool(_)),
        Shape::Texts | Shape::Objects => matches!(value, Value::List(_)),
    };
    if !fits {
        return Some(if value.is_null() { ParameterFault::Missing } else { ParameterFault::Type });
    }
    let small = match (shape, value) {
        (Shape::Text(min), value) => text(value).is_some_and(|t| t.chars().count() < min),
        #[expect(clippy::cast_precision_loss, reason = "limits are small")]
        (Shape::Integer(min), value) => number(value).is_some_and(|n| n < min as f64),
        (Shape::Texts, Value::List(items)) if items.iter().any(|i| !is_str(&i.value)) => {
            return Some(ParameterFault::Type);
        }
        (Shape::Objects, Value::List(items))
            if items.iter().any(|i| i.value.as_dict().is_none()) =>
        {
            return Some(ParameterFault::Type);
        }
        _ => false,
    };
    small.then_some(ParameterFault::TooSmall)
}

/// What a client is asked to sign with.
#[derive(Clone)]
pub(crate) struct Signing {
    /// The identity.
    pub(crate) identity: Identity,
    /// What the credentials need.
    pub(crate) needs: Vec<Dependency>,
    /// The credentials are of a kind that signing stumbles over.
    pub(crate) broken: Option<Failure>,
}

/// A client of an AWS service.
pub(crate) struct Client {
    /// boto3's name.
    pub(crate) service: &'static str,
    /// The region, if the text has one.
    pub(crate) region: Option<String>,
    /// No host of this region can exist.
    pub(crate) unreachable: Option<Failure>,
    /// Who signs.
    pub(crate) signing: Signing,
    /// Parameters are checked (`parameter_validation` of the configuration).
    pub(crate) validates: bool,
}

/// Where a region comes from.
pub(crate) struct Region<'v> {
    /// Its value; null is none.
    pub(crate) value: &'v Value<'static>,
    /// Its place.
    pub(crate) place: Place,
    /// The service can do without one (STS).
    pub(crate) optional: bool,
    /// An endpoint is given, so the region need not make one.
    pub(crate) endpoint: bool,
    /// Who asks.
    pub(crate) caller: Caller,
}

/// What botocore makes of a region: its name, and the failure of the first call where no such host
/// can exist.
type Resolved = (Option<String>, Option<Failure>);

/// `session.client(...)`: what botocore makes of the region.
pub(crate) fn region(region: &Region<'_>, trace: &mut Trace) -> Result<Resolved, Failure> {
    let wrong = |exception, reason| Err(Failure::new(exception, reason, region.place.clone()));
    match region.value {
        Value::Null => {
            if !region.optional {
                trace.need(Dependency::Region(region.caller));
            }
            Ok((None, None))
        }
        Value::Str(_) => {
            let name = text(region.value).unwrap_or("\u{fffd}");
            if !syntax::is_region_label(name) {
                return wrong("InvalidRegionError", Reason::RegionSyntax);
            }
            let no_host = name.is_empty() || name.ends_with('\n');
            if no_host && !region.endpoint {
                let reason =
                    if name.is_empty() { Reason::RegionEmpty } else { Reason::RegionSyntax };
                return wrong("ValueError", reason);
            }
            let mut unreachable = None;
            if !no_host && !region.endpoint && !region.optional && !syntax::is_known_region(name) {
                if name.len() < 4 {
                    // The driver gets the `n` of a host in China; the hook what stands in the
                    // connection.
                    let reason = if region.caller == Caller::Hook {
                        Reason::RegionSyntax
                    } else {
                        Reason::RegionMisparsed
                    };
                    let place = region.place.clone();
                    unreachable =
                        Some(Failure::at(Stage::Network, "EndpointConnectionError", reason, place));
                } else {
                    // `AWS_ENDPOINT_URL` may send the call elsewhere, even for what cannot be a
                    // region.
                    trace.need(Dependency::RegionExists(region.caller, region.place.clone()));
                }
            }
            Ok((Some(name.to_string()), unreachable))
        }
        _ => wrong("TypeError", Reason::RegionType),
    }
}

/// `endpoint_url`: the check of `botocore.utils.is_valid_endpoint_url`. True if one is given.
pub(crate) fn endpoint(value: &Value<'_>, place: &Place) -> Result<bool, Failure> {
    let wrong = |exception| Err(Failure::new(exception, Reason::EndpointUrl, place.clone()));
    let Value::Str(_) = value else {
        return if value.is_null() { Ok(false) } else { wrong("TypeError") };
    };
    let url: String =
        text(value).unwrap_or_default().trim().chars().filter(|c| !"\t\r\n".contains(*c)).collect();
    let rest = url.split_once("//").map_or("", |(_, rest)| rest);
    let netloc = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = netloc.rsplit_once('@').map_or(netloc, |(_, host)| host);
    let (name, port) = match host.strip_prefix('[').and_then(|h| h.split_once(']')) {
        Some((address, port)) => (address, port.strip_prefix(':')),
        None => host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port))),
    };
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && !l.starts_with('-')
            && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !l.ends_with('-')
    };
    let valid = name.parse::<std::net::IpAddr>().is_ok()
        || (name.len() <= 255 && name.strip_suffix('.').unwrap_or(name).split('.').all(label));
    let port_valid = port.is_none_or(|p| p.is_empty() || p.parse::<u16>().is_ok());
    if !valid || !port_valid {
        return wrong("ValueError");
    }
    // botocore signs for any scheme, and its HTTP client knows two.
    let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        None | Some("http" | "https") => Ok(true),
        Some(_) => wrong("HTTPClientError"),
    }
}

impl Client {
    /// Calls an operation: checks the parameters, signs, and writes the call down.
    pub(crate) fn call(
        &self,
        operation: &'static str,
        parameters: Vec<Parameter>,
        trace: &mut Trace,
    ) -> Result<(), Failure> {
        self.call_as(operation, parameters, false, trace)
    }

    /// The same, for a call that is made only where the one before is refused.
    pub(crate) fn fall_back(
        &self,
        operation: &'static str,
        parameters: Vec<Parameter>,
        trace: &mut Trace,
    ) -> Result<(), Failure> {
        self.call_as(operation, parameters, true, trace)
    }

    fn call_as(
        &self,
        operation: &'static str,
        parameters: Vec<Parameter>,
        fallback: bool,
        trace: &mut Trace,
    ) -> Result<(), Failure> {
        if self.validates {
            let mut faulty =
                parameters.iter().filter_map(|p| fault(&p.value, p.shape).map(|f| (p, f)));
            if let Some((first, fault)) = faulty.next() {
                let reason = Reason::Parameter { operation, parameter: first.name.clone(), fault };
                let mut failure = Failure::new("ParamValidationError", reason, first.place.clone());
                failure.places.extend(faulty.map(|(p, _)| p.place.clone()));
                return Err(failure);
            }
        }
        if let Some(broken) = &self.signing.broken {
            return Err(broken.clone());
        }
        self.signing.needs.iter().for_each(|need| trace.need(need.clone()));
        if let Some(unreachable) = &self.unreachable {
            return Err(unreachable.clone());
        }
        trace.calls.push(Call {
            service: self.service,
            operation,
            arguments: parameters.into_iter().map(|p| (p.name, p.value)).collect(),
            region: self.region.clone(),
            identity: self.signing.identity.clone(),
            fallback,
        });
        Ok(())
    }
}

/// The parameters of the three ways to assume a role that `assume_role_kwargs` may name (botocore's
/// model of STS).
pub(crate) fn sts_shape(operation: &str, name: &str) -> Option<Shape> {
    let plain = operation == "AssumeRole";
    Some(match name {
        "RoleArn" | "PrincipalArn" => Shape::Text(20),
        "RoleSessionName" if operation != "AssumeRoleWithSAML" => Shape::Text(2),
        "PolicyArns" => Shape::Objects,
        "Policy" => Shape::Text(1),
        "DurationSeconds" => Shape::Integer(900),
        "Tags" | "ProvidedContexts" if plain => Shape::Objects,
        "TransitiveTagKeys" if plain => Shape::Texts,
        "ExternalId" if plain => Shape::Text(2),
        "SerialNumber" if plain => Shape::Text(9),
        "TokenCode" if plain => Shape::Text(6),
        "SourceIdentity" if plain => Shape::Text(2),
        "WebIdentityToken" if operation == "AssumeRoleWithWebIdentity" => Shape::Text(4),
        "ProviderId" if operation == "AssumeRoleWithWebIdentity" => Shape::Text(4),
        "SAMLAssertion" if operation == "AssumeRoleWithSAML" => Shape::Text(4),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_checked_as_botocore_checks_them() {
        use ParameterFault as F;
        let list = |v: Value<'static>| crate::hooks::python::list(vec![v]);
        for (value, shape, want) in [
            (Value::text(""), Shape::Text(0), None),
            (Value::Null, Shape::Text(0), Some(F::Missing)),
            (Value::Int(5), Shape::Text(0), Some(F::Type)),
            (Value::text("wg"), Shape::Text(3), Some(F::TooSmall)),
            (Value::Bool(true), Shape::Integer(0), None),
            (Value::Float(900.0), Shape::Integer(0), Some(F::Type)),
            (Value::Int(600), Shape::Integer(900), Some(F::TooSmall)),
            (Value::Int(1), Shape::Boolean, Some(F::Type)),
            (Value::text("etl"), Shape::Texts, Some(F::Type)),
            (list(Value::text("etl")), Shape::Texts, None),
            (list(Value::Int(1)), Shape::Texts, Some(F::Type)),
        ] {
            assert_eq!(fault(&value, Some(shape)), want, "{value:?}");
        }
        assert_eq!(fault(&Value::Int(1), None), Some(F::Unknown));
    }

    #[test]
    fn endpoints_are_checked_as_botocore_checks_them() {
        let place = Place::extra("endpoint_url");
        for (url, want) in [
            (Value::Null, Ok(false)),
            (Value::text("http://localhost:4566"), Ok(true)),
            (Value::text("https://h:1/p"), Ok(true)),
            (Value::text("//x"), Ok(true)),
            (Value::text(" http://x"), Ok(true)),
            (Value::text("http://[::1]:5"), Ok(true)),
            (Value::text(""), Err("ValueError")),
            (Value::text("localhost"), Err("ValueError")),
            (Value::text("x:80"), Err("ValueError")),
            (Value::text("http://"), Err("ValueError")),
            (Value::text("http://<x>"), Err("ValueError")),
            (Value::text("http://x_y:99"), Err("ValueError")),
            (Value::text("http://x:abc"), Err("ValueError")),
            (Value::text("http://x:99999"), Err("ValueError")),
            (Value::Bool(true), Err("TypeError")),
        ] {
            assert_eq!(endpoint(&url, &place).map_err(|f| f.exception), want, "{:?}", text(&url));
        }
    }
}
