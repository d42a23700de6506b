//! Results, as a table for people and as JSON for comparing runs.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::wrk::{Load, ratio};

/// Results of one run.
#[derive(Default, Serialize)]
pub struct Report {
    pub machine: Machine,
    pub rates: Vec<Rate>,
    pub footprints: Vec<Footprint>,
    pub targets: Vec<Target>,
}

/// Machine and parameters of the run.
#[derive(Default, Serialize)]
pub struct Machine {
    pub cores: usize,
    pub users: usize,
    pub rounds: usize,
    pub seconds_per_run: u64,
}

/// Rate of requests: the median of the rounds.
#[derive(Clone, Serialize)]
pub struct Rate {
    pub what: String,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Server's processor time per request, in microseconds.
    pub cpu_us: f64,
}

impl Rate {
    pub fn new(what: &str, load: &Load, cpu_us: u64) -> Self {
        Self {
            what: what.to_owned(),
            per_second: load.good_per_second(),
            p50_ms: load.p50_ms(),
            p99_ms: load.p99_ms(),
            cpu_us: ratio(cpu_us, load.requests),
        }
    }
}

/// Resource usage of a server.
#[derive(Serialize)]
pub struct Footprint {
    pub what: String,
    pub unit: &'static str,
    pub value: f64,
}

/// A performance target, and whether this run met it.
#[derive(Serialize)]
pub struct Target {
    pub what: String,
    pub wanted: String,
    pub measured: f64,
    pub met: bool,
}

impl Report {
    /// Records and returns the median of the rounds of one subject, by rate.
    pub fn rate(&mut self, mut rounds: Vec<Rate>) -> Option<Rate> {
        rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
        let median = rounds.get(rounds.len() / 2)?.clone();
        self.rates.push(median.clone());
        Some(median)
    }

    pub fn footprint(&mut self, what: String, unit: &'static str, value: f64) {
        self.footprints.push(Footprint { what, unit, value });
    }

    pub fn at_least(&mut self, what: String, measured: f64, least: f64) {
        self.targets.push(Target { what, wanted: format!("≥ {least}"), measured, met: measured >= least });
    }

    pub fn at_most(&mut self, what: String, measured: f64, most: f64) {
        self.targets.push(Target { what, wanted: format!("≤ {most}"), measured, met: measured <= most });
    }

    pub fn save(&self, path: &Path) -> anyhow::Result<()> {
        Ok(fs::write(path, format!("{}\n", serde_json::to_string_pretty(self)?))?)
    }

    pub fn print(&self) {
        let Machine { cores, users, rounds, seconds_per_run } = self.machine;
        println!(
            "\n{cores} cores, {users} users with a live session each; the median of {rounds} runs of {seconds_per_run} s"
        );
        println!("\n{:<52} {:>9} {:>8} {:>8} {:>8}", "", "per s", "p50 ms", "p99 ms", "CPU µs");
        for Rate { what, per_second, p50_ms, p99_ms, cpu_us } in &self.rates {
            println!("{what:<52} {per_second:>9.0} {p50_ms:>8.2} {p99_ms:>8.2} {cpu_us:>8.1}");
        }
        println!();
        for Footprint { what, unit, value } in &self.footprints {
            println!("{what:<52} {value:>9.1} {unit}");
        }
        println!("\n{:<52} {:>9} {:>9}", "", "target", "measured");
        for Target { what, wanted, measured, met } in &self.targets {
            println!("{what:<52} {wanted:>9} {measured:>9.2}  {}", if *met { "met" } else { "MISSED" });
        }
    }
}
