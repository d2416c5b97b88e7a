//! The engine: walks many connections at once, each within its time, all within the run's.

mod pool;
mod signals;

use std::future::Future;
use std::task::{Context, Poll};
use std::time::Duration;

use super::{
    Answers, Half, Journal, Observer, Offline, Options, Outcome, Probed, Run, Stopped, Subject,
    Surroundings, aws, wire,
};
use pool::Pool;
use signals::Signals;

use crate::airflow::Fault;
use crate::check::rules::of_fault;
use crate::guard::{Mistake, guarded, seam};

/// How often a live display is told that time has passed.
const TICK: Duration = Duration::from_millis(100);

/// Probes the connections. `Err` says why nothing could be done at all.
pub fn run(
    subjects: &[Subject],
    surroundings: &Surroundings,
    options: &Options,
    observer: &dyn Observer,
) -> Result<Run, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let journals: Vec<Journal<'_>> =
        subjects.iter().enumerate().map(|(index, s)| Journal::new(index, s, observer)).collect();
    let stopped = runtime.block_on(async {
        let walks = subjects.iter().zip(&journals).enumerate().map(
            |(index, (subject, journal))| async move {
                let walk = async {
                    seam("walking", subject.connection.host.as_str().unwrap_or_default());
                    one(subject, surroundings, options, journal).await;
                };
                if caught(walk).await.is_none()
                    && let Some(step) = journal.running().or_else(|| journal.next())
                {
                    let message = Mistake::Proving.message();
                    journal.end(
                        step,
                        Outcome::skipped("internal-error", message).code(of_fault(Fault::Own).id),
                    );
                }
                observer.done(index, &close(subject, journal, Stopped::No));
            },
        );
        let mut pool = Pool::new(walks, options.jobs);
        let deadline = tokio::time::sleep(options.deadline);
        tokio::pin!(deadline);
        let mut ticks = tokio::time::interval(TICK);
        let mut signals = Signals::new();
        loop {
            tokio::select! {
                biased;
                () = pool.done() => return Stopped::No,
                stopped = signals.next() => return stopped,
                () = &mut deadline => return Stopped::Deadline,
                _ = ticks.tick() => observer.tick(),
            }
        }
    });
    // A name server that does not answer keeps a thread busy: nobody waits for it.
    runtime.shutdown_background();
    let probed = subjects
        .iter()
        .zip(&journals)
        .map(|(subject, journal)| close(subject, journal, stopped))
        .collect();
    Ok(Run { probed, stopped })
}

/// The end of a future, or `None` where it panics.
async fn caught<F: Future>(future: F) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    let poll = |context: &mut Context<'_>| match guarded(|| future.as_mut().poll(context)) {
        Some(polled) => polled.map(Some),
        None => Poll::Ready(None),
    };
    std::future::poll_fn(poll).await
}

/// One connection within its time.
async fn one(
    subject: &Subject,
    surroundings: &Surroundings,
    options: &Options,
    journal: &Journal<'_>,
) {
    if tokio::time::timeout(options.timeout, walk(subject, surroundings, options, journal))
        .await
        .is_err()
        && let Some(step) = journal.running()
    {
        let mut outcome = match journal.is_waiting_for_program() {
            true => aws::program_timed_out(),
            false => wire::timed_out(subject.plan.steps[step].kind),
        };
        outcome.message = format!("{} (the time of --timeout is over)", outcome.message);
        journal.end(step, outcome);
    }
}

async fn walk(
    subject: &Subject,
    surroundings: &Surroundings,
    options: &Options,
    journal: &Journal<'_>,
) -> Option<()> {
    journal.begin(0);
    journal.end(0, offline(&subject.plan.offline));
    if journal.has_failed() {
        return None;
    }
    let answers = match subject.plan.half(Half::Aws).next() {
        Some(_) => aws::run(subject, surroundings, options, journal).await?,
        None => Answers::default(),
    };
    let target = subject.plan.target.as_ref()?;
    wire::run(subject, target, answers, surroundings, options, journal).await
}

fn offline(offline: &Offline) -> Outcome {
    match offline {
        Offline::Ready => Outcome::ok("nothing speaks against it"),
        Offline::Beyond(reason) => {
            Outcome::ok(format!("the probe cannot walk this road to its end: {reason}"))
        }
        Offline::Fails { rule, message, help, .. } => {
            let outcome = Outcome::failed("offline", message.clone()).code(*rule);
            let outcome = help.iter().fold(outcome, |outcome, help| outcome.hint(help.clone()));
            outcome.hint("`airconn check` shows the place")
        }
    }
}

/// Ends what is open: why, depends on what came before.
fn close(subject: &Subject, journal: &Journal<'_>, stopped: Stopped) -> Probed {
    if let Some(step) = journal.running() {
        journal.end(
            step,
            match stopped {
                Stopped::Interrupted => Outcome::skipped("interrupted", "interrupted"),
                Stopped::Terminated => Outcome::skipped("terminated", "terminated"),
                _ if journal.is_waiting_for_program() => {
                    let mut outcome = aws::program_timed_out();
                    outcome.message.push_str(" (the time of the run is over, --deadline)");
                    outcome
                }
                Stopped::Deadline | Stopped::No => {
                    Outcome::failed("timed-out", "the time of the run is over (--deadline)")
                }
            },
        );
    }
    let failed = journal.has_failed();
    let ends = journal.close(|| match stopped {
        _ if failed => Outcome::skipped("after-failure", "not made: a step before it failed"),
        Stopped::Interrupted => {
            Outcome::skipped("interrupted", "not made: the run was interrupted")
        }
        Stopped::Terminated => Outcome::skipped("terminated", "not made: the run was terminated"),
        Stopped::Deadline => {
            Outcome::skipped("deadline", "not made: the time of the run is over (--deadline)")
        }
        Stopped::No => {
            Outcome::skipped("after-skipped", "not made: a step before it could not be made")
        }
    });
    Probed { plan: subject.plan.clone(), ends }
}
