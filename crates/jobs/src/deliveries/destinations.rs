//! Limits on concurrent attempts. Each destination has its own limit, so that a slow one delays no other; a failing one
//! is left alone for a backoff, then probed with a single attempt.

use std::collections::{HashMap, HashSet};

use gantry_core::notifications::MOST_BEGUN;

use super::attempt::Health;

/// Maximum concurrent attempts per destination.
const MOST_AT_ONE: usize = MOST_BEGUN;
/// Maximum concurrent attempts in total.
const MOST: usize = 1024;
/// Consecutive failures after which the backoff of a destination begins.
const TROUBLED: u32 = 10;
/// First and longest backoff; doubled with each further failure.
const SHORTEST_REST_MS: i64 = 1_000;
const LONGEST_REST_MS: i64 = 60_000;

#[derive(Debug, Default)]
struct Destination {
    running: usize,
    failures: u32,
    /// End of the backoff in epoch milliseconds; after it, one attempt probes the destination.
    resting_until: Option<i64>,
    /// Ids of hooks that wait for permits.
    waiting: HashSet<String>,
}

/// All destinations with attempts in flight, waiting hooks or failures.
#[derive(Debug, Default)]
pub(super) struct Destinations {
    known: HashMap<String, Destination>,
    running: usize,
}

impl Destinations {
    /// Returns how many attempts may start now.
    pub(super) fn room(&self, key: &str, now_ms: i64) -> usize {
        let all = MOST.saturating_sub(self.running);
        let Some(there) = self.known.get(key) else { return all.min(MOST_AT_ONE) };
        let most = match there.resting_until {
            Some(until) if until > now_ms => 0,
            Some(_) => 1,
            None => MOST_AT_ONE,
        };
        most.saturating_sub(there.running).min(all)
    }

    /// Parks the hook until permits are free.
    pub(super) fn wait(&mut self, key: &str, hook: String) {
        self.known.entry(key.to_owned()).or_default().waiting.insert(hook);
    }

    pub(super) fn began(&mut self, key: &str) {
        self.known.entry(key.to_owned()).or_default().running += 1;
        self.running += 1;
    }

    /// Returns the hooks that waited for permits.
    pub(super) fn ended(&mut self, key: &str, health: Health, now_ms: i64) -> HashSet<String> {
        self.running = self.running.saturating_sub(1);
        let Some(there) = self.known.get_mut(key) else { return HashSet::new() };
        there.running = there.running.saturating_sub(1);
        match health {
            Health::Well => (there.failures, there.resting_until) = (0, None),
            Health::Trouble => {
                there.failures = there.failures.saturating_add(1);
                if there.failures >= TROUBLED {
                    let doubled = SHORTEST_REST_MS << (there.failures - TROUBLED).min(10);
                    there.resting_until = Some(now_ms + doubled.min(LONGEST_REST_MS));
                }
            }
            Health::Unknown => {}
        }
        let resting = there.resting_until.is_some_and(|until| until > now_ms);
        let waited = if resting { HashSet::new() } else { std::mem::take(&mut there.waiting) };
        if there.running == 0 && there.failures == 0 && there.waiting.is_empty() {
            self.known.remove(key);
        }
        waited
    }

    /// Returns the parked hooks, since permits turned out to be unused.
    pub(super) fn spared(&mut self, key: &str) -> HashSet<String> {
        self.known.get_mut(key).map(|there| std::mem::take(&mut there.waiting)).unwrap_or_default()
    }

    /// Returns the parked hooks whose destination's backoff is over, and those whose destination is still in backoff.
    pub(super) fn rested(&mut self, now_ms: i64) -> (HashSet<String>, HashSet<String>) {
        let (mut rested, mut resting) = (HashSet::new(), HashSet::new());
        for there in self.known.values_mut() {
            if there.resting_until.is_some_and(|until| until > now_ms) {
                resting.extend(there.waiting.iter().cloned());
            } else {
                rested.extend(std::mem::take(&mut there.waiting));
            }
        }
        (rested, resting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(destinations: &mut Destinations, times: u32, now_ms: i64) {
        for _ in 0..times {
            destinations.began("a");
            destinations.ended("a", Health::Trouble, now_ms);
        }
    }

    #[test]
    fn each_has_its_own_bound() {
        let mut destinations = Destinations::default();
        (0..MOST_AT_ONE).for_each(|_| destinations.began("a"));
        assert_eq!(destinations.room("a", 0), 0);
        assert_eq!(destinations.room("b", 0), MOST_AT_ONE);
        destinations.wait("a", "hk_1".to_owned());
        assert_eq!(destinations.ended("a", Health::Well, 0), HashSet::from(["hk_1".to_owned()]));
        assert_eq!(destinations.room("a", 0), 1);
    }

    #[test]
    fn who_waited_for_room_that_nobody_needed_gets_it() {
        let mut destinations = Destinations::default();
        destinations.wait("a", "hk_1".to_owned());
        destinations.wait("b", "hk_2".to_owned());
        assert_eq!(destinations.spared("a"), HashSet::from(["hk_1".to_owned()]));
        assert_eq!(destinations.spared("a"), HashSet::new());
        assert_eq!(destinations.spared("c"), HashSet::new());
    }

    #[test]
    fn all_together_are_bounded_too() {
        let mut destinations = Destinations::default();
        for at in 0..MOST / MOST_AT_ONE {
            (0..MOST_AT_ONE).for_each(|_| destinations.began(&at.to_string()));
        }
        assert_eq!(destinations.room("another", 0), 0);
    }

    #[test]
    fn one_in_trouble_is_left_alone_and_then_tried_once() {
        let mut destinations = Destinations::default();
        fail(&mut destinations, TROUBLED - 1, 0);
        assert_eq!(destinations.room("a", 0), MOST_AT_ONE);
        fail(&mut destinations, 1, 0);
        assert_eq!(destinations.room("a", SHORTEST_REST_MS - 1), 0);
        assert_eq!(destinations.room("a", SHORTEST_REST_MS), 1);
        destinations.began("a");
        assert_eq!(destinations.room("a", SHORTEST_REST_MS), 0, "one at a time");
        destinations.ended("a", Health::Trouble, SHORTEST_REST_MS);
        assert_eq!(destinations.room("a", 3 * SHORTEST_REST_MS - 1), 0, "twice as long");
        destinations.began("a");
        destinations.ended("a", Health::Well, 3 * SHORTEST_REST_MS);
        assert_eq!(destinations.room("a", 3 * SHORTEST_REST_MS), MOST_AT_ONE);
        assert!(destinations.known.is_empty(), "nothing is kept of one that is well");
    }

    #[test]
    fn rests_have_an_end() {
        let mut destinations = Destinations::default();
        fail(&mut destinations, 100, 0);
        assert_eq!(destinations.room("a", LONGEST_REST_MS), 1);
        destinations.wait("a", "hk_1".to_owned());
        assert_eq!(destinations.rested(0), (HashSet::new(), HashSet::from(["hk_1".to_owned()])));
        assert_eq!(destinations.rested(LONGEST_REST_MS), (HashSet::from(["hk_1".to_owned()]), HashSet::new()));
    }
}
