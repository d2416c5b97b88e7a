//! The wire half: name, TCP, TLS, log-in and query, each step with its own time, everything that a
//! server sends bounded.
//!
//! Up to the log-in it is made by hand, because tokio-postgres does not know Redshift's requests 13
//! and 14 and has one error for all steps. Then tokio-postgres takes over, behind the bounds of
//! `frames`: it reads messages of any size into memory.

mod attributes;
mod binding;
mod certificate;
pub(super) mod client;
mod client_certificate;
mod dial;
mod frames;
mod login;
mod passfile;
mod permission;
mod query;
mod refusal;
mod revocation;
mod roots;
mod scram;
mod session;
mod tls;
pub(super) mod verifier;

use std::cell::Cell;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use super::{
    Answers, Half, Journal, LogInWith, Options, Outcome, Status, StepKind, Subject, Surroundings,
    Target, TlsDemand,
};
use crate::model::Secret;
use client_certificate::Identity;
use dial::Offer;
use frames::{Frames, Wire};
use login::{Authenticated, Login};
use permission::Permission;
use refusal::Around;
use scram::Channel;

/// What a step made, with how it ended; or how it failed.
type Made<T> = Result<(T, Outcome), Outcome>;

/// Makes the wire steps of the plan. `None`: one of them failed.
pub(super) async fn run(
    subject: &Subject,
    target: &Target,
    answers: Answers,
    surroundings: &Surroundings,
    options: &Options,
    journal: &Journal<'_>,
) -> Option<()> {
    let walk = Walk { subject, journal, deadline: Cell::new(None) };
    let libpq = target.libpq.as_ref();
    let redshift = libpq.is_none();
    let address = libpq.and_then(|libpq| libpq.address.clone());
    let (host, port) = match (address.as_ref().or(target.host.as_ref()), &answers.endpoint) {
        (Some(host), _) => (host.clone(), target.port),
        (None, Some(endpoint)) => (endpoint.host.clone(), endpoint.port),
        (None, None) => {
            let unknown =
                Outcome::skipped("no-host", "the connection has no host, and AWS named none");
            journal.end(walk.position(StepKind::Dns)?, unknown);
            return None;
        }
    };
    // With an address beside it the host is only what the certificate is for.
    let name = if address.is_some() { target.host.clone() } else { Some(host.clone()) };
    let addresses = walk.step(StepKind::Dns, dial::dns(&host, port, redshift)).await?;
    walk.deadline
        .set(libpq.and_then(|libpq| libpq.timeout).map(|timeout| Instant::now() + timeout));
    let socket =
        walk.step(StepKind::Tcp, dial::tcp(&addresses, redshift, target.source.as_deref())).await?;
    let Secured { stream, trusted, tls } =
        walk.secure(socket, name.as_deref(), target, surroundings, options).await?;
    let encrypted = tls.is_some();
    let (user, secret) = match answers.log_in {
        Some(LogInWith::Temporary { user, password, .. }) if target.temporary => {
            (target.user.clone().unwrap_or(user), Some(target.secret.clone().unwrap_or(password)))
        }
        Some(LogInWith::Temporary { .. }) => {
            (target.user.clone().unwrap_or_default(), target.secret.clone())
        }
        Some(LogInWith::Token(token)) => (target.user.clone().unwrap_or_default(), Some(token)),
        None => (target.user.clone().unwrap_or_default(), target.secret.clone()),
    };
    let of_file = || {
        let whose = passfile::Whose {
            host: target.host.as_deref().unwrap_or(&host),
            port,
            database: target.database.as_deref().unwrap_or(&user),
            user: &user,
        };
        passfile::password(libpq?, &whose, surroundings)
    };
    let secret = secret.filter(|secret| !secret.expose_text().is_empty()).or_else(of_file);
    secret.iter().map(Secret::expose_text).for_each(|secret| journal.hide(secret));
    let around = Around {
        temporary: target.temporary && target.secret.is_none(),
        token: target.token,
        encrypted,
        redshift,
    };
    let end_point = tls.as_ref().and_then(|(end_point, _)| end_point.as_deref());
    let login = Login {
        user: &user,
        database: target.database.as_deref(),
        secret: secret.as_ref(),
        startup: &target.startup,
        cleartext: trusted || options.allow_cleartext,
        around,
        permission: libpq.map(|libpq| {
            let channel = Channel { binding: libpq.binding, encrypted, end_point };
            Permission { libpq, channel }
        }),
        identity: tls.as_ref().map(|(_, identity)| &**identity),
    };
    let mut frames = Frames::new(stream);
    if around.temporary && secret.is_none() {
        let unknown = Outcome::skipped(
            "no-credentials",
            "there is nothing to log in with: the steps before brought no temporary user",
        );
        journal.end(walk.position(StepKind::Authentication)?, unknown);
        return None;
    }
    let authenticated = walk
        .step(StepKind::Authentication, async {
            match login::authenticate(&mut frames, &login, journal).await {
                Ok(Authenticated::Yes(outcome)) => Ok((None, outcome)),
                Ok(Authenticated::Refused(refused)) => Ok((
                    Some(refused),
                    Outcome::skipped("not-reached", "the server looks at the database first"),
                )),
                Err(outcome) => Err(walk.of_tls(again(outcome, target.tls.demand, encrypted))),
            }
        })
        .await?;
    let session = walk
        .step(StepKind::Database, async {
            if let Some(refused) = authenticated {
                return Err(refused);
            }
            let (mut session, outcome) = query::ready(&mut frames, around, journal).await?;
            if let Some(libpq) = libpq {
                attributes::check(&mut session, libpq.session, around, journal).await?;
            }
            Ok((session, outcome))
        })
        .await?;
    walk.deadline.set(None);
    walk.step(StepKind::Query, async {
        query::select(session, around, journal).await.map(|outcome| ((), outcome))
    })
    .await
}

/// A refusal after which libpq tries again, with TLS or without, as `sslmode` has it. The probe
/// makes one attempt.
fn again(outcome: Outcome, demand: TlsDemand, encrypted: bool) -> Outcome {
    let refused = matches!(outcome.cause, "not-allowed-from-here" | "tls-required");
    let (mode, how) = match (demand, encrypted) {
        (TlsDemand::Prefer, true) => ("prefer", "without"),
        (TlsDemand::Allow, false) => ("allow", "with"),
        _ => return outcome,
    };
    if refused { second_attempt(&outcome, mode, how) } else { outcome }
}

fn second_attempt(outcome: &Outcome, mode: &str, how: &str) -> Outcome {
    let what = &outcome.message;
    let again = format!(
        "{what}; with `sslmode` {mode} libpq tries again {how} TLS, which the probe does not"
    );
    let mut skipped = Outcome::skipped("second-attempt", again)
        .hint("say what is meant: `sslmode` verify-full, or disable");
    skipped.facts = outcome.facts.clone();
    skipped
}

/// A stream to the server, and what is known about its other end.
struct Secured {
    stream: Box<dyn Wire>,
    trusted: bool,
    /// Of TLS: the hash of the server's certificate, and what the client showed.
    tls: Option<(Option<Vec<u8>>, Arc<Identity>)>,
}

struct Walk<'w> {
    subject: &'w Subject,
    journal: &'w Journal<'w>,
    /// When the session must be open, if the connection says so.
    deadline: Cell<Option<Instant>>,
}

impl Walk<'_> {
    fn position(&self, kind: StepKind) -> Option<usize> {
        self.subject
            .plan
            .half(Half::Wire)
            .find(|(_, step)| step.kind == kind)
            .map(|(position, _)| position)
    }

    /// Makes a step within its time and tells the journal. `None`: it failed.
    async fn step<T>(&self, kind: StepKind, making: impl Future<Output = Made<T>>) -> Option<T> {
        let position = self.position(kind)?;
        self.journal.begin(position);
        let own = Duration::from_secs(kind.info().seconds);
        let left = self
            .deadline
            .get()
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
            .filter(|left| *left < own);
        let (made, outcome) = match tokio::time::timeout(left.unwrap_or(own), making).await {
            Ok(Ok((made, outcome))) => (Some(made), outcome),
            Ok(Err(outcome)) => (None, outcome),
            Err(_) if left.is_some() => (None, too_slow(kind)),
            Err(_) => (None, timed_out(kind)),
        };
        self.journal.end(position, outcome);
        made
    }

    /// A demand for a client certificate is one of TLS, also where the server makes it known later.
    /// What the step at hand ends in.
    fn of_tls(&self, outcome: Outcome) -> Outcome {
        match self.position(StepKind::Tls) {
            Some(tls)
                if outcome.cause.starts_with("client-certificate-")
                    && outcome.cause != "client-certificate-required" =>
            {
                self.journal.amend(tls, outcome);
                Outcome::skipped("after-failure", "not made: a step before it failed")
            }
            _ => outcome,
        }
    }

    async fn secure(
        &self,
        mut socket: TcpStream,
        host: Option<&str>,
        target: &Target,
        surroundings: &Surroundings,
        options: &Options,
    ) -> Option<Secured> {
        let plain =
            |socket: TcpStream| Secured { stream: Box::new(socket), trusted: false, tls: None };
        if !target.asks_for_tls() {
            return Some(plain(socket));
        }
        let libpq = target.libpq.as_ref();
        let plain_will_do = target.tls.demand == TlsDemand::Prefer;
        let offer = if libpq.is_some_and(|libpq| libpq.direct) {
            let direct = Outcome::skipped("not-needed", "`sslnegotiation`: TLS begins at once");
            self.journal.end(self.position(StepKind::SslRequest)?, direct);
            Offer::Tls
        } else {
            self.step(
                StepKind::SslRequest,
                dial::ssl_request(&mut socket, plain_will_do, self.journal),
            )
            .await?
        };
        match offer {
            Offer::Plain => {
                self.journal.end(
                    self.position(StepKind::Tls)?,
                    Outcome::skipped("not-needed", "the server offers no TLS"),
                );
                Some(plain(socket))
            }
            Offer::Tls => {
                let handshake = async {
                    let shaken = tls::handshake(
                        socket,
                        host,
                        &target.tls,
                        options,
                        surroundings,
                        libpq,
                        self.journal,
                    )
                    .await;
                    shaken.map_err(|outcome| match outcome.status {
                        Status::Failed if plain_will_do => {
                            second_attempt(&outcome, "prefer", "without")
                        }
                        _ => outcome,
                    })
                };
                let secured = self.step(StepKind::Tls, handshake).await?;
                let tls = Some((secured.end_point, secured.identity));
                Some(Secured { stream: Box::new(secured.stream), trusted: secured.trusted, tls })
            }
        }
    }
}

/// The time of `connect_timeout` is over.
fn too_slow(kind: StepKind) -> Outcome {
    let mut outcome = timed_out(kind);
    outcome.message = format!("{} within the seconds of `connect_timeout`", outcome.message);
    outcome
}

/// A step whose time was over.
pub(super) fn timed_out(kind: StepKind) -> Outcome {
    match kind {
        StepKind::Dns => Outcome::failed("timed-out", "the name server does not answer")
            .hint("this machine has no name server that it can reach"),
        StepKind::Tcp => dial::timed_out(),
        StepKind::SslRequest | StepKind::Tls => Outcome::failed(
            "timed-out",
            "the server accepts the connection and then does not answer",
        )
        .hint("a proxy or load balancer that does not reach the cluster")
        .hint("what listens there is no database server"),
        _ => Outcome::failed("timed-out", "the server does not answer")
            .hint("it is starting up, overloaded, or hangs"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{Strategy, any, prop_oneof};
    use tokio::io::AsyncWriteExt;

    use super::frames::Frames;
    use super::login::{Login, authenticate};
    use super::refusal::Around;
    use super::{Secret, query};
    use crate::model::Connection;
    use crate::probe::{Ended, Journal, Observer, Plan, Probed, Siblings, Subject};

    struct Nobody;

    impl Observer for Nobody {
        fn began(&self, _: usize, _: usize) {}
        fn ended(&self, _: usize, _: usize, _: &Ended) {}
        fn done(&self, _: usize, _: &Probed) {}
        fn tick(&self) {}
    }

    /// Messages with whole heads and any bodies, a request for authentication more often than not;
    /// or any bytes at all. Some come behind a log-in that was accepted, and some when the server
    /// was ready for the query, too.
    fn server() -> impl Strategy<Value = Vec<u8>> {
        let body = || vec(any::<u8>(), 0..40);
        let request = (0_u32..16, body())
            .prop_map(|(number, rest)| (b'R', [&number.to_be_bytes()[..], &rest].concat()));
        let other =
            (prop_oneof![proptest::sample::select(&b"RSNKZETDCv"[..]), any::<u8>()], body());
        let message = prop_oneof![request, other].prop_map(|(tag, body)| {
            let length = u32::try_from(body.len() + 4).unwrap_or(4).to_be_bytes();
            [&[tag], &length[..], &body].concat()
        });
        const ACCEPTED: &[u8] = b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I";
        let start = proptest::sample::select(vec![&ACCEPTED[..0], &ACCEPTED[..9], ACCEPTED]);
        let rest =
            prop_oneof![vec(message, 0..8).prop_map(|all| all.concat()), vec(any::<u8>(), 0..60)];
        (start, rest).prop_map(|(start, rest)| [start, &rest].concat())
    }

    proptest::proptest! {
        /// Whatever a server sends and then closes, every exchange ends, and without a panic.
        #[test]
        fn any_answer_ends(bytes in server(), token in any::<bool>(), redshift in any::<bool>()) {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            let runtime = builder.enable_time().build().expect("a runtime");
            let plan = Plan::refused("AC102", "ValueError", String::new());
            let subject = Subject {
                conn_id: None,
                connection: Connection::default(),
                siblings: Siblings::default(),
                aws_conn_id: None,
                plan,
            };
            let journal = Journal::new(0, &subject, &Nobody);
            let around = Around { temporary: false, token, encrypted: true, redshift };
            let secret = Secret::text("secret");
            let ended = runtime.block_on(async {
                let (mut server, client) = tokio::io::duplex(1 << 16);
                server.write_all(&bytes).await.expect("room");
                server.shutdown().await.expect("an end");
                let mut frames = Frames::new(Box::new(client));
                let login = Login {
                    user: "etl",
                    database: Some("dev"),
                    secret: Some(&secret),
                    startup: &[],
                    cleartext: true,
                    around,
                    permission: None,
                    identity: None,
                };
                tokio::time::timeout(std::time::Duration::from_secs(5), async {
                    let _ = authenticate(&mut frames, &login, &journal).await;
                    if let Ok((session, _)) = query::ready(&mut frames, around, &journal).await {
                        let _ = query::select(session, around, &journal).await;
                    }
                })
                .await
            });
            proptest::prop_assert!(ended.is_ok(), "it hangs");
        }
    }
}
