//! The limits in memory: what passes, what is given back, and that a flood takes no count away.

use super::buckets::EmptyAt;
use super::*;
use crate::error::{Error, Result};

const NOW: i64 = 1_700_000_000_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const HOME: Option<&str> = Some("203.0.113.7");

fn tries() -> Tries {
    Tries::new(&Settings::default())
}

/// The seconds to wait, 0 if none.
fn wait<T>(outcome: &Result<T>) -> u64 {
    match outcome {
        Ok(_) => 0,
        Err(Error::Limited { retry_after }) => *retry_after,
        Err(other) => panic!("a limiter only limits: {other}"),
    }
}

fn passed<T>(times: usize, mut one: impl FnMut() -> Result<T>) -> usize {
    (0..times).filter(|_| one().is_ok()).count()
}

#[test]
fn a_bucket_has_its_slots_and_then_one_after_the_other() {
    let quota = Quota::new(10, 10);
    let mut empty_at = 0;
    assert_eq!(passed(100, || quota.take(&mut empty_at, NOW)), 10);
    assert_eq!(wait(&quota.take(&mut empty_at, NOW)), 60);
    assert_eq!(wait(&quota.take(&mut empty_at, NOW + 59_999)), 1);
    assert_eq!(passed(9, || quota.take(&mut empty_at, NOW + MINUTE)), 1);
    assert_eq!(passed(99, || quota.take(&mut empty_at, NOW + 11 * MINUTE)), 10);
    assert_eq!(quota.refuses_until(empty_at, NOW + 11 * MINUTE), Some(NOW + 12 * MINUTE));
}

#[test]
fn a_clock_that_was_ahead_locks_nobody_out_for_longer_than_a_full_bucket() {
    let quota = Quota::new(10, 10);
    let mut empty_at = 0;
    assert_eq!(passed(100, || quota.take(&mut empty_at, NOW + DAY)), 10);
    // The clock is set right again.
    assert_eq!(wait(&quota.take(&mut empty_at, NOW)), 60);
    assert_eq!(passed(100, || quota.take(&mut empty_at, NOW + MINUTE)), 1);
    assert_eq!(passed(100, || quota.take(&mut empty_at, NOW + 11 * MINUTE)), 10);
}

#[test]
fn fifty_failed_logins_per_address() {
    let tries = tries();
    assert_eq!(passed(200, || tries.login(NOW, HOME, None)), 50);
    assert_eq!(passed(10, || tries.login(NOW, Some("203.0.113.8"), None)), 10);
    assert_eq!(passed(200, || tries.login(NOW, None, None)), 200);
    let mut host = 0;
    let mut next = || {
        host += 1;
        tries.login(NOW, Some(&format!("2001:db8:1:2::{host:x}")), None)
    };
    assert_eq!(passed(200, &mut next), 50, "a subscriber is one address");
}

#[test]
fn what_is_given_back_does_not_count_and_is_no_credit() {
    let tries = tries();
    for _ in 0..1000 {
        let slots = tries.login(NOW, HOME, None).expect("every one succeeds");
        tries.give_back(&slots);
    }
    assert_eq!(passed(90, || tries.login(NOW, HOME, None)), 50);
}

#[test]
fn tries_in_parallel_pass_no_more_than_the_burst() {
    let tries = tries();
    let passed: usize = std::thread::scope(|scope| {
        let one = || passed(10, || tries.login(NOW, HOME, None));
        let threads: Vec<_> = (0..10).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    assert_eq!(passed, 50);
}

#[test]
fn no_more_passwords_are_looked_at_in_parallel_than_a_user_may_have() {
    let attempts = tries().attempts;
    let mut running: Vec<_> = (0..40).filter_map(|_| attempts.begin(("rl_1", "usr_1")).ok()).collect();
    assert_eq!(running.len(), 10);
    assert!(attempts.begin(("rl_1", "usr_2")).is_ok());
    running.pop();
    let again = attempts.begin(("rl_1", "usr_1"));
    assert!(again.is_ok() && attempts.begin(("rl_1", "usr_1")).is_err());
}

#[test]
fn what_the_database_refuses_is_remembered_until_it_does_not() {
    let attempts = tries().attempts;
    attempts.refuse("user", NOW, NOW + MINUTE);
    assert_eq!(wait(&attempts.pass("user", NOW)), 60);
    assert_eq!(wait(&attempts.pass("another", NOW)), 0);
    assert_eq!(wait(&attempts.pass("user", NOW + MINUTE)), 0);
    attempts.admit("user");
    assert_eq!(wait(&attempts.pass("user", NOW)), 0);
    attempts.refuse("user", NOW + DAY, NOW + DAY + MINUTE);
    assert_eq!(wait(&attempts.pass("user", NOW)), 0, "the clock was ahead");
}

#[test]
fn signups_are_counted_per_address_beside_the_logins() {
    let tries = tries();
    assert_eq!(passed(60, || tries.signup(NOW, HOME, None)), 20);
    assert_eq!(wait(&tries.signup(NOW, HOME, None)), 30);
    assert_eq!(passed(60, || tries.signup(NOW, None, None)), 60);
    assert_eq!(passed(5, || tries.login(NOW, HOME, None)), 5);
}

#[test]
fn mails_are_counted_by_the_hour_per_inbox_and_per_address_beside_all_else() {
    let tries = tries();
    assert_eq!(passed(60, || tries.mail_to(NOW, "rl_1", "ada@example.com")), 5);
    assert_eq!(wait(&tries.mail_to(NOW, "rl_1", "ada@example.com")), 12 * 60);
    assert_eq!(passed(60, || tries.mail_to(NOW + 12 * MINUTE, "rl_1", "ada@example.com")), 1);
    assert_eq!(passed(60, || tries.mail_to(NOW, "rl_1", "eve@example.com")), 5);
    assert_eq!(passed(60, || tries.mail_to(NOW, "rl_2", "ada@example.com")), 5);
    assert_eq!(passed(60, || tries.mail_from(NOW, HOME)), 20);
    assert_eq!(passed(60, || tries.mail_from(NOW, Some("203.0.113.8"))), 20);
    assert_eq!(passed(60, || tries.mail_from(NOW, None)), 60);
    assert_eq!(passed(60, || tries.signup(NOW, HOME, None)), 20);
}

#[test]
fn an_app_is_limited_where_that_is_wanted() {
    let tries = Tries::new(&Settings { per_app: 30, signups_per_app: 30, ..Settings::default() });
    assert_eq!(passed(100, || tries.login(NOW, None, Some("lpl_1"))), 30);
    assert_eq!(passed(100, || tries.login(NOW, HOME, Some("lpl_1"))), 0);
    assert_eq!(passed(100, || tries.login(NOW, HOME, Some("lpl_2"))), 30, "a refused one is given back");
    assert_eq!(passed(100, || tries.login(NOW, HOME, None)), 20);
    assert_eq!(passed(100, || tries.signup(NOW, None, Some("lpl_1"))), 30);
    assert_eq!(passed(100, || tries.signup(NOW, HOME, Some("lpl_1"))), 0);
    assert_eq!(passed(100, || tries.signup(NOW, HOME, Some("lpl_2"))), 20, "a refused one is given back");
}

/// Every call that visitors make for nothing, by name.
type Call = (&'static str, fn(&Tries, i64, &str) -> Result<()>);

const CALLS: [Call; 5] = [
    ("login", |tries, now, address| tries.login(now, Some(address), None).map(|_| ())),
    ("signup", |tries, now, address| tries.signup(now, Some(address), None)),
    ("social", |tries, now, address| tries.social(now, Some(address))),
    ("typed", |tries, now, address| tries.typed(now, Some(address))),
    ("mail", |tries, now, address| tries.mail_from(now, Some(address))),
];

/// 131,072 addresses of as many networks of 64 bits, and 65,536 of one /48.
fn many() -> impl Iterator<Item = String> {
    let apart = (0..131_072_u32).map(|nth| format!("2001:{:x}:{:x}:{:x}::1", nth >> 16, nth & 0xffff, nth % 7));
    let one_site = (0..65_536_u32).map(|nth| format!("2001:db8:1:{nth:x}::1"));
    apart.chain(one_site)
}

#[test]
fn many_addresses_empty_no_bucket_of_another() {
    for (name, call) in CALLS {
        let tries = tries();
        let own = passed(10_000, || call(&tries, NOW, "203.0.113.7"));
        assert!((20..=300).contains(&own), "{name}: {own}");
        for inbox in 0..5 {
            tries.mail_to(NOW, "rl_1", "ada@example.com").unwrap_or_else(|_| panic!("{inbox}"));
        }
        tries.attempts.refuse("user", NOW, NOW + MINUTE);
        for address in many() {
            let _ = call(&tries, NOW + 1, &address);
        }
        assert_eq!(passed(100, || call(&tries, NOW + 1, "203.0.113.7")), 0, "{name} lets more through");
        assert!(tries.mail_to(NOW + 1, "rl_1", "ada@example.com").is_err(), "{name}");
        assert!(tries.attempts.pass("user", NOW + 1).is_err(), "{name}");
        // Whoever was not there before is not locked out by the flood either.
        let fresh = (0..20).map(|nth| format!("2a{nth:02}:db8::1"));
        let served = fresh.filter(|address| call(&tries, NOW + 1, address).is_ok()).count();
        assert!(served >= 18, "{name}: {served} of 20, where one in a thousand shares the flood's bucket");
    }
}

#[test]
fn a_site_has_sixteen_times_the_tries_of_an_address_and_not_65536_times() {
    for (name, call) in CALLS {
        let tries = tries();
        let own = passed(10_000, || call(&tries, NOW, "203.0.113.7"));
        let of_site = |bits: u32| {
            let through =
                (0..65_536_u32 >> bits).filter(|nth| call(&tries, NOW, &format!("2001:db8:{bits}:{nth:x}::1")).is_ok());
            through.count()
        };
        assert_eq!(of_site(0), 16 * own, "{name}: a /48");
        assert_eq!(of_site(8), (4 * own).min(256), "{name}: a /56");
        let of_block: usize =
            (0..256).map(|host| passed(300, || call(&tries, NOW, &format!("198.51.100.{host}")))).sum();
        assert_eq!(of_block, 16 * own, "{name}: a /24");
    }
}

#[test]
fn memory_is_bounded_and_forgets_nothing_but_what_is_empty() {
    let tries = tries();
    assert_eq!(passed(60, || tries.login(NOW, HOME, None)), 50);
    for address in many() {
        let _ = tries.login(NOW, Some(&address), None);
    }
    let full = tries.logins.len();
    assert!((30_000..=75_100).contains(&full), "{full} buckets");
    assert_eq!(passed(60, || tries.login(NOW, HOME, None)), 0);
    // Ten minutes later all are empty, and make room.
    let later = NOW + 10 * MINUTE;
    for nth in 0..65_536_u32 {
        tries.login(later, Some(&format!("2400:{nth:x}::1")), None).expect("a fresh bucket");
    }
    assert!(tries.logins.len() <= 75_100);
}

/// Once the memory is full, keys share what is left, and none is let through uncounted.
#[test]
fn beyond_the_memory_a_coarse_network_is_counted() {
    let buckets: Buckets<EmptyAt> = Buckets::new(160, 10 * MINUTE);
    let quota = Quota::new(10, 10);
    let take = |key: u32, coarse: u32, now| {
        let (taken, kept) = buckets.update(key, coarse, now, |bucket, _| quota.take(&mut bucket.0, now));
        (taken.is_ok(), kept)
    };
    for key in 0..10_000 {
        take(key, 1, NOW);
    }
    assert!(buckets.len() <= 160);
    let shared = (20_000..20_100).filter(|key| take(*key, 2, NOW).0).count();
    assert!(shared <= 10, "{shared} of one coarse network");
    let others = (3..13).filter(|coarse| matches!(take(30_000, *coarse, NOW), (true, Kept::Shared(_)))).count();
    assert!(others >= 9, "{others} of 10: others have buckets of their own");
    // What was written while the clock was ahead takes no room for ever.
    let ahead: Buckets<EmptyAt> = Buckets::new(160, 10 * MINUTE);
    for key in 0..10_000 {
        ahead.update(key, 1, NOW + DAY, |bucket, _| bucket.0 = NOW + DAY + MINUTE);
    }
    let ((), kept) = ahead.update(20_000, 2, NOW, |_, _| ());
    assert!(matches!(kept, Kept::Own(_)));
}

#[test]
fn odd_settings_neither_panic_nor_open_the_gate() {
    let odd =
        Settings { per_user: u32::MAX, per_address: 0, signups_per_address: 7, minutes: 0, ..Settings::default() };
    let tries = Tries::new(&odd);
    let mut empty_at = 0;
    assert_eq!(passed(100_000, || tries.attempts.quota.take(&mut empty_at, NOW)), 60_000, "one a millisecond");
    assert_eq!(passed(10, || tries.login(NOW, HOME, None)), 1);
    assert_eq!(passed(10, || tries.signup(NOW, HOME, None)), 7);
}
