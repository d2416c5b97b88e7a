//! The signals that end a run before its time, and leave its report.

use crate::probe::Stopped;

#[cfg(unix)]
pub(super) struct Signals(Vec<(tokio::signal::unix::Signal, Stopped)>);

#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(unix)]
impl Signals {
    /// From now on they are caught; one that cannot be caught ends the process, as it would anyway.
    pub(super) fn new() -> Signals {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [
            (SignalKind::interrupt(), Stopped::Interrupted),
            (SignalKind::terminate(), Stopped::Terminated),
            (SignalKind::hangup(), Stopped::Terminated),
        ];
        Signals(
            kinds
                .into_iter()
                .filter_map(|(kind, stopped)| Some((signal(kind).ok()?, stopped)))
                .collect(),
        )
    }

    /// The next one. May be dropped and called again: none is missed.
    pub(super) async fn next(&mut self) -> Stopped {
        std::future::poll_fn(|context| {
            let mut came =
                self.0.iter_mut().map(|(signal, stopped)| (signal.poll_recv(context), *stopped));
            let first = came.find(|(polled, _)| polled.is_ready());
            first.map_or(std::task::Poll::Pending, |(_, stopped)| std::task::Poll::Ready(stopped))
        })
        .await
    }
}

#[cfg(not(unix))]
impl Signals {
    pub(super) fn new() -> Signals {
        Signals
    }

    pub(super) async fn next(&mut self) -> Stopped {
        // Where no signal can be caught, nobody can press it.
        match tokio::signal::ctrl_c().await {
            Ok(()) => Stopped::Interrupted,
            Err(_) => std::future::pending().await,
        }
    }
}
