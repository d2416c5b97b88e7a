//! Work on many connections at once, in order.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use super::Exit;

/// Fewer items than this are not worth a thread.
const WORTH_IT: usize = 2_000;

/// More threads than this gain nothing: the rest of a run is serial.
const MAX_THREADS: usize = 8;

/// What values in values take of a stack, as deep as Python reads them, in a build without
/// optimisation, is some 3 MiB.
const STACK: usize = 16 << 20;

/// A thread with a stack for what is nested as deeply as Python reads it.
fn spawn<'scope, R: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> R + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, R>> {
    Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok()
}

/// Does some work on such a stack, however small that of the process is.
pub(super) fn on_large_stack(work: impl Fn() -> Exit + Sync) -> Exit {
    std::thread::scope(|scope| match spawn(scope, &work) {
        Some(thread) => thread.join().unwrap_or(Exit::Failure),
        None => work(),
    })
}

/// `items.map(f)` on all cores, for few items that each take long and differ in that; the results
/// are in the order of the items.
pub(super) fn each<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let wanted = MAX_THREADS.min(items.len());
    // How many cores there are is asked of a dozen files of Linux.
    let cores = if wanted > 1 {
        std::thread::available_parallelism().map_or(1, NonZero::get).min(wanted)
    } else {
        1
    };
    if cores == 1 {
        return items.iter().map(f).collect();
    }
    let (next, f) = (AtomicUsize::new(0), &f);
    let work = || {
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < items.len());
        std::iter::from_fn(take).map(|at| (at, f(&items[at]))).collect::<Vec<_>>()
    };
    let mut all = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).filter_map(|_| spawn(scope, work)).collect();
        // Where there is no thread to be had, there is this one.
        let here = if threads.is_empty() { work() } else { Vec::new() };
        let joined = threads.into_iter();
        let all = joined.flat_map(|thread| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        all.chain(here).collect::<Vec<_>>()
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, result)| result).collect()
}

/// `items.map(f)` on all cores; the results are in the order of the items.
pub(super) fn map<T: Sync, R: Send>(items: &[T], f: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get).min(MAX_THREADS);
    if items.len() < WORTH_IT || cores == 1 {
        return items.iter().enumerate().map(|(i, item)| f(i, item)).collect();
    }
    let size = items.len().div_ceil(cores);
    let f = &f;
    std::thread::scope(|scope| {
        let work = |start: usize, chunk: &[T]| {
            chunk.iter().enumerate().map(|(i, item)| f(start + i, item)).collect::<Vec<R>>()
        };
        let begin = |(n, chunk)| {
            let part = move || work(n * size, chunk);
            spawn(scope, part).ok_or_else(part)
        };
        let threads: Vec<_> = items.chunks(size).enumerate().map(begin).collect();
        let mut all = Vec::with_capacity(items.len());
        for thread in threads {
            match thread.map(|thread| thread.join()) {
                Ok(Ok(mut part)) | Err(mut part) => all.append(&mut part),
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}
