//! SIGTERM, SIGHUP and Ctrl-C while files are repaired: the file that is being written is written
//! to its end, no other is begun, and what was done is reported.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Whether a run was told to end before its time.
#[derive(Clone, Default)]
pub(super) struct Stop {
    asked: Arc<AtomicBool>,
    /// Held while a file is written.
    writing: Arc<Mutex<()>>,
}

impl Stop {
    /// Asks to be told, where files are to be written; where not, signals end the process at once.
    pub(super) fn watch(writes: bool) -> Stop {
        let stop = Stop::default();
        #[cfg(unix)]
        if writes {
            unix::watch(stop.clone());
        }
        #[cfg(not(unix))]
        let _ = writes;
        stop
    }

    pub(super) fn asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Does what must not be left half done.
    pub(super) fn to_the_end<R>(&self, work: impl FnOnce() -> R) -> R {
        let _held = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        work()
    }
}

#[cfg(unix)]
mod unix {
    use std::io::Write;
    use std::sync::PoisonError;
    use std::sync::atomic::Ordering;
    use std::time::{Duration, Instant};

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    use super::Stop;
    use crate::cli::Exit;

    /// How long a report may take; whoever stops a container waits ten seconds.
    const GRACE: Duration = Duration::from_secs(crate::bounds::STOP_GRACE.value as u64);

    /// How often is looked whether somebody asks again.
    const TICK: Duration = Duration::from_millis(20);

    pub(super) fn watch(stop: Stop) {
        // Where signals cannot be caught they end the process, as they would anyway.
        let Ok(mut signals) = Signals::new([SIGTERM, SIGHUP, SIGINT]) else { return };
        std::thread::spawn(move || {
            signals.wait().for_each(drop);
            stop.asked.store(true, Ordering::Relaxed);
            let asked = Instant::now();
            // Who asks twice, or waits too long, gets no report.
            while asked.elapsed() < GRACE && signals.pending().next().is_none() {
                std::thread::sleep(TICK);
            }
            let _held = stop.writing.lock().unwrap_or_else(PoisonError::into_inner);
            let line = "airconn: ended before its report was made; no file is left half written";
            let _ = writeln!(std::io::stderr(), "{line}");
            signal_hook::low_level::exit(Exit::Failure as i32);
        });
    }
}
