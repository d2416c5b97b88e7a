//! A connection, what its hook makes of it, and those around it: what the rules about hooks look
//! at.

use std::collections::HashSet;
use std::rc::Rc;

use crate::check::{Case, Reading};
use crate::hooks::redshift::modes;
use crate::hooks::{AWS_DEFAULT, Extras, Outcome, Place, Reference, Resolution, Scene, is_true};
use crate::hooks::{Aws, Client, Hook};
use crate::model::{Connection, Value};

/// A connection with the result of its hook.
pub struct Subject<'s, 'd> {
    /// As it is written.
    pub case: &'s Case<'d>,
    /// The document.
    pub reading: &'s Reading<'d>,
    /// The line of its type.
    pub hook: &'static Hook,
    /// As it is read.
    pub connection: &'s Connection,
    /// Its extras; empty where they are not an object.
    pub(crate) extras: &'s Extras,
    /// What the hook was given.
    pub scene: &'s Scene<'s>,
    /// What the hook makes of it.
    pub resolution: &'s Resolution,
    /// As it is, it fails for certain: nothing can work otherwise afterwards.
    pub fails: bool,
}

/// Who takes the extra `iam` of a connection of redshift_connector for true.
pub struct Iam {
    /// The hook, which then asks for a temporary password.
    pub hook: bool,
    /// The driver, which then asks with an identity of its own.
    pub driver: bool,
    /// The driver logs in with a token instead.
    pub native: bool,
}

/// The AWS connection behind another one.
pub struct Neighbour<'d> {
    /// Its number in the document.
    pub index: usize,
    /// It.
    pub case: Rc<Case<'d>>,
    /// It is one of another service or container, which has a connection of this id, too: each has
    /// an environment of its own.
    pub apart: bool,
}

impl<'d> Subject<'_, 'd> {
    /// Whether its hook hands it to this driver.
    pub fn is_for(&self, client: Client) -> bool {
        self.hook.driver == Some(client)
    }

    /// Whether it is one that other hooks use to ask AWS.
    pub fn is_aws(&self) -> bool {
        self.hook.is_aws()
    }

    /// How `iam` is taken, where the driver is redshift_connector.
    pub fn iam(&self) -> Option<Iam> {
        let iam = self.extras.get("iam");
        self.is_for(Client::RedshiftConnector).then(|| Iam {
            hook: self.scene.packages.amazon.behaviour.hook_iam && iam.truthy(),
            driver: is_true(iam),
            native: [&modes::NATIVE_IDP, &modes::IDENTITY_CENTER].contains(&self.resolution.mode),
        })
    }

    /// The id under which the hook looks for an AWS connection.
    pub fn aws_conn_id(&self) -> &str {
        let named = match self.hook.aws {
            Aws::OfExtra(key) => self.case.extra_value(key).and_then(Value::as_str),
            _ => self.reading.providers.aws_conn_id.as_deref(),
        };
        named.unwrap_or(AWS_DEFAULT)
    }

    /// The AWS connection that the hook uses is one of the set, but its value stands somewhere
    /// else.
    pub fn aws_is_elsewhere(&self) -> bool {
        matches!(self.resolution.reference, Some(Reference::Missing(_)))
            && self.reading.is_elsewhere(self.aws_conn_id())
    }

    /// The AWS connection of the set that the hook uses.
    pub fn aws(&self) -> Option<Neighbour<'d>> {
        if matches!(self.hook.aws, Aws::Never | Aws::Itself(_)) {
            return None;
        }
        let scope = self.case.entry.scope;
        let case = self.reading.find_beside(self.case.entry, self.aws_conn_id())?;
        case.connection()?;
        let theirs = case.entry.scope;
        let own_id = self.case.entry.conn_id.as_deref();
        let apart = theirs != scope && own_id.is_some_and(|id| self.reading.is_in(id, theirs));
        Some(Neighbour { index: case.index, case, apart })
    }

    /// The exception with which the log-in fails, and the pointers of all that it fails for here.
    pub fn refused(&self) -> Option<(&'static str, HashSet<&str>)> {
        let Outcome::Fails { failure, .. } = &self.resolution.outcome else { return None };
        let here = failure.places.iter().filter(|place| place.conn_id.is_none());
        Some((failure.exception, here.map(|place| place.pointer.as_str()).collect()))
    }

    /// The other connection that a place is in.
    pub fn other(&self, place: &Place) -> Option<Rc<Case<'d>>> {
        self.reading.find_beside(self.case.entry, place.conn_id.as_deref()?)
    }
}
