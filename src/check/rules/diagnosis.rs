//! One thing that can be said of what a hook makes of a connection: rule, level, message, help and
//! repair, together in the file of the rule.

use super::subject::Subject;
use crate::check::{Fix, Level, Rule};
use crate::hooks::Place;

/// How to mend what stands at a place.
type Repair = dyn Fn(&Subject<'_, '_>, &Place) -> Option<Fix>;

/// What a rule says.
pub struct Diagnosis {
    /// The rule.
    pub rule: &'static Rule,
    /// The rule of a connection type that is behind it, `TYPE/NAME`.
    pub detail: Option<&'static str>,
    /// How bad it is.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
    /// It is about the name at its place, not about the value.
    pub of_name: bool,
    repair: Option<Box<Repair>>,
}

impl Rule {
    /// What fails for certain.
    pub(super) fn error(&'static self, message: impl Into<String>) -> Diagnosis {
        self.says(Level::Error, message.into())
    }

    /// What depends on surroundings, or does something else than is written.
    pub(super) fn warning(&'static self, message: impl Into<String>) -> Diagnosis {
        self.says(Level::Warning, message.into())
    }

    fn says(&'static self, level: Level, message: String) -> Diagnosis {
        Diagnosis {
            rule: self,
            detail: None,
            level,
            message,
            help: None,
            of_name: false,
            repair: None,
        }
    }
}

impl Diagnosis {
    /// With the way out.
    pub fn help(mut self, help: impl Into<String>) -> Diagnosis {
        self.help = Some(help.into());
        self
    }

    /// About the name at its place, where the finding points then.
    pub fn of_name(mut self) -> Diagnosis {
        self.of_name = true;
        self
    }

    /// As a rule of a connection type says it.
    pub(super) fn detail(mut self, name: &'static str) -> Diagnosis {
        self.detail = Some(name);
        self
    }

    /// With its repair.
    pub fn repair(
        mut self,
        repair: impl Fn(&Subject<'_, '_>, &Place) -> Option<Fix> + 'static,
    ) -> Diagnosis {
        self.repair = Some(Box::new(repair));
        self
    }

    /// The repair where it stands. What looks like a member may be a piece of a password: then
    /// there is none.
    pub fn fix(&self, subject: &Subject<'_, '_>, place: &Place) -> Option<Fix> {
        let asked = !subject.case.spares_repairs();
        let repair = self.repair.as_ref().filter(|_| asked && !subject.case.may_be_cut())?;
        repair(subject, place)
    }
}

/// What rules say of one connection, and where: the first place is the main one.
#[derive(Default)]
pub struct Said(pub(super) Vec<(Vec<Place>, Diagnosis)>);

impl Said {
    /// About one place.
    pub fn at(&mut self, place: Place, diagnosis: Diagnosis) {
        self.at_all(vec![place], diagnosis);
    }

    /// About an extra.
    pub fn extra(&mut self, key: &str, diagnosis: Diagnosis) {
        self.at(Place::extra(key), diagnosis);
    }

    /// About several places together.
    pub fn at_all(&mut self, places: Vec<Place>, diagnosis: Diagnosis) {
        self.0.push((places, diagnosis));
    }
}
