//! Several futures at once, begun in order, so many at a time.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// The futures that are waiting and those that run.
pub(super) struct Pool<I: Iterator> {
    waiting: I,
    running: Vec<Pin<Box<I::Item>>>,
    jobs: usize,
}

impl<I: Iterator> Pool<I>
where
    I::Item: Future<Output = ()>,
{
    /// At most `jobs` (at least one) run at a time.
    pub(super) fn new(waiting: I, jobs: usize) -> Pool<I> {
        Pool { waiting, running: Vec::new(), jobs: jobs.max(1) }
    }

    /// Waits for all. May be dropped and called again.
    pub(super) async fn done(&mut self) {
        poll_fn(|context| {
            loop {
                while self.running.len() < self.jobs
                    && let Some(next) = self.waiting.next()
                {
                    self.running.push(Box::pin(next));
                }
                let before = self.running.len();
                self.running.retain_mut(|future| future.as_mut().poll(context).is_pending());
                if self.running.is_empty() && before == 0 {
                    return Poll::Ready(());
                }
                // Where something ended there is room for the next, which must be polled once.
                if self.running.len() == before {
                    return Poll::Pending;
                }
            }
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::Pool;

    #[test]
    fn no_more_than_jobs_run_and_all_are_begun_in_order() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        for jobs in [0, 1, 3, 100] {
            let (begun, now, most) = (RefCell::new(Vec::new()), RefCell::new(0), RefCell::new(0));
            let work = (0..10).map(|number| {
                let (begun, now, most) = (&begun, &now, &most);
                async move {
                    begun.borrow_mut().push(number);
                    *now.borrow_mut() += 1;
                    most.replace_with(|most| (*most).max(*now.borrow()));
                    for _ in 0..=number {
                        tokio::task::yield_now().await;
                    }
                    *now.borrow_mut() -= 1;
                }
            });
            runtime.block_on(Pool::new(work, jobs).done());
            assert_eq!(*begun.borrow(), (0..10).collect::<Vec<_>>());
            assert_eq!(*most.borrow(), jobs.clamp(1, 10), "{jobs} jobs");
        }
    }
}
