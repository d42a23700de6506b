//! A realm with very many users who do not log in, one of whom has many events.

use std::io::Write as _;
use std::path::Path;

use gantry_crypto::{Random, id};
use secrecy::ExposeSecret;

use crate::seed::{self, Seeded};
use crate::store::{self, Member};

const PER_TRANSACTION: usize = 5_000;
/// Approximate number of ids that are kept for reading by id.
const SAMPLE: usize = 2_000;
const BUSY_EVENTS: usize = 10_000;

/// A realm full of users.
pub struct Crowd {
    pub seeded: Seeded,
    /// Ids of users spread over the whole realm.
    pub ids: Vec<String>,
    /// Id after which the last page of a hundred users begins, in the order of usernames.
    pub before_last_page: String,
    /// Id of the user with many events.
    pub busy: String,
}

/// Returns the username of this number. Usernames sort like their numbers.
pub fn username(number: usize) -> String {
    format!("user{number:07}")
}

/// Fills a fresh installation and prints the progress.
pub async fn gather(data: &Path, url: &str, users: usize) -> anyhow::Result<Crowd> {
    let (app, made) = seed::found(data, url).await?;
    let random = Random::system();
    let now_ms = app.core.clock.now_ms();
    let realm = made.realm.id.clone();
    let (mut ids, mut before_last_page) = (Vec::new(), String::new());
    for begin in (0..users).step_by(PER_TRANSACTION) {
        let mut tx = app.core.db.begin().await?;
        for number in begin..users.min(begin + PER_TRANSACTION) {
            let user = id::new("usr", now_ms, &random);
            let member = Member { user: &user, username: &username(number), number, now_ms };
            store::insert_member(&mut tx, &realm, &member).await?;
            if number == users.saturating_sub(101) {
                before_last_page.clone_from(&user);
            }
            if number.is_multiple_of((users / SAMPLE).max(1)) {
                ids.push(user);
            }
        }
        tx.commit().await?;
        progress((begin + PER_TRANSACTION).min(users), users);
    }
    println!();
    let busy = ids[0].clone();
    let mut tx = app.core.db.begin().await?;
    for _ in 0..BUSY_EVENTS {
        store::insert_event(&mut tx, &realm, &made.account, &id::new("ev", now_ms, &random), (&busy, now_ms)).await?;
    }
    tx.commit().await?;
    app.core.db.close().await;
    let api_key = made.api_key.expose_secret().to_owned();
    let seeded = Seeded::without_sessions(api_key, realm, users, data);
    Ok(Crowd { seeded, ids, before_last_page, busy })
}

fn progress(done: usize, all: usize) {
    let tenths = done * 40 / all;
    print!("\r[{}{}] {done} of {all} users", "#".repeat(tenths), " ".repeat(40 - tenths));
    // A failure to print progress is no reason to stop.
    let _ = std::io::stdout().flush();
}
