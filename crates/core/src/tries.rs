//! The limiter of password tries, signups and mails that visitors ask for: in memory, bounded, without a clock of its own.
//!
//! Each bucket empties over some minutes and holds a burst (GCRA). A slot is taken before a password is hashed and given
//! back after a success, so tries in parallel pass no more than the burst. Names and addresses are kept as hashes under
//! a seed of this process; beyond the capacity the least used bucket is forgotten.
//!
//! What a user tries in a browser that they logged in with before is counted for that browser alone: strangers who fill
//! the user's bucket do not lock them out.

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use quick_cache::sync::Cache;

use crate::error::{Error, Result};

/// Buckets kept; some 10 MB when all are in use.
const CAPACITY: usize = 100_000;

/// Minutes until a full bucket of mails is empty again: an inbox is flooded by far less than what guesses a password.
const MAIL_MINUTES: u32 = 60;

const USER: &str = "user";
const BROWSER: &str = "browser";

/// How many tries are allowed at once, and how soon they come back.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Failed logins per user.
    pub per_user: u32,
    /// Failed logins per address.
    pub per_address: u32,
    /// Failed logins on the pages of one Connected App; 0: any number.
    pub per_app: u32,
    /// Signups per address.
    pub signups_per_address: u32,
    /// Social logins that are begun from one address.
    pub social_per_address: u32,
    /// Signups on the pages of one Connected App; 0: any number.
    pub signups_per_app: u32,
    /// New passwords that are looked at while somebody at one address types them.
    pub typed_per_address: u32,
    /// Mails to one inbox that visitors ask for, each hour.
    pub mails_per_inbox: u32,
    /// Mails that visitors from one address ask for, each hour.
    pub mails_per_address: u32,
    /// Minutes until a full bucket of the others is empty again.
    pub minutes: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            per_user: 10,
            per_address: 50,
            per_app: 0,
            signups_per_address: 20,
            social_per_address: 60,
            signups_per_app: 500,
            typed_per_address: 300,
            mails_per_inbox: 5,
            mails_per_address: 20,
            minutes: 10,
        }
    }
}

/// Whose login is tried, and from where.
#[derive(Debug, Clone, Copy, Default)]
pub struct Try<'a> {
    /// `rl_`
    pub realm: &'a str,
    /// The user's id; a name that is nobody's counts as itself.
    pub user: &'a str,
    /// An IP address.
    pub address: Option<&'a str>,
    /// The Connected App on whose pages it is.
    pub app: Option<&'a str>,
    /// The browser, once it has shown that this user logged in with it before.
    pub browser: Option<&'a str>,
}

/// What a bucket is for, and how many slots it has.
type Place = ((&'static str, String, String), u32);

/// The buckets of all users and addresses.
pub struct Tries {
    settings: Settings,
    seed: RandomState,
    /// For each bucket when it will be empty, in epoch milliseconds.
    buckets: Cache<u64, Arc<AtomicI64>>,
}

impl Tries {
    /// Empty buckets.
    pub fn new(settings: Settings) -> Self {
        Self { settings, seed: RandomState::new(), buckets: Cache::new(CAPACITY) }
    }

    /// Takes a slot for a login try: of the address, the user and the app; or else of the known browser alone.
    ///
    /// # Errors
    /// [`Error::Limited`] with the time until the next try can pass.
    pub fn check(&self, now_ms: i64, tried: &Try<'_>) -> Result<()> {
        let mut taken: Vec<(Arc<AtomicI64>, u32)> = Vec::new();
        for (place, burst) in self.places(tried) {
            let bucket = self.bucket((place.0, &place.1, &place.2));
            if let Err(refused) = self.take(&bucket, now_ms, burst) {
                for (bucket, burst) in &taken {
                    self.give_back(bucket, *burst);
                }
                return Err(refused);
            }
            taken.push((bucket, burst));
        }
        Ok(())
    }

    /// The try was right: the bucket of the user, or of the known browser, empties; the others have their slots back.
    pub fn succeeded(&self, tried: &Try<'_>) {
        for (place, burst) in self.places(tried) {
            let bucket = self.bucket((place.0, &place.1, &place.2));
            match place.0 {
                USER | BROWSER => bucket.store(0, Ordering::Release),
                _ => self.give_back(&bucket, burst),
            }
        }
    }

    /// The try did not take place, since the server was too busy to look: every slot is given back.
    pub fn withdrawn(&self, tried: &Try<'_>) {
        for (place, burst) in self.places(tried) {
            self.give_back(&self.bucket((place.0, &place.1, &place.2)), burst);
        }
    }

    /// The buckets of a try, in their order. The address is the first: once it is refused, it makes no buckets for
    /// invented users that crowd out real ones. The app is the last: tries of one user that are refused do not fill it.
    fn places(&self, tried: &Try<'_>) -> Vec<Place> {
        let Try { realm, user, address, app, browser } = *tried;
        let own = |text: &str| text.to_owned();
        if let Some(browser) = browser {
            return vec![((BROWSER, own(realm), format!("{user}\n{browser}")), self.settings.per_user)];
        }
        let address = address.map(|address| (("address", String::new(), network(address)), self.settings.per_address));
        let user = ((USER, own(realm), own(user)), self.settings.per_user);
        let app = app.filter(|_| self.settings.per_app > 0);
        let app = app.map(|app| (("app", String::new(), own(app)), self.settings.per_app));
        address.into_iter().chain([user]).chain(app).collect()
    }

    /// Takes a slot for a signup from this address, and one for the app.
    ///
    /// # Errors
    /// [`Error::Limited`] with the time until the next one can pass.
    pub fn signup(&self, now_ms: i64, address: Option<&str>, app: Option<&str>) -> Result<()> {
        let from = address.map(|address| self.bucket(("signup", "", &network(address))));
        if let Some(from) = &from {
            self.take(from, now_ms, self.settings.signups_per_address)?;
        }
        let Some(app) = app.filter(|_| self.settings.signups_per_app > 0) else { return Ok(()) };
        let refused = self.take(&self.bucket(("signup at", "", app)), now_ms, self.settings.signups_per_app);
        if let (Err(_), Some(from)) = (&refused, &from) {
            self.give_back(from, self.settings.signups_per_address);
        }
        refused
    }

    /// Takes a slot for a social login that somebody at this address begins.
    ///
    /// # Errors
    /// [`Error::Limited`] with the time until the next one can pass.
    pub fn social(&self, now_ms: i64, address: Option<&str>) -> Result<()> {
        let Some(address) = address else { return Ok(()) };
        self.take(&self.bucket(("social", "", &network(address))), now_ms, self.settings.social_per_address)
    }

    /// Takes a slot for a look at what somebody at this address types.
    ///
    /// # Errors
    /// [`Error::Limited`] with the time until the next one can pass.
    pub fn typed(&self, now_ms: i64, address: Option<&str>) -> Result<()> {
        let Some(address) = address else { return Ok(()) };
        self.take(&self.bucket(("typed", "", &network(address))), now_ms, self.settings.typed_per_address)
    }

    /// Takes a slot for a mail that somebody at this address asks for, to whomever.
    ///
    /// # Errors
    /// [`Error::Limited`] with the time until the next one can pass.
    pub fn mail_from(&self, now_ms: i64, address: Option<&str>) -> Result<()> {
        let Some(address) = address else { return Ok(()) };
        let bucket = self.bucket(("mail from", "", &network(address)));
        fill(&bucket, now_ms, minutes(MAIL_MINUTES), self.settings.mails_per_address)
    }

    /// Takes a slot for a mail to this inbox, whoever asks for it.
    ///
    /// # Errors
    /// [`Error::Limited`] with the time until the next one can pass.
    pub fn mail_to(&self, now_ms: i64, realm: &str, inbox: &str) -> Result<()> {
        let bucket = self.bucket(("mail to", realm, inbox));
        fill(&bucket, now_ms, minutes(MAIL_MINUTES), self.settings.mails_per_inbox)
    }

    fn bucket(&self, key: (&str, &str, &str)) -> Arc<AtomicI64> {
        let hash = self.seed.hash_one(key);
        let made = self.buckets.get_or_insert_with(&hash, || Ok::<_, std::convert::Infallible>(Arc::default()));
        made.unwrap_or_else(|never| match never {})
    }

    /// How far a bucket can be filled, in milliseconds.
    fn full(&self) -> i64 {
        minutes(self.settings.minutes)
    }

    fn take(&self, bucket: &AtomicI64, now_ms: i64, burst: u32) -> Result<()> {
        fill(bucket, now_ms, self.full(), burst)
    }

    fn give_back(&self, bucket: &AtomicI64, burst: u32) {
        bucket.fetch_sub(slot(self.full(), burst), Ordering::AcqRel);
    }
}

fn minutes(minutes: u32) -> i64 {
    i64::from(minutes.max(1)) * 60_000
}

/// How much one slot fills a bucket, in milliseconds.
fn slot(full: i64, burst: u32) -> i64 {
    (full / i64::from(burst.max(1))).max(1)
}

fn fill(bucket: &AtomicI64, now_ms: i64, full: i64, burst: u32) -> Result<()> {
    let slot = slot(full, burst);
    let filled = bucket.fetch_update(Ordering::AcqRel, Ordering::Acquire, |empty_at| {
        let empty_at = empty_at.max(now_ms) + slot;
        (empty_at - now_ms <= full).then_some(empty_at)
    });
    filled.map(|_| ()).map_err(|empty_at| {
        let wait_ms = (empty_at + slot - full - now_ms).max(1);
        Error::Limited { retry_after: u64::try_from(wait_ms).unwrap_or(1).div_ceil(1000) }
    })
}

/// Whom an address belongs to: an IPv6 subscriber has a whole /64.
pub fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(v6)) => Ipv6Addr::from(u128::from(v6) >> 64 << 64).to_string(),
        Ok(v4) => v4.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;
    const HOME: Option<&str> = Some("203.0.113.7");

    fn tries() -> Tries {
        Tries::new(Settings::default())
    }

    fn of<'a>(realm: &'a str, user: &'a str, address: Option<&'a str>) -> Try<'a> {
        Try { realm, user, address, ..Try::default() }
    }

    /// The seconds to wait, 0 if none.
    fn wait(outcome: &Result<()>) -> u64 {
        match outcome {
            Ok(()) => 0,
            Err(Error::Limited { retry_after }) => *retry_after,
            Err(other) => panic!("a limiter only limits: {other}"),
        }
    }

    fn passed(times: usize, mut one: impl FnMut() -> Result<()>) -> usize {
        (0..times).filter(|_| one().is_ok()).count()
    }

    #[test]
    fn ten_tries_per_user_then_one_a_minute() {
        let tries = tries();
        assert_eq!(passed(100, || tries.check(NOW, &of("rl_1", "usr_1", None))), 10);
        assert_eq!(wait(&tries.check(NOW, &of("rl_1", "usr_1", None))), 60);
        assert_eq!(wait(&tries.check(NOW + 59_999, &of("rl_1", "usr_1", None))), 1);
        assert_eq!(passed(9, || tries.check(NOW + 60_000, &of("rl_1", "usr_1", None))), 1);
        assert_eq!(passed(99, || tries.check(NOW + 60_000 + 600_000, &of("rl_1", "usr_1", None))), 10);
    }

    #[test]
    fn tries_that_did_not_take_place_do_not_count() {
        let tries = tries();
        for _ in 0..100 {
            assert!(tries.check(NOW, &of("rl_1", "usr_1", HOME)).is_ok());
            tries.withdrawn(&of("rl_1", "usr_1", HOME));
        }
        assert_eq!(passed(100, || tries.check(NOW, &of("rl_1", "usr_1", HOME))), 10);
        assert_eq!(passed(100, || tries.check(NOW, &of("rl_1", "usr_2", HOME))), 10);
    }

    #[test]
    fn other_users_and_realms_have_buckets_of_their_own() {
        let tries = tries();
        assert_eq!(passed(20, || tries.check(NOW, &of("rl_1", "usr_1", None))), 10);
        assert_eq!(passed(20, || tries.check(NOW, &of("rl_1", "usr_2", None))), 10);
        assert_eq!(passed(20, || tries.check(NOW, &of("rl_2", "usr_1", None))), 10);
        assert_eq!(passed(20, || tries.check(NOW, &of("rl_1u", "sr_1", None))), 10);
    }

    #[test]
    fn fifty_tries_per_address_whoever_is_tried() {
        let tries = tries();
        let mut user = 0;
        let mut next = |address| {
            user += 1;
            tries.check(NOW, &of("rl_1", &format!("usr_{user}"), address))
        };
        assert_eq!(passed(200, || next(HOME)), 50);
        assert_eq!(passed(10, || next(Some("203.0.113.8"))), 10);
        assert_eq!(passed(200, || next(None)), 200);
    }

    #[test]
    fn a_refused_address_fills_no_buckets_of_users_and_the_other_way_round() {
        let tries = tries();
        let mut user = 0;
        passed(60, || {
            user += 1;
            tries.check(NOW, &of("rl_1", &format!("usr_{user}"), HOME))
        });
        assert_eq!(passed(20, || tries.check(NOW, &of("rl_1", "usr_victim", HOME))), 0);
        assert_eq!(passed(20, || tries.check(NOW, &of("rl_1", "usr_victim", Some("203.0.113.9")))), 10);
        assert_eq!(passed(60, || tries.check(NOW, &of("rl_1", "usr_victim", Some("203.0.113.9")))), 0);
        let others =
            (0..60).filter(|user| tries.check(NOW, &of("rl_2", &user.to_string(), Some("203.0.113.9"))).is_ok());
        assert_eq!(others.count(), 40, "50 less the ten that were let through");
    }

    #[test]
    fn success_empties_the_users_bucket_and_gives_the_address_its_slot_back() {
        let tries = tries();
        for _ in 0..9 {
            tries.check(NOW, &of("rl_1", "usr_1", HOME)).expect("within the burst");
        }
        tries.check(NOW, &of("rl_1", "usr_1", HOME)).expect("the tenth");
        tries.succeeded(&of("rl_1", "usr_1", HOME));
        assert_eq!(passed(20, || tries.check(NOW, &of("rl_1", "usr_1", None))), 10);
        let others = (0..60).filter(|user| tries.check(NOW, &of("rl_2", &user.to_string(), HOME)).is_ok()).count();
        assert_eq!(others, 41, "nine failures still count against the address");
    }

    #[test]
    fn successes_without_end_never_fill_an_address_nor_give_it_credit() {
        let tries = tries();
        for _ in 0..1000 {
            tries.check(NOW, &of("rl_1", "usr_own", HOME)).expect("every one succeeded");
            tries.succeeded(&of("rl_1", "usr_own", HOME));
        }
        let others = (0..90).filter(|user| tries.check(NOW, &of("rl_2", &user.to_string(), HOME)).is_ok()).count();
        assert_eq!(others, 50);
    }

    #[test]
    fn parallel_tries_pass_no_more_than_the_burst() {
        let tries = tries();
        let passed: usize = std::thread::scope(|scope| {
            let one = || passed(10, || tries.check(NOW, &of("rl_1", "usr_1", HOME)));
            let threads: Vec<_> = (0..10).map(|_| scope.spawn(one)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(passed, 10);
    }

    #[test]
    fn one_subscriber_is_one_address() {
        for (one, same, other) in [
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:3::1"),
            ("203.0.113.7", "::ffff:203.0.113.7", "203.0.113.70"),
            ("2001:DB8:0:0::1", "2001:db8::2", "2001:db9::1"),
        ] {
            assert_eq!(network(one), network(same));
            assert_ne!(network(one), network(other));
        }
        let (tries, mut host) = (tries(), 0);
        let mut next = || {
            host += 1;
            tries.check(NOW, &of("rl_1", &host.to_string(), Some(&format!("2001:db8:1:2::{host:x}"))))
        };
        assert_eq!(passed(200, &mut next), 50);
    }

    #[test]
    fn signups_are_counted_per_address_beside_the_logins() {
        let tries = tries();
        assert_eq!(passed(60, || tries.signup(NOW, HOME, None)), 20);
        assert_eq!(wait(&tries.signup(NOW, HOME, None)), 30);
        assert_eq!(passed(60, || tries.signup(NOW, None, None)), 60);
        assert_eq!(passed(5, || tries.check(NOW, &of("rl_1", "usr_1", HOME))), 5);
    }

    #[test]
    fn mails_are_counted_by_the_hour_per_inbox_and_per_address_beside_all_else() {
        let tries = tries();
        assert_eq!(passed(60, || tries.mail_to(NOW, "rl_1", "ada@example.com")), 5);
        assert_eq!(wait(&tries.mail_to(NOW, "rl_1", "ada@example.com")), 12 * 60);
        assert_eq!(passed(60, || tries.mail_to(NOW + 12 * 60_000, "rl_1", "ada@example.com")), 1);
        assert_eq!(passed(60, || tries.mail_to(NOW, "rl_1", "eve@example.com")), 5);
        assert_eq!(passed(60, || tries.mail_to(NOW, "rl_2", "ada@example.com")), 5);
        assert_eq!(passed(60, || tries.mail_from(NOW, HOME)), 20);
        assert_eq!(passed(60, || tries.mail_from(NOW, Some("203.0.113.8"))), 20);
        assert_eq!(passed(60, || tries.mail_from(NOW, None)), 60);
        assert_eq!(passed(60, || tries.signup(NOW, HOME, None)), 20);
        assert_eq!(passed(60, || tries.check(NOW, &of("rl_1", "ada@example.com", HOME))), 10);
    }

    #[test]
    fn a_known_browser_is_counted_alone() {
        let tries = tries();
        let known = |browser| Try { browser: Some(browser), ..of("rl_1", "usr_1", HOME) };
        assert_eq!(passed(10_000, || tries.check(NOW, &of("rl_1", "usr_1", HOME))), 10);
        assert_eq!(passed(100, || tries.check(NOW, &known("a"))), 10, "strangers do not count, nor does their address");
        assert_eq!(passed(100, || tries.check(NOW, &known("b"))), 10);
        tries.succeeded(&known("a"));
        assert_eq!(passed(100, || tries.check(NOW, &known("a"))), 10);
        assert_eq!(passed(100, || tries.check(NOW, &of("rl_1", "usr_1", HOME))), 0, "strangers gain nothing by it");
    }

    #[test]
    fn an_app_is_limited_where_that_is_wanted() {
        let tries = Tries::new(Settings { per_app: 30, signups_per_app: 30, ..Settings::default() });
        let mut user = 0;
        let mut next = |app| {
            user += 1;
            tries.check(NOW, &Try { app: Some(app), ..of("rl_1", &user.to_string(), None) })
        };
        assert_eq!(passed(100, || next("lpl_1")), 30);
        assert_eq!(passed(100, || next("lpl_2")), 30);
        assert_eq!(passed(100, || tries.check(NOW, &Try { app: Some("lpl_3"), ..of("rl_1", "usr_1", None) })), 10);
        assert_eq!(passed(100, || next("lpl_3")), 20, "what its own user's count refused is not counted twice");
        assert_eq!(passed(100, || tries.signup(NOW, None, Some("lpl_1"))), 30);
        assert_eq!(passed(100, || tries.signup(NOW, HOME, Some("lpl_1"))), 0);
        assert_eq!(passed(100, || tries.signup(NOW, HOME, Some("lpl_2"))), 20, "a refused one is given back");
    }

    #[test]
    fn memory_is_bounded() {
        let tries = tries();
        for user in 0..CAPACITY + 20_000 {
            tries.check(NOW, &of("rl_1", &user.to_string(), None)).expect("a fresh bucket");
        }
        assert!(tries.buckets.len() <= CAPACITY, "{} buckets", tries.buckets.len());
    }

    #[test]
    fn odd_settings_neither_panic_nor_open_the_gate() {
        let odd =
            Settings { per_user: u32::MAX, per_address: 0, signups_per_address: 7, minutes: 0, ..Settings::default() };
        let tries = Tries::new(odd);
        assert_eq!(passed(100_000, || tries.check(NOW, &of("rl_1", "usr_1", None))), 60_000, "one a millisecond");
        assert_eq!(passed(10, || tries.check(NOW, &of("rl_1", "usr_2", HOME))), 1);
        assert_eq!(passed(10, || tries.signup(NOW, HOME, None)), 7);
    }
}
