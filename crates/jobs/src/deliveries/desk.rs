//! Delivery worker: claims due notifications, runs attempts, records outcomes.
//!
//! One task. Ended attempts and newly claimed notifications share one transaction; while it runs, more accumulate. So
//! the number of transactions depends on the speed of the database, not on the load.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use gantry_core::app_hooks::{self, Delivering};
use gantry_core::notifications::{self, Attempt, Notification, Turn};
use gantry_core::{Core, Error};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::attempt::{Health, Senders};
use super::destinations::Destinations;
use crate::emails::Mails;
use crate::webhooks::Webhooks;

/// Interval of unprompted polls of the table: for retries, delays, and what a crashed node left.
const LOOK: Duration = Duration::from_secs(1);

/// Delivers notifications.
pub struct Deliveries {
    senders: Arc<Senders>,
    destinations: Destinations,
    /// Ids of hooks that may have due notifications.
    hooks: HashSet<String>,
    /// `(hook, ordering key)` pairs whose predecessor may have finished.
    lanes: HashSet<(String, String)>,
    ended: Vec<Attempt>,
    running: JoinSet<(Attempt, Health)>,
    /// Destination key that each running attempt occupies.
    occupied: HashMap<Id, String>,
}

/// A hook that may start attempts, and how many (`room`).
struct Wanted {
    hook: Arc<Delivering>,
    key: String,
    room: usize,
}

impl Deliveries {
    /// Creates the worker of this core.
    pub fn new(core: Arc<Core>, webhooks: Webhooks, mails: Mails) -> Self {
        Self {
            senders: Arc::new(Senders { core, webhooks, mails }),
            destinations: Destinations::default(),
            hooks: HashSet::new(),
            lanes: HashSet::new(),
            ended: Vec::new(),
            running: JoinSet::new(),
            occupied: HashMap::new(),
        }
    }

    /// Runs until `stop` is cancelled; attempts in flight are finished and recorded.
    pub async fn run(mut self, stop: CancellationToken) {
        let core = Arc::clone(&self.senders.core);
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = core.bell.heard() => {}
                Some(ended) = self.running.join_next_with_id() => self.end(ended),
                _ = look.tick() => self.look(&core).await,
            }
            let rung = core.bell.take();
            self.hooks.extend(rung.hooks);
            self.lanes.extend(rung.lanes);
            if rung.everything {
                self.look(&core).await;
            }
            self.end_all_ready();
            self.turn(&core, true).await;
        }
        while let Some(ended) = self.running.join_next_with_id().await {
            self.end(ended);
            self.end_all_ready();
            self.turn(&core, false).await;
        }
    }

    /// Polls the table.
    async fn look(&mut self, core: &Core) {
        let (rested, resting) = self.destinations.rested(core.clock.now_ms());
        let found = match notifications::busy_hooks(core).await {
            Ok(found) => found,
            Err(error) => return warn(&error),
        };
        for hook in &found {
            loop {
                match notifications::unblock(core, hook).await {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => return warn(&error),
                }
            }
        }
        for hook in &resting {
            if let Err(error) = notifications::give_up_old(core, hook).await {
                return warn(&error);
            }
        }
        self.hooks.extend(rested);
        self.hooks.extend(found.into_iter().filter(|hook| !resting.contains(hook)));
    }

    fn end_all_ready(&mut self) {
        while let Some(ended) = self.running.try_join_next_with_id() {
            self.end(ended);
        }
    }

    fn end(&mut self, ended: Result<(Id, (Attempt, Health)), JoinError>) {
        let (id, health) = match ended {
            Ok((id, (attempt, health))) => {
                // Another notification may have waited for this one.
                self.hooks.insert(attempt.app_hook_id.clone());
                self.ended.push(attempt);
                (id, health)
            }
            // Its lease expires, and it is retried.
            Err(error) => {
                tracing::error!(%error, "an attempt panicked");
                (error.id(), Health::Unknown)
            }
        };
        if let Some(key) = self.occupied.remove(&id) {
            self.hooks.extend(self.destinations.ended(&key, health, self.senders.core.clock.now_ms()));
        }
    }

    /// Records ended attempts and starts due ones, cycle after cycle while permits are freed.
    async fn turn(&mut self, core: &Core, more: bool) {
        while self.turn_once(core, more).await {}
    }

    /// Runs one cycle. Returns `true` if permits were freed for parked hooks.
    async fn turn_once(&mut self, core: &Core, more: bool) -> bool {
        let wanted = if more { self.wanted(core).await } else { Vec::new() };
        if wanted.is_empty() && self.ended.is_empty() && self.lanes.is_empty() {
            return false;
        }
        let rooms: Vec<(String, usize)> =
            wanted.iter().map(|wanted| (wanted.hook.hook.id.clone(), wanted.room)).collect();
        let lanes: Vec<(String, String)> = self.lanes.iter().cloned().collect();
        let turn = Turn { ended: &self.ended, lanes: &lanes, wanted: &rooms };
        match notifications::turn(core, &turn).await {
            Ok(begun) => {
                self.ended.clear();
                self.lanes.clear();
                self.start(wanted, begun)
            }
            // Nothing was written, so nothing is lost: the next poll retries it.
            Err(error) => {
                warn(&error);
                false
            }
        }
    }

    /// Returns the hooks that may start attempts now. Hooks without permits are parked at their destination.
    async fn wanted(&mut self, core: &Core) -> Vec<Wanted> {
        let now = core.clock.now_ms();
        let (mut wanted, mut taken) = (Vec::new(), HashMap::<String, usize>::new());
        let mut hooks = mem::take(&mut self.hooks).into_iter();
        while let Some(id) = hooks.next() {
            let hook = match found(core, &id).await {
                Ok(Some(hook)) => hook,
                Ok(None) => continue,
                // The database is unavailable. Asking for each remaining hook would cost a deadline each.
                Err(error @ Error::Unavailable { .. }) => {
                    warn(&error);
                    self.hooks.insert(id);
                    self.hooks.extend(hooks);
                    break;
                }
                Err(error) => {
                    warn(&error);
                    continue;
                }
            };
            let key = Senders::key(&hook);
            let already = taken.entry(key.clone()).or_default();
            let room = self.destinations.room(&key, now).saturating_sub(*already);
            if room == 0 {
                self.destinations.wait(&key, id);
                continue;
            }
            *already += room;
            wanted.push(Wanted { hook: Arc::new(hook), key, room });
        }
        wanted
    }

    /// Starts the claimed attempts. Returns `true` if unused permits were released to other hooks.
    fn start(&mut self, wanted: Vec<Wanted>, begun: Vec<Notification>) -> bool {
        let mut spared = HashSet::new();
        let mut of_hook: HashMap<String, Vec<Notification>> = HashMap::new();
        for notification in begun {
            of_hook.entry(notification.app_hook_id.clone()).or_default().push(notification);
        }
        for Wanted { hook, key, room } in wanted {
            let notifications = of_hook.remove(&hook.hook.id).unwrap_or_default();
            if notifications.len() == room {
                self.hooks.insert(hook.hook.id.clone()); // there may be more
            } else {
                spared.extend(self.destinations.spared(&key));
            }
            for notification in notifications {
                self.destinations.began(&key);
                let (senders, hook) = (Arc::clone(&self.senders), Arc::clone(&hook));
                let task = self.running.spawn(async move { senders.attempt(&hook, notification).await });
                self.occupied.insert(task.id(), key.clone());
            }
        }
        let is_any = !spared.is_empty();
        self.hooks.extend(spared);
        is_any
    }
}

/// Returns the hook if it is active. Cancels the notifications of an inactive or deleted one.
async fn found(core: &Core, id: &str) -> Result<Option<Delivering>, Error> {
    let hook = app_hooks::delivering(core, id).await?;
    if hook.is_none() {
        notifications::cancel_of_hook(core, id, "canceled: the hook is inactive or gone").await?;
    }
    Ok(hook)
}

fn warn(error: &Error) {
    tracing::warn!(%error, "the queue of deliveries could not be read or written, and is tried again");
}
