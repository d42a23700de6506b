//! A fixed number of threads for expensive hashes, each with one reused block of memory.
//!
//! Guarantees: never more than `workers` hashes at once, so memory and cores are bounded; memory is not allocated per
//! hash, which with common allocators leaves gigabytes resident under load and halves the throughput; a full queue
//! refuses immediately; work whose caller was dropped is skipped; a panic fails one call and does not end the worker.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use argon2::Block;
use tokio::sync::oneshot;

/// The queue is full (or a hash panicked, which was never observed). The caller may retry after about a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting to be hashed")]
pub struct Busy;

/// Memory of one worker.
pub(super) struct Memory {
    blocks: Vec<Block>,
    /// Number of blocks that a hash of the current settings needs.
    usual: usize,
}

impl Memory {
    /// Creates empty memory that retains up to `usual` blocks between hashes.
    pub(super) fn new(usual: usize) -> Self {
        Self { blocks: Vec::new(), usual }
    }

    /// Returns `count` blocks of 1 KiB with leftovers of earlier work, which Argon2 overwrites. Allocates only at the
    /// worker's first hash, and for a stored hash that needs more than the current settings.
    pub(super) fn blocks(&mut self, count: usize) -> &mut [Block] {
        if self.blocks.len() < count {
            let wanted = count.max(self.usual);
            self.blocks.reserve_exact(wanted - self.blocks.len());
            self.blocks.resize(wanted, Block::new());
        }
        &mut self.blocks[..count]
    }

    /// Frees the memory of an unusually large hash.
    fn settle(&mut self) {
        if self.blocks.len() > self.usual {
            self.blocks.truncate(self.usual);
            self.blocks.shrink_to_fit();
        }
    }
}

/// The threads and their queue. Dropping it ends each thread after its current job and those in the queue.
pub(super) struct Pool {
    queue: Arc<Queue>,
}

impl Pool {
    /// Starts `workers` threads with a queue of at most `waiting` jobs; `usual` is the number of blocks that most
    /// hashes need.
    ///
    /// # Panics
    /// If the operating system cannot create a thread.
    pub(super) fn start(workers: usize, waiting: usize, usual: usize) -> Self {
        let queue = Arc::new(Queue { limit: waiting, state: Mutex::default(), wake: Condvar::new() });
        for number in 0..workers {
            let queue = Arc::clone(&queue);
            let work = move || queue.serve(&mut Memory::new(usual));
            thread::Builder::new().name(format!("hash-{number}")).spawn(work).expect("a thread for hashing");
        }
        Self { queue }
    }

    /// Runs `work` on a worker. Dropping the future earlier gives up the place in the queue.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let caller = Arc::new(());
        let (reply, answer) = oneshot::channel();
        // It is not an error if the caller was dropped in the meantime.
        let work = Box::new(move |memory: &mut Memory| drop(reply.send(work(memory))));
        self.queue.push(Job { caller: Arc::downgrade(&caller), work })?;
        let answer = answer.await.map_err(|_| Busy);
        drop(caller);
        answer
    }

    /// Returns [`Busy`] if the queue is full.
    pub(super) fn admits(&self) -> Result<(), Busy> {
        self.queue.room().map(drop)
    }

    /// Returns the number of jobs that wait for a worker.
    pub(super) fn queued(&self) -> usize {
        self.queue.lock().jobs.len()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.wake.notify_all();
    }
}

struct Job {
    /// Alive while the caller waits for the result.
    caller: Weak<()>,
    work: Box<dyn FnOnce(&mut Memory) + Send>,
}

impl Job {
    fn is_wanted(&self) -> bool {
        self.caller.strong_count() > 0
    }
}

struct Queue {
    limit: usize,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl Queue {
    fn push(&self, job: Job) -> Result<(), Busy> {
        self.room()?.jobs.push_back(job);
        self.wake.notify_one();
        Ok(())
    }

    /// Returns the queue if it has room for one more job.
    fn room(&self) -> Result<MutexGuard<'_, State>, Busy> {
        let mut state = self.lock();
        if state.jobs.len() >= self.limit {
            // Dropped callers must not take up room.
            state.jobs.retain(Job::is_wanted);
        }
        if state.jobs.len() >= self.limit { Err(Busy) } else { Ok(state) }
    }

    /// Waits for the next job; `None` when the pool was dropped and the queue is empty.
    fn pop(&self) -> Option<Job> {
        let waiting = |state: &mut State| state.jobs.is_empty() && !state.closed;
        let mut state = self.wake.wait_while(self.lock(), waiting).unwrap_or_else(PoisonError::into_inner);
        state.jobs.pop_front()
    }

    /// Runs jobs until the pool is dropped.
    fn serve(&self, memory: &mut Memory) {
        yield_to_requests();
        while let Some(job) = self.pop() {
            if job.is_wanted() {
                // Unwind safe: the memory has no invariant, and the caller sees its channel close.
                let _ = catch_unwind(AssertUnwindSafe(|| (job.work)(memory)));
                memory.settle();
            }
        }
    }

    /// Ignores poisoning: no code panics under this lock, and none would leave the queue inconsistent.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lowers the thread's priority, so that session checks stay fast while logins use every core. On Linux the nice value
/// applies to the thread. If it cannot be set, hashing competes equally with requests.
#[cfg(target_os = "linux")]
fn yield_to_requests() {
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE);
}

#[cfg(not(target_os = "linux"))]
fn yield_to_requests() {}

#[cfg(target_os = "linux")]
const NICE: i32 = 10;

#[cfg(test)]
mod tests {
    use std::pin::{Pin, pin};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;
    use std::task::{Context, Waker};

    use super::*;

    /// Polls `future` once and leaves it pending.
    fn park<F: Future>(future: &mut Pin<&mut F>) {
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "it should wait");
    }

    /// Work that signals its begin, and ends when released.
    fn blocker() -> (impl FnOnce(&mut Memory) + Send, mpsc::Receiver<()>, mpsc::Sender<()>) {
        let (begun, has_begun) = mpsc::channel();
        let (release, released) = mpsc::channel();
        let work = move |_: &mut Memory| {
            begun.send(()).expect("the test waits");
            released.recv().expect("the test releases");
        };
        (work, has_begun, release)
    }

    #[tokio::test]
    async fn a_full_queue_refuses_and_recovers() {
        let pool = Pool::start(1, 1, 1);
        let (work, has_begun, release) = blocker();
        let mut running = pin!(pool.run(work));
        park(&mut running);
        has_begun.recv().expect("the worker begins");
        let mut waiting = pin!(pool.run(|_| 1));
        park(&mut waiting);
        assert_eq!(pool.queued(), 1);
        assert_eq!(pool.admits(), Err(Busy));
        assert_eq!(pool.run(|_| 2).await, Err(Busy));
        release.send(()).expect("the worker waits");
        assert_eq!(running.await, Ok(()));
        assert_eq!(waiting.await, Ok(1));
        assert_eq!(pool.admits(), Ok(()));
        assert_eq!(pool.run(|_| 3).await, Ok(3));
    }

    #[tokio::test]
    async fn nobody_works_for_a_caller_that_left() {
        let pool = Pool::start(1, 2, 1);
        let (work, has_begun, release) = blocker();
        let mut running = pin!(pool.run(work));
        park(&mut running);
        has_begun.recv().expect("the worker begins");
        let done = Arc::new(AtomicBool::new(false));
        {
            let done = Arc::clone(&done);
            let mut leaving = pin!(pool.run(move |_| done.store(true, Ordering::SeqCst)));
            park(&mut leaving);
        }
        release.send(()).expect("the worker waits");
        assert_eq!(running.await, Ok(()));
        // The only worker takes jobs in order: when this one is done, the dropped one was skipped.
        assert_eq!(pool.run(|_| ()).await, Ok(()));
        assert!(!done.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_caller_that_left_frees_its_place() {
        let pool = Pool::start(1, 1, 1);
        let (work, has_begun, release) = blocker();
        let mut running = pin!(pool.run(work));
        park(&mut running);
        has_begun.recv().expect("the worker begins");
        {
            let mut leaving = pin!(pool.run(|_| ()));
            park(&mut leaving);
            assert_eq!(pool.admits(), Err(Busy));
        }
        assert_eq!(pool.admits(), Ok(()));
        let mut waiting = pin!(pool.run(|_| 7));
        park(&mut waiting);
        release.send(()).expect("the worker waits");
        assert_eq!(waiting.await, Ok(7));
    }

    #[tokio::test]
    async fn a_panic_costs_one_answer_and_no_worker() {
        let pool = Pool::start(1, 4, 1);
        assert_eq!(pool.run(|_| panic!("expected in this test")).await, Err::<(), _>(Busy));
        assert_eq!(pool.run(|_| 7).await, Ok(7));
    }

    // No allocation per hash: memory is reused, and what a larger hash took is freed afterwards.
    #[tokio::test]
    async fn memory_is_kept_and_grows_only_for_a_while() {
        let pool = Pool::start(1, 4, 19);
        let address = |memory: &mut Memory| memory.blocks(19).as_ptr().addr();
        let first = pool.run(address).await;
        assert_eq!(pool.run(address).await, first);
        assert_eq!(pool.run(|memory| memory.blocks(8).len()).await, Ok(8));
        assert_eq!(pool.run(address).await, first);
        assert_eq!(pool.run(|memory| memory.blocks(500).len()).await, Ok(500));
        assert_eq!(pool.run(|memory| (memory.blocks.len(), memory.blocks.capacity())).await, Ok((19, 19)));
    }

    #[tokio::test]
    async fn workers_have_names_and_are_as_many_as_asked_for() {
        let pool = Pool::start(2, 4, 1);
        let name = |begun: mpsc::Sender<Option<String>>, released: mpsc::Receiver<()>| {
            move |_: &mut Memory| {
                begun.send(thread::current().name().map(str::to_owned)).expect("the test waits");
                released.recv().expect("the test releases");
            }
        };
        let (begun, names) = mpsc::channel();
        let ((first_go, wait_first), (second_go, wait_second)) = (mpsc::channel(), mpsc::channel());
        let (mut a, mut b) =
            (pin!(pool.run(name(begun.clone(), wait_first))), pin!(pool.run(name(begun, wait_second))));
        park(&mut a);
        park(&mut b);
        // Both run at once, since neither ends before both have begun.
        let mut seen = [names.recv().expect("one begins"), names.recv().expect("the other begins")];
        seen.sort();
        assert_eq!(seen, [Some("hash-0".to_owned()), Some("hash-1".to_owned())]);
        first_go.send(()).expect("it waits");
        second_go.send(()).expect("it waits");
        assert_eq!((a.await, b.await), (Ok(()), Ok(())));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn workers_let_others_go_first() {
        let nice = |_: &mut Memory| rustix::process::getpriority_process(Some(rustix::thread::gettid()));
        let own = rustix::process::getpriority_process(Some(rustix::thread::gettid())).expect("readable");
        let worker = Pool::start(1, 1, 1).run(nice).await.expect("runs").expect("readable");
        assert!(worker == NICE || own > NICE, "worker {worker}, test {own}");
    }
}
