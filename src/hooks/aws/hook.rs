//! `AwsBaseHook`: the client that an AWS connection gives, and what becomes of the connection when
//! a hook makes its first call.

use crate::hooks::aws::modes;
use crate::hooks::aws::wrapper::{Wrapper, signing};
use crate::hooks::botocore::checks::{self, Client, Region};
use crate::hooks::mode::Mode;
use crate::hooks::outcome::{Caller, Failure, Identity, Place, Reference, Trace};
use crate::hooks::python::text;
use crate::hooks::{Resolution, Scene};
use crate::model::{Connection, Value};

/// `AwsBaseHook(aws_conn_id, client_type=service).conn` and whether it assumes a role.
pub(crate) fn client(
    conn_id: Option<&str>,
    service: &'static str,
    scene: &Scene<'_>,
    trace: &mut Trace,
) -> Result<Client, Failure> {
    let named = conn_id.filter(|id| !id.is_empty());
    let found = named.and_then(|id| (scene.set)(id).map(|c| (id, c)));
    let root = Place { conn_id: named.map(String::from), pointer: String::new() };
    if let Some((id, connection)) = found {
        return client_of(&connection, id, &root, service, scene, trace).map(|(client, _)| client);
    }
    if named.is_some() {
        trace.reference = Some(Reference::Missing(root.clone()));
    }
    let region = Region {
        value: &Value::Null,
        place: root.below("extra").below("region_name"),
        optional: false,
        endpoint: false,
        caller: Caller::Hook,
    };
    let (region, unreachable) = checks::region(&region, trace)?;
    let signing = signing(Caller::Hook, &[Value::Null, Value::Null, Value::Null], &root);
    Ok(Client { service, region, unreachable, signing, validates: true })
}

fn client_of(
    connection: &Connection,
    conn_id: &str,
    root: &Place,
    service: &'static str,
    scene: &Scene<'_>,
    trace: &mut Trace,
) -> Result<(Client, &'static Mode), Failure> {
    let conn_type = connection.type_str();
    if root.conn_id.is_some() && !conn_type.is_empty() && conn_type != "aws" {
        trace.reference = Some(Reference::OtherType(root.below("conn_type")));
    }
    let wrapper = Wrapper::read(connection, conn_id, root, scene)?;
    let signing = match &wrapper.role {
        Some(role) => wrapper.assume(role, trace)?,
        None => wrapper.basic_signing(trace)?,
    };
    Ok((wrapper.client(service, signing, false, trace)?, wrapper.mode()))
}

/// The region of an AWS connection, if its text has one.
pub(crate) fn region_of(
    connection: &Connection,
    conn_id: &str,
    scene: &Scene<'_>,
) -> Option<(Place, String)> {
    let root = Place { conn_id: Some(conn_id.to_string()), pointer: String::new() };
    let wrapper = Wrapper::read(connection, conn_id, &root, scene).ok()?;
    Some((wrapper.place("region_name"), text(&wrapper.region)?.to_string()))
}

/// Does this AWS connection assume a role?
pub(crate) fn assumes_role(connection: &Connection, conn_id: &str, scene: &Scene<'_>) -> bool {
    let root = Place { conn_id: Some(conn_id.to_string()), pointer: String::new() };
    Wrapper::read(connection, conn_id, &root, scene).is_ok_and(|w| w.role.is_some())
}

/// Who calls in the name of an `aws` connection, before any role: `None` where its text is refused.
pub fn identity(connection: &Connection, conn_id: &str, scene: &Scene<'_>) -> Option<Identity> {
    let wrapper = Wrapper::read(connection, conn_id, &Place::here(""), scene).ok()?;
    wrapper.basic_signing(&mut Trace::default()).ok().map(|signing| signing.identity)
}

/// What becomes of an `aws` connection when a hook of `service` (such as `redshift`) makes its
/// first call.
pub fn resolve(
    connection: &Connection,
    conn_id: &str,
    service: &'static str,
    scene: &Scene<'_>,
) -> Resolution {
    // Any call of the service: the parameters are the operator's, not the connection's.
    let mut resolution = resolve_statement(connection, conn_id, service, ("*", Vec::new()), scene);
    resolution.calls.retain(|call| call.operation != "*");
    resolution
}

/// The same, for one operation with the arguments of an operator: the call stands last among
/// [`Resolution::calls`].
pub fn resolve_statement(
    connection: &Connection,
    conn_id: &str,
    service: &'static str,
    (operation, arguments): (&'static str, Vec<(String, Value<'static>)>),
    scene: &Scene<'_>,
) -> Resolution {
    let mut trace = Trace::default();
    let root = Place::here("");
    let mode =
        Wrapper::read(connection, conn_id, &root, scene).map_or(&modes::AMBIENT, |w| w.mode());
    let result = client_of(connection, conn_id, &root, service, scene, &mut trace).and_then(
        |(client, _)| {
            let given = |(name, value): (String, Value<'static>)| checks::Parameter {
                name,
                value,
                shape: Some(checks::Shape::Text(0)),
                place: root.clone(),
            };
            client.call(operation, arguments.into_iter().map(given).collect(), &mut trace)
        },
    );
    let outcome = trace.outcome(result);
    Resolution {
        mode,
        connect_kwargs: None,
        calls: trace.calls,
        log_in: None,
        outcome,
        reference: trace.reference,
        reads: None,
        faults: Vec::new(),
        is_whole: false,
    }
}
