//! What around Airflow decides what becomes of connections.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::schema;
use crate::airflow::runtime::Runtime;
use crate::hooks::{AWS_DEFAULT, Guess, Packages};

/// Packages, what a task tells the hook, and what a project declares itself.
#[derive(Clone)]
pub struct Providers {
    /// The versions of the packages.
    pub packages: Packages,
    /// Those that nobody named are the newest of the day on which an Airflow came out; otherwise
    /// all are as they are.
    pub of_their_day: bool,
    /// The `aws_conn_id` that RedshiftSQLHook is told; `None` is none.
    pub aws_conn_id: Option<String>,
    /// Connection types that a project declares itself, with a schema if it has one for them.
    pub custom: Arc<BTreeMap<String, Option<schema::Validator>>>,
    /// Which of the packages nobody named, beside an Airflow.
    pub guess: Option<Arc<Guess>>,
}

impl Default for Providers {
    fn default() -> Self {
        Providers {
            packages: Packages::default(),
            of_their_day: false,
            aws_conn_id: Some(AWS_DEFAULT.to_string()),
            custom: Arc::default(),
            guess: None,
        }
    }
}

impl Providers {
    /// The newest beside the newest Airflow, and those of their day beside others.
    pub fn of_their_day() -> Providers {
        Providers { of_their_day: true, ..Providers::default() }
    }

    /// These beside an Airflow.
    pub fn beside(&self, runtime: &Runtime) -> Providers {
        let found = self.of_their_day.then(|| self.packages.beside(runtime.version)).flatten();
        match found {
            Some((packages, guess)) => Providers { packages, guess: Some(guess), ..self.clone() },
            None => self.clone(),
        }
    }

    /// The runtimes with what these providers change in them.
    pub fn around(&self, runtimes: &[Runtime]) -> Vec<Runtime> {
        Arounds::new(self, runtimes).runtimes
    }
}

/// Runtimes, and what is around each.
pub(super) struct Arounds {
    /// The runtimes with what their providers change in them.
    pub(super) runtimes: Vec<Runtime>,
    all: Vec<Providers>,
    /// The number of the providers of each runtime.
    of: Vec<usize>,
}

impl Arounds {
    pub(super) fn new(providers: &Providers, runtimes: &[Runtime]) -> Arounds {
        let mut arounds = Arounds { runtimes: Vec::new(), all: Vec::new(), of: Vec::new() };
        for (at, runtime) in runtimes.iter().enumerate() {
            let alike =
                |known: &Runtime| !providers.of_their_day || known.version == runtime.version;
            let number = match runtimes[..at].iter().position(alike) {
                Some(known) => arounds.of[known],
                None => {
                    arounds.all.push(providers.beside(runtime));
                    arounds.all.len() - 1
                }
            };
            let secret_words = arounds.all[number].packages.amazon.behaviour.secret_words;
            arounds.runtimes.push(runtime.clone().with_secret_words(secret_words));
            arounds.of.push(number);
        }
        arounds
    }

    /// What is around a runtime, by its number.
    pub(super) fn of(&self, runtime: usize) -> &Providers {
        &self.all[self.of[runtime]]
    }
}
