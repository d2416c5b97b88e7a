//! The bar on a terminal that shows how far a long run has come.

use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A run that ends sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the bar is drawn while nothing ends.
const TICK: Duration = Duration::from_millis(100);

/// Does some work of several parts, each of which calls what it is given when it ends. People who
/// look at a terminal see how many have ended, from the second on that it takes; nothing is left of
/// the bar when the work is done.
pub(super) fn shown<R>(parts: usize, what: &str, work: impl FnOnce(&(dyn Fn() + Sync)) -> R) -> R {
    if !std::io::stderr().is_terminal() {
        return work(&|| ());
    }
    let bar = ProgressBar::with_draw_target(Some(parts as u64), ProgressDrawTarget::hidden());
    let template = "{spinner} [{bar:30}] {pos}/{len} {msg}, {elapsed}";
    bar.set_style(
        ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> "),
    );
    bar.set_message(what.to_string());
    std::thread::scope(|scope| {
        let (done, waits) = channel::<()>();
        let drawn = &bar;
        scope.spawn(move || {
            if waits.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                drawn.set_draw_target(ProgressDrawTarget::stderr());
                drawn.enable_steady_tick(TICK);
                // Until the other end is dropped, also by a panic.
                let _ = waits.recv();
                drawn.finish_and_clear();
            }
        });
        let result = work(&|| bar.inc(1));
        drop(done);
        result
    })
}
