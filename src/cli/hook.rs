//! The last key of a line of `inspect --format jsonl --hook`: what the hook and the driver make of
//! a Redshift, AWS or Postgres connection.

use super::inspection::{object, printable};
use super::resolution::{password_in, shown_value};
use crate::check::rules::of_failure;
use crate::check::{Names, Providers, public_id, public_text};
use crate::hooks;
use crate::hooks::{
    Argument, Call, Caller, Dependency, Identity, Kwarg, LogIn, Outcome, Package, Place,
    Resolution, Source, Stage,
};
use crate::model::{Dict, Node, Value};
use crate::privacy::{MASK, argument_name, parameter_name, public_argument};
use crate::source::Span;

/// The value of the key `hook`. What may be a secret is masked as in the view for people unless
/// `reveal`.
pub(super) fn json(resolution: &Resolution, providers: &Providers, reveal: bool) -> Value<'static> {
    let view = View { reveal };
    let version = |package: &&Package| {
        (package.name, Value::text(providers.packages.version(package).to_string()))
    };
    let versions = object(hooks::packages().iter().map(version).collect());
    let mut pairs = vec![
        ("mode", Value::text(resolution.mode.name)),
        ("providers", versions),
        (
            "arguments",
            resolution.connect_kwargs.as_ref().map_or(Value::Null, |all| view.arguments(all)),
        ),
        ("aws_calls", list(resolution.calls.iter().map(|call| view.call(call)))),
        ("log_in", resolution.log_in.as_ref().map_or(Value::Null, |log_in| view.log_in(log_in))),
        ("outcome", view.outcome(&resolution.outcome)),
    ];
    if let Some(read) = &resolution.reads {
        pairs.insert(2, ("reads", view.arguments(read)));
    }
    object(pairs)
}

fn list(items: impl Iterator<Item = Value<'static>>) -> Value<'static> {
    Value::List(items.map(Node::bare).collect())
}

fn optional(text: Option<&str>) -> Value<'static> {
    text.map_or(Value::Null, Value::text)
}

struct View {
    reveal: bool,
}

impl View {
    fn name(&self, name: &str) -> Value<'static> {
        Value::text(if self.reveal { name } else { argument_name(name) })
    }

    fn arguments(&self, all: &[Argument]) -> Value<'static> {
        let password = password_in(all);
        list(all.iter().map(|argument| self.argument(argument, password)))
    }

    /// A given argument has a `value`; one that comes with temporary credentials says so and has
    /// none.
    fn argument(&self, argument: &Argument, password: Option<&str>) -> Value<'static> {
        let name = ("name", self.name(&argument.name));
        let last = match &argument.value {
            Kwarg::Given(value)
                if self.reveal || public_argument(&argument.name, value, password).is_some() =>
            {
                ("value", printable(value))
            }
            Kwarg::Given(_) => ("value", Value::text(MASK)),
            Kwarg::TemporaryUser(_) => ("temporary", Value::text("user")),
            Kwarg::TemporaryPassword => ("temporary", Value::text("password")),
        };
        object(vec![name, last])
    }

    fn call(&self, call: &Call) -> Value<'static> {
        let mut arguments = Dict::default();
        for (name, value) in &call.arguments {
            let value = printable(&shown_value(name, value, self.reveal));
            arguments.insert(self.parameter(name), Span::default(), Node::bare(value));
        }
        let region = call.region.as_deref().filter(|region| self.reveal || public_text(region));
        object(vec![
            ("service", Value::text(call.service)),
            ("operation", Value::text(call.operation)),
            ("arguments", Value::dict(arguments)),
            ("region", optional(region)),
            ("identity", self.identity(&call.identity)),
            ("only_if_the_call_before_is_refused", Value::Bool(call.fallback)),
        ])
    }

    /// The name of a parameter.
    fn parameter(&self, name: &str) -> Value<'static> {
        Value::text(if self.reveal { name } else { parameter_name(name) })
    }

    fn identity(&self, identity: &Identity) -> Value<'static> {
        let source = match &identity.source {
            Source::Keys(_) => "keys",
            Source::Profile(_) => "profile",
            Source::Ambient => "ambient",
            Source::Plugin => "plugin",
            Source::Unsigned => "unsigned",
        };
        object(vec![
            ("caller", Value::text(caller(identity.caller))),
            ("source", Value::text(source)),
            ("role", identity.role.as_ref().map_or(Value::Null, |place| self.place(place))),
        ])
    }

    fn log_in(&self, log_in: &LogIn) -> Value<'static> {
        match log_in {
            LogIn::User => object(vec![("as", Value::text("user"))]),
            LogIn::Temporary(who) => object(vec![
                ("as", Value::text("temporary-user")),
                ("identity", self.identity(who)),
            ]),
            LogIn::Token => object(vec![("as", Value::text("token"))]),
        }
    }

    fn outcome(&self, outcome: &Outcome) -> Value<'static> {
        let depends_on =
            |needs: &[Dependency]| ("depends_on", list(needs.iter().map(|need| self.need(need))));
        match outcome {
            Outcome::Works => object(vec![("result", Value::text("works"))]),
            Outcome::DependsOn(needs) => {
                object(vec![("result", Value::text("depends")), depends_on(needs)])
            }
            Outcome::Fails { failure, needs } => {
                let stage = match failure.stage {
                    Stage::Arguments => "arguments",
                    Stage::Network => "network",
                    Stage::Server => "server",
                };
                let said = of_failure(failure, Names::PLAIN);
                object(vec![
                    ("result", Value::text("fails")),
                    ("exception", Value::text(failure.exception)),
                    ("rule", Value::text(said.rule.id)),
                    ("stage", Value::text(stage)),
                    ("message", Value::text(said.message)),
                    ("pointers", list(failure.places.iter().map(|place| self.place(place)))),
                    depends_on(needs),
                ])
            }
        }
    }

    fn need(&self, need: &Dependency) -> Value<'static> {
        use Dependency as D;
        let (what, of, place) = match need {
            D::Region(of) => ("region", Some(of), None),
            D::RegionExists(of, place) => ("region-exists", Some(of), Some(place)),
            D::Credentials(of) => ("credentials", Some(of), None),
            D::Profile(of, place) => ("profile", Some(of), Some(place)),
            D::KeyPair(of, place) => ("key-pair", Some(of), Some(place)),
            D::AuthProfile(place) => ("auth-profile", None, Some(place)),
            D::HostLookup(place) => ("host-lookup", None, Some(place)),
            D::CustomDomain(place) => ("custom-domain", None, Some(place)),
            D::IdentityProvider(place) => ("identity-provider", None, Some(place)),
            D::Browser(place) => ("browser", None, Some(place)),
            D::File(place) => ("file", None, Some(place)),
            D::Package(_) => ("package", None, None),
            D::Import(place) => ("import", None, Some(place)),
            D::DatabaseOfUser => ("database-of-user", None, None),
            D::LocalAddress(place) => ("local-address", None, Some(place)),
            D::ServiceName(place) => ("service-name", None, Some(place)),
        };
        let mut pairs = vec![("what", Value::text(what))];
        pairs.extend(of.map(|of| ("of", Value::text(caller(*of)))));
        pairs.extend(place.map(|place| ("at", self.place(place))));
        object(pairs)
    }

    fn place(&self, place: &Place) -> Value<'static> {
        let id = place
            .conn_id
            .as_deref()
            .and_then(|id| if self.reveal { Some(id.to_string()) } else { public_id(id) });
        let pointer =
            if self.reveal { place.pointer.clone() } else { Names::PLAIN.pointer(&place.pointer) };
        let mut pairs = Vec::new();
        pairs.extend(place.conn_id.is_some().then(|| ("conn_id", optional(id.as_deref()))));
        pairs.push(("pointer", Value::text(pointer)));
        object(pairs)
    }
}

fn caller(caller: Caller) -> &'static str {
    match caller {
        Caller::Hook => "hook",
        Caller::Driver => "driver",
    }
}
