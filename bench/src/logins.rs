//! Logins by password, compared to bare Argon2id on all cores, and the effect of a flood of logins on session checks.

use std::time::Duration;

use anyhow::{Context, ensure};

use crate::bare;
use crate::plan::Plan;
use crate::report::{Rate, Report};
use crate::sessions;
use crate::site::Site;
use crate::wrk::{Load, Wrk};

/// Enough connections to keep every core hashing, and few enough that no login is refused.
const CONNECTIONS: u32 = 16;
/// In the flood, logins arrive at this multiple of the rate that can be served.
const FLOOD: f64 = 10.0;
const FLOOD_CONNECTIONS: u32 = 400;
/// Number of the flood's connections that wait for a hash at any time: the pool's queue and the hashes in progress.
const WAITING: f64 = 66.0;
/// Connections for session checks during the flood: about a thousand checks a second.
const CHECKS: u32 = 10;
const CHECK_DELAY_MS: u64 = 10;

/// Minimum share of bare Argon2id's rate.
const LEAST: f64 = 0.9;
const MOST_P99_MS: f64 = 10.0;

/// Measures bare Argon2id and logins in turn.
pub async fn compare(plan: &Plan, sites: &[Site], report: &mut Report) -> anyhow::Result<()> {
    let mut hashes = Vec::new();
    let mut logins: Vec<Vec<Rate>> = sites.iter().map(|_| Vec::new()).collect();
    for round in 1..=plan.rounds {
        println!("logins, round {round} of {}", plan.rounds);
        let time = plan.time;
        hashes.push(tokio::task::spawn_blocking(move || bare::argon2(time)).await??);
        for (site, runs) in sites.iter().zip(&mut logins) {
            let before = site.server.cpu_us()?;
            let load = log_in(site, CONNECTIONS, 0, plan).await?;
            ensure!(load.refused == 0, "{} logins were refused", load.refused);
            let what = format!("e  login by password, {}", site.engine);
            runs.push(Rate::new(&what, &load, site.server.cpu_us()? - before));
        }
    }
    let bare = report.rate(hashes).context("bare Argon2id")?;
    for runs in logins {
        let rate = report.rate(runs).context("a rate of logins")?;
        report.at_least(format!("{} / d", rate.what), rate.per_second / bare.per_second, LEAST);
    }
    Ok(())
}

/// Measures session checks while logins arrive at ten times the rate that can be served.
pub async fn flood(plan: &Plan, sites: &[Site], report: &mut Report) -> anyhow::Result<()> {
    let capacity =
        report.rates.iter().find(|rate| rate.what.starts_with('e')).context("the rate of logins")?.per_second;
    let free = f64::from(FLOOD_CONNECTIONS) - WAITING;
    let delay = Duration::from_secs_f64(free / (capacity * FLOOD));
    let delay_ms = u64::try_from(delay.as_millis())?.max(1);
    for site in sites {
        println!("session checks in a flood of logins, {}", site.engine);
        let before = site.server.cpu_us()?;
        let (logins, checks) = tokio::join!(
            log_in(site, FLOOD_CONNECTIONS, delay_ms, plan),
            sessions::check(&site.server, site, &site.seeded.tokens, CHECKS, CHECK_DELAY_MS, plan),
        );
        let (logins, checks) = (logins?, checks?);
        ensure!(checks.refused == 0, "{} session checks were refused", checks.refused);
        let spent = site.server.cpu_us()? - before;
        report.rate(vec![Rate::new(&format!("f  session check in a flood, {}", site.engine), &checks, 0)]);
        report.rate(vec![Rate::new(&format!("f  logins of that flood, {}", site.engine), &logins, spent)]);
        let arrived = logins.per_second() / capacity;
        report.footprint(format!("f  logins that arrived, of capacity, {}", site.engine), "times", arrived);
        report.at_most(format!("f  p99 of session checks in ms, {}", site.engine), checks.p99_ms(), MOST_P99_MS);
    }
    Ok(())
}

async fn log_in(site: &Site, connections: u32, delay_ms: u64, plan: &Plan) -> anyhow::Result<Load> {
    let environment = site.seeded.environment();
    let wrk = Wrk {
        script: "logins.lua",
        address: site.server.address,
        connections,
        time: plan.time,
        delay_ms,
        environment: &environment,
    };
    wrk.run().await
}
