//! Memory, start time and size.

use std::path::Path;

use crate::plan::Plan;
use crate::report::Report;
use crate::site::Site;

const STARTS: usize = 11;
const MOST_IDLE_MIB: f64 = 30.0;
const MOST_READY_MS: f64 = 150.0;

/// Reports the peak memory since the server's start, after all loads.
pub fn loaded(sites: &[Site], report: &mut Report) -> anyhow::Result<()> {
    for site in sites {
        report.footprint(format!("g  memory, most under load, {}", site.engine), "MiB", site.server.peak_mib()?);
    }
    Ok(())
}

/// Measures memory and time of a fresh start on the filled database. Returns the last started site.
pub async fn started(mut site: Site, report: &mut Report) -> anyhow::Result<Site> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        site = site.restart().await?;
        times.push(site.server.ready_after.as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let (median, idle) = (times[STARTS / 2], site.server.rss_mib()?);
    report.footprint(format!("g  start to first answer, {}", site.engine), "ms", median);
    report.footprint(format!("g  memory, idle, {}", site.engine), "MiB", idle);
    report.at_most(format!("g  start to first answer in ms, {}", site.engine), median, MOST_READY_MS);
    report.at_most(format!("g  memory in MiB, idle, {}", site.engine), idle, MOST_IDLE_MIB);
    Ok(site)
}

/// Reports the size of the binary.
pub fn binary(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    report.footprint("g  binary".to_owned(), "MiB", mib(&plan.program)?);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a file's size stays far below 2^52")]
fn mib(file: &Path) -> anyhow::Result<f64> {
    Ok(std::fs::metadata(file)?.len() as f64 / 1_048_576.0)
}
