//! Work on many connections at once, in order.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Fewer items than this are not worth a thread.
const WORTH_IT: usize = 2_000;

/// More threads than this gain nothing: the rest of a run is serial.
const MAX_THREADS: usize = 8;

/// `items.map(f)` on all cores, for few items that each take long and differ in that; the results are in the order of the items.
pub(super) fn each<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let wanted = MAX_THREADS.min(items.len());
    // How many cores there are is asked of a dozen files of Linux.
    let cores = if wanted > 1 { std::thread::available_parallelism().map_or(1, NonZero::get).min(wanted) } else { 1 };
    if cores == 1 {
        return items.iter().map(f).collect();
    }
    let (next, f) = (AtomicUsize::new(0), &f);
    let work = || {
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < items.len());
        std::iter::from_fn(take).map(|at| (at, f(&items[at]))).collect::<Vec<_>>()
    };
    let mut all = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect::<Vec<_>>()
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
        let work = |start: usize, chunk: &[T]| chunk.iter().enumerate().map(|(i, item)| f(start + i, item)).collect::<Vec<R>>();
        let threads: Vec<_> = items.chunks(size).enumerate().map(|(n, chunk)| scope.spawn(move || work(n * size, chunk))).collect();
        let mut all = Vec::with_capacity(items.len());
        for thread in threads {
            match thread.join() {
                Ok(mut part) => all.append(&mut part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}
