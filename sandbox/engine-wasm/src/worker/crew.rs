//! The threads that run functions: one for each invocation, so that one which computes, sleeps or copies for long holds
//! up no other. They are made when they are needed and kept.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::runtime::Handle;

use crate::config::{SLOTS, STACK};

/// What WASI's own functions need of a stack beside the guest's.
const HOST_STACK: usize = 1 << 20;

/// What a thread is given to do.
type Job = Box<dyn FnOnce() + Send>;

/// The threads.
pub(super) struct Crew {
    jobs: Mutex<Jobs>,
    told: Condvar,
    /// Whose timers the threads use.
    timers: Handle,
}

#[derive(Default)]
struct Jobs {
    waiting: VecDeque<Job>,
    idle: usize,
    threads: usize,
}

impl Crew {
    pub(super) fn new(timers: Handle) -> Arc<Self> {
        Arc::new(Self { jobs: Mutex::default(), told: Condvar::new(), timers })
    }

    /// Has it done, by a thread that is idle, by a new one, or by the first that becomes idle.
    pub(super) fn run(self: &Arc<Self>, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let mut jobs = self.jobs();
        jobs.waiting.push_back(Box::new(job));
        if jobs.waiting.len() <= jobs.idle {
            self.told.notify_one();
        } else if jobs.threads < SLOTS as usize {
            let crew = Arc::clone(self);
            let thread = thread::Builder::new().name("function".into()).stack_size(STACK + HOST_STACK);
            match thread.spawn(move || crew.work()) {
                Ok(_) => jobs.threads += 1,
                // Without any thread nobody would ever come to do it.
                Err(error) if jobs.threads == 0 => return Err(error),
                Err(_) => {}
            }
        }
        Ok(())
    }

    fn work(&self) {
        let _timers = self.timers.enter();
        loop {
            let job = self.next();
            job();
        }
    }

    fn next(&self) -> Job {
        let mut jobs = self.jobs();
        loop {
            if let Some(job) = jobs.waiting.pop_front() {
                return job;
            }
            jobs.idle += 1;
            jobs = self.told.wait(jobs).unwrap_or_else(PoisonError::into_inner);
            jobs.idle -= 1;
        }
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn every_job_has_a_thread_of_its_own_and_those_beyond_wait() {
        let timers = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("timers");
        let crew = Crew::new(timers.handle().clone());
        let slots = SLOTS as usize;
        let all = Arc::new(Barrier::new(slots + 1));
        let (sender, done) = channel();
        for number in 0..2 * slots {
            let (all, sender) = (Arc::clone(&all), sender.clone());
            let job = move || {
                all.wait();
                sender.send(number).expect("heard");
            };
            crew.run(job).expect("a thread");
        }
        for _ in 0..2 {
            // Passes only when as many jobs as there are slots run at once.
            all.wait();
        }
        assert_eq!(done.iter().take(2 * slots).count(), 2 * slots);
        assert_eq!(crew.jobs().threads, slots);
    }
}
