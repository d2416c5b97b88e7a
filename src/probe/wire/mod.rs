//! The wire half: name, TCP, TLS, log-in and query, each step with its own time, everything that a server sends bounded.
//!
//! Up to the log-in it is made by hand, because tokio-postgres does not know Redshift's requests 13 and 14 and has one error for all steps.
//! Then tokio-postgres takes over, behind the bounds of `frames`: it reads messages of any size into memory.

mod certificate;
pub(super) mod client;
mod dial;
mod frames;
mod login;
mod query;
mod refusal;
mod roots;
mod session;
mod tls;
pub(super) mod verifier;

use std::future::Future;
use std::time::Duration;

use tokio::net::TcpStream;

use super::{Answers, Half, Journal, LogInWith, Options, Outcome, Sensitive, StepKind, Subject, Surroundings, Target, TlsDemand};
use dial::Offer;
use frames::{Frames, Wire};
use login::{Authenticated, Login};
use refusal::Around;

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
    let walk = Walk { subject, journal };
    let redshift = subject.connection.type_str() == "redshift";
    let (host, port) = match (&target.host, &answers.endpoint) {
        (Some(host), _) => (host.clone(), target.port),
        (None, Some(endpoint)) => (endpoint.host.clone(), endpoint.port),
        (None, None) => {
            let unknown = Outcome::skipped("no-host", "the connection has no host, and AWS named none");
            journal.end(walk.position(StepKind::Dns)?, unknown);
            return None;
        }
    };
    let addresses = walk.step(StepKind::Dns, dial::dns(&host, port, redshift)).await?;
    let socket = walk.step(StepKind::Tcp, dial::tcp(&addresses, redshift, target.source.as_deref())).await?;
    let Secured { stream, encrypted, trusted } = walk.secure(socket, &host, target, surroundings, options).await?;
    let (user, secret) = match answers.log_in {
        Some(LogInWith::Temporary { user, password, .. }) if target.temporary => {
            (target.user.clone().unwrap_or(user), Some(target.secret.clone().unwrap_or(password)))
        }
        Some(LogInWith::Temporary { .. }) => (target.user.clone().unwrap_or_default(), target.secret.clone()),
        Some(LogInWith::Token(token)) => (target.user.clone().unwrap_or_default(), Some(token)),
        None => (target.user.clone().unwrap_or_default(), target.secret.clone()),
    };
    secret.iter().map(Sensitive::expose).for_each(|secret| journal.hide(secret));
    let around = Around { temporary: target.temporary && target.secret.is_none(), token: target.token, encrypted, redshift };
    let login = Login {
        user: &user,
        database: target.database.as_deref(),
        secret: secret.as_ref(),
        startup: &target.startup,
        cleartext: trusted || options.allow_cleartext,
        around,
    };
    let mut frames = Frames::new(stream);
    if around.temporary && secret.is_none() {
        let unknown = Outcome::skipped("no-credentials", "there is nothing to log in with: the steps before brought no temporary user");
        journal.end(walk.position(StepKind::Authentication)?, unknown);
        return None;
    }
    let authenticated = walk
        .step(StepKind::Authentication, async {
            Ok(match login::authenticate(&mut frames, &login, journal).await? {
                Authenticated::Yes(outcome) => (None, outcome),
                Authenticated::Refused(refused) => {
                    (Some(refused), Outcome::skipped("not-reached", "the server looks at the database first"))
                }
            })
        })
        .await?;
    let session = walk
        .step(StepKind::Database, async {
            match authenticated {
                Some(refused) => Err(refused),
                None => query::ready(&mut frames, around, journal).await,
            }
        })
        .await?;
    walk.step(StepKind::Query, async { query::select(session, around, journal).await.map(|outcome| ((), outcome)) }).await
}

/// A stream to the server, and what is known about its other end.
struct Secured {
    stream: Box<dyn Wire>,
    encrypted: bool,
    trusted: bool,
}

struct Walk<'w> {
    subject: &'w Subject,
    journal: &'w Journal<'w>,
}

impl Walk<'_> {
    fn position(&self, kind: StepKind) -> Option<usize> {
        self.subject.plan.half(Half::Wire).find(|(_, step)| step.kind == kind).map(|(position, _)| position)
    }

    /// Makes a step within its time and tells the journal. `None`: it failed.
    async fn step<T>(&self, kind: StepKind, making: impl Future<Output = Made<T>>) -> Option<T> {
        let position = self.position(kind)?;
        self.journal.begin(position);
        let seconds = kind.info().seconds;
        let (made, outcome) = match tokio::time::timeout(Duration::from_secs(seconds), making).await {
            Ok(Ok((made, outcome))) => (Some(made), outcome),
            Ok(Err(outcome)) => (None, outcome),
            Err(_) => (None, timed_out(kind)),
        };
        self.journal.end(position, outcome);
        made
    }

    async fn secure(
        &self,
        mut socket: TcpStream,
        host: &str,
        target: &Target,
        surroundings: &Surroundings,
        options: &Options,
    ) -> Option<Secured> {
        let plain = |socket: TcpStream| Secured { stream: Box::new(socket), encrypted: false, trusted: false };
        if !target.asks_for_tls() {
            return Some(plain(socket));
        }
        let plain_will_do = target.tls.demand == TlsDemand::Prefer;
        match self.step(StepKind::SslRequest, dial::ssl_request(&mut socket, plain_will_do, self.journal)).await? {
            Offer::Plain => {
                self.journal.end(self.position(StepKind::Tls)?, Outcome::skipped("not-needed", "the server offers no TLS"));
                Some(plain(socket))
            }
            Offer::Tls => {
                let handshake = tls::handshake(socket, host, &target.tls, options, surroundings, self.journal);
                let secured = self.step(StepKind::Tls, handshake).await?;
                Some(Secured { stream: Box::new(secured.stream), encrypted: true, trusted: secured.trusted })
            }
        }
    }
}

/// A step whose time was over.
pub(super) fn timed_out(kind: StepKind) -> Outcome {
    match kind {
        StepKind::Dns => {
            Outcome::failed("timed-out", "the name server does not answer").hint("this machine has no name server that it can reach")
        }
        StepKind::Tcp => dial::timed_out(),
        StepKind::SslRequest | StepKind::Tls => Outcome::failed("timed-out", "the server accepts the connection and then does not answer")
            .hint("a proxy or load balancer that does not reach the cluster")
            .hint("what listens there is no database server"),
        _ => Outcome::failed("timed-out", "the server does not answer").hint("it is starting up, overloaded, or hangs"),
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
    use super::{Sensitive, query};
    use crate::model::Connection;
    use crate::probe::{Ended, Journal, Observer, Plan, Probed, Siblings, Subject};

    struct Nobody;

    impl Observer for Nobody {
        fn began(&self, _: usize, _: usize) {}
        fn ended(&self, _: usize, _: usize, _: &Ended) {}
        fn done(&self, _: usize, _: &Probed) {}
        fn tick(&self) {}
    }

    /// Messages with whole heads and any bodies, a request for authentication more often than not; or any bytes at all. Some come behind a
    /// log-in that was accepted, and some when the server was ready for the query, too.
    fn server() -> impl Strategy<Value = Vec<u8>> {
        let body = || vec(any::<u8>(), 0..40);
        let request = (0_u32..16, body()).prop_map(|(number, rest)| (b'R', [&number.to_be_bytes()[..], &rest].concat()));
        let other = (prop_oneof![proptest::sample::select(&b"RSNKZETDCv"[..]), any::<u8>()], body());
        let message = prop_oneof![request, other].prop_map(|(tag, body)| {
            let length = u32::try_from(body.len() + 4).unwrap_or(4).to_be_bytes();
            [&[tag], &length[..], &body].concat()
        });
        const ACCEPTED: &[u8] = b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I";
        let start = proptest::sample::select(vec![&ACCEPTED[..0], &ACCEPTED[..9], ACCEPTED]);
        let rest = prop_oneof![vec(message, 0..8).prop_map(|all| all.concat()), vec(any::<u8>(), 0..60)];
        (start, rest).prop_map(|(start, rest)| [start, &rest].concat())
    }

    proptest::proptest! {
        /// Whatever a server sends and then closes, every exchange ends, and without a panic.
        #[test]
        fn any_answer_ends(bytes in server(), token in any::<bool>(), redshift in any::<bool>()) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
            let plan = Plan::refused("AC102", "ValueError", String::new());
            let subject = Subject { conn_id: None, connection: Connection::default(), siblings: Siblings::default(), aws_conn_id: None, plan };
            let journal = Journal::new(0, &subject, &Nobody);
            let around = Around { temporary: false, token, encrypted: true, redshift };
            let secret = Sensitive::new("secret");
            let ended = runtime.block_on(async {
                let (mut server, client) = tokio::io::duplex(1 << 16);
                server.write_all(&bytes).await.expect("room");
                server.shutdown().await.expect("an end");
                let mut frames = Frames::new(Box::new(client));
                let login =
                    Login { user: "etl", database: Some("dev"), secret: Some(&secret), startup: &[], cleartext: true, around };
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
