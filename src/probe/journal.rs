//! The journal of one connection: which step began and ended when, and which texts must not be
//! shown.

use std::cell::{Cell, RefCell};
use std::time::Instant;

use super::outcome::Ended;
use super::{Outcome, Probed, Status, Subject};
use crate::hooks::Source;
use crate::model::Connection;
use crate::privacy::Redaction;
use crate::source::is_obeyed;

/// Text from outside is cut here, in characters.
const LONGEST_QUOTE: usize = crate::bounds::QUOTE.value;

/// Looks on while connections are probed, for a live display.
pub trait Observer {
    /// A step of a connection (both 0-based) begins.
    fn began(&self, connection: usize, step: usize);
    /// It ended.
    fn ended(&self, connection: usize, step: usize, end: &Ended);
    /// The connection has ended.
    fn done(&self, connection: usize, probed: &Probed);
    /// Some time has passed.
    fn tick(&self);
}

/// What happened so far. The halves write, the engine reads.
pub struct Journal<'a> {
    connection: usize,
    observer: &'a dyn Observer,
    /// When its first step began: connections wait for each other.
    start: Cell<Option<Instant>>,
    /// A program on this machine is waited for, and no server.
    program: Cell<bool>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    running: Option<(usize, Instant)>,
    ends: Vec<Option<Ended>>,
    secrets: Redaction,
}

impl<'a> Journal<'a> {
    /// An empty journal; the secrets of the connection, and of those that its identities and its
    /// hook point to, are known to it.
    pub fn new(connection: usize, subject: &Subject, observer: &'a dyn Observer) -> Journal<'a> {
        let state =
            State { ends: subject.plan.steps.iter().map(|_| None).collect(), ..State::default() };
        let journal = Journal {
            connection,
            observer,
            start: Cell::new(None),
            program: Cell::new(false),
            state: RefCell::new(state),
        };
        let hide = |connection: &Connection| {
            journal.state.borrow_mut().secrets.hide_connection(connection);
        };
        hide(&subject.connection);
        for identity in subject.plan.steps.iter().filter_map(|s| s.identity.as_ref()) {
            let place = match &identity.source {
                Source::Keys(place) | Source::Profile(place) => Some(place),
                Source::Ambient | Source::Plugin | Source::Unsigned => None,
            };
            let ids = [place, identity.role.as_ref()]
                .into_iter()
                .flatten()
                .filter_map(|p| p.conn_id.as_deref());
            ids.filter_map(|id| subject.siblings.get(id)).for_each(&hide);
        }
        // Its proxy may have a password even where the keys come from elsewhere.
        subject.aws_conn_id.iter().filter_map(|id| subject.siblings.get(id)).for_each(&hide);
        journal
    }

    /// A step (its position in the plan) begins.
    pub fn begin(&self, step: usize) {
        let now = Instant::now();
        self.program.set(false);
        self.start.set(self.start.get().or(Some(now)));
        self.state.borrow_mut().running = Some((step, now));
        self.observer.began(self.connection, step);
    }

    /// A step ends; one that never began took no time.
    pub fn end(&self, step: usize, mut outcome: Outcome) {
        // A code is a server's word as any other: what is not one, or holds a secret, is not shown.
        outcome.code = outcome.code.filter(|code| is_code(code) && self.quote(code) == **code);
        let now = Instant::now();
        let began = match self.state.borrow_mut().running.take() {
            Some((running, began)) if running == step => began,
            _ => now,
        };
        let micros = |from: Instant, to: Instant| {
            u64::try_from(to.saturating_duration_since(from).as_micros()).unwrap_or(u64::MAX)
        };
        let ended = Ended {
            began: micros(self.start.get().unwrap_or(began), began),
            took: micros(began, now),
            outcome,
        };
        self.observer.ended(self.connection, step, &ended);
        if let Some(place) = self.state.borrow_mut().ends.get_mut(step) {
            *place = Some(ended);
        }
    }

    /// A step that has ended turns out to have ended otherwise.
    pub fn amend(&self, step: usize, outcome: Outcome) {
        if let Some(Some(ended)) = self.state.borrow_mut().ends.get_mut(step) {
            ended.outcome = outcome;
            self.observer.ended(self.connection, step, ended);
        }
    }

    /// A secret: neither it nor a piece of it may be shown, in any spelling.
    pub fn hide(&self, secret: &str) {
        self.state.borrow_mut().secrets.hide(secret);
    }

    /// Text from outside (a server, AWS, a file), fit to be shown: one line, not long, and without
    /// any secret that is known.
    pub fn quote(&self, text: &str) -> String {
        let text = self.state.borrow().secrets.of(text);
        let clean: String = text.chars().map(|c| if is_obeyed(c) { ' ' } else { c }).collect();
        let line = clean.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(LONGEST_QUOTE) {
            Some((at, _)) => format!("{}…", &line[..at]),
            None => line,
        }
    }

    /// From now on, or no longer, the step waits for a program on this machine.
    pub fn waits_for_program(&self, waits: bool) {
        self.program.set(waits);
    }

    /// Whether it does. What ends a wait from outside leaves that as it is.
    pub fn is_waiting_for_program(&self) -> bool {
        self.program.get()
    }

    /// The step that has begun and not ended.
    pub fn running(&self) -> Option<usize> {
        self.state.borrow().running.map(|(step, _)| step)
    }

    /// The first step that has no end yet.
    pub fn next(&self) -> Option<usize> {
        self.state.borrow().ends.iter().position(Option::is_none)
    }

    /// Has a step failed?
    pub fn has_failed(&self) -> bool {
        self.state.borrow().ends.iter().flatten().any(|end| end.outcome.status == Status::Failed)
    }

    /// Has the step ended?
    pub fn has_ended(&self, step: usize) -> bool {
        self.state.borrow().ends.get(step).is_some_and(Option::is_some)
    }

    /// The ends of all steps; those without one are ended by `rest`.
    pub fn close(&self, rest: impl Fn() -> Outcome) -> Vec<Ended> {
        let open: Vec<usize> = self
            .state
            .borrow()
            .ends
            .iter()
            .enumerate()
            .filter(|(_, e)| e.is_none())
            .map(|(i, _)| i)
            .collect();
        open.into_iter().for_each(|step| self.end(step, rest()));
        self.state.borrow().ends.iter().flatten().cloned().collect()
    }
}

/// In the form of AWS's codes, SQLSTATEs and the names of exceptions.
fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || ".:_-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::{Journal, LONGEST_QUOTE, Observer};
    use crate::model::{Connection, Secret, Value};
    use crate::probe::{Ended, Outcome, Plan, Probed, Siblings, Status, Subject};

    struct Nobody;

    impl Observer for Nobody {
        fn began(&self, _: usize, _: usize) {}
        fn ended(&self, _: usize, _: usize, _: &Ended) {}
        fn done(&self, _: usize, _: &Probed) {}
        fn tick(&self) {}
    }

    fn subject(password: &str, login: &str, extra: &str) -> Subject {
        let connection = Connection {
            login: Value::text(login),
            password: Secret::text(password),
            extra: Secret::text(extra),
            ..Connection::default()
        };
        let plan = Plan::refused("AC102", "ValueError", String::new());
        Subject {
            conn_id: None,
            connection,
            siblings: Siblings::default(),
            aws_conn_id: None,
            plan,
        }
    }

    #[test]
    fn what_is_quoted_holds_no_secret_and_one_line() {
        let subject = subject(
            "Spring/rain",
            "etl",
            r#"{"token": ["abcd", {"x": "Spring/rain#2"}], "region": "us-east-1"}"#,
        );
        let journal = Journal::new(0, &subject, &Nobody);
        journal.hide("IAM-secret");
        journal.hide("ab");
        for (text, want) in [
            ("user \"etl\" in us-east-1", "user \"etl\" in us-east-1"),
            ("no Spring/rain here", "no *** here"),
            // The longer secret goes first, so that nothing of it is left.
            ("Spring/rain#2", "***"),
            ("token abcd", "token ***"),
            ("IAM-secret!", "***!"),
            ("a  b\r\n\u{1b}[31mc\u{202e}d", "a b [31mc d"),
            // Stars for two letters would tell where they stand.
            ("lab", "***"),
        ] {
            assert_eq!(journal.quote(text), want);
        }
        let long = journal.quote(&"é".repeat(LONGEST_QUOTE + 50));
        assert_eq!(long.chars().count(), LONGEST_QUOTE + 1);
    }

    #[test]
    fn what_is_not_read_is_hidden_whole() {
        let subject = subject("p", "user:Spring@rain", "{no json");
        let journal = Journal::new(0, &subject, &Nobody);
        assert_eq!(journal.quote("{no json, user:Spring@rain"), "***, ***");
    }

    #[test]
    fn codes_are_codes_and_hold_no_secret() {
        let subject = subject("Zq7canary-SecretKeyXwLk2Vb8", "", "");
        let long = "A".repeat(65);
        for (code, want) in [
            ("AccessDenied", Some("AccessDenied")),
            ("28P01", Some("28P01")),
            ("Client.AuthFailure:1_x-y", Some("Client.AuthFailure:1_x-y")),
            ("Zq7canary-SecretKeyXwLk2Vb8", None),
            ("AccessDeniedZq7canary", None),
            ("zq7CANARY", None),
            ("\u{1b}[31mDenied", None),
            ("Denied\u{202e}", None),
            ("two words", None),
            ("", None),
            (&long, None),
        ] {
            let journal = Journal::new(0, &subject, &Nobody);
            journal.end(0, Outcome::failed("refused", "no").code(code));
            let ends = journal.close(|| Outcome::skipped("rest", "rest"));
            assert_eq!(ends[0].outcome.code.as_deref(), want, "{code}");
        }
    }

    #[test]
    fn what_is_open_is_closed_and_what_ended_stays() {
        let subject = subject("", "", "");
        let journal = Journal::new(0, &subject, &Nobody);
        journal.begin(0);
        assert_eq!((journal.running(), journal.has_ended(0)), (Some(0), false));
        journal.end(0, Outcome::ok("fine"));
        let ends = journal.close(|| Outcome::skipped("rest", "rest"));
        assert_eq!(ends.iter().map(|e| e.outcome.status).collect::<Vec<_>>(), [Status::Ok]);
        let untouched =
            Journal::new(0, &subject, &Nobody).close(|| Outcome::skipped("rest", "rest"));
        assert_eq!(untouched[0].outcome.cause, "rest");
    }
}
