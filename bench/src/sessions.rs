//! Session checks, compared to an axum handler that returns the same bytes without any lookup.

use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::plan::Plan;
use crate::report::{Rate, Report};
use crate::server::Server;
use crate::site::Site;
use crate::wrk::{Load, Wrk};

const CONNECTIONS: u32 = 32;
/// Number of logouts, after each of which the session must be refused.
const LOGOUTS: u32 = 200;
/// Minimum share of bare axum's rate.
const LEAST: f64 = 0.5;

/// One subject: the server, and a file with the sessions to check.
struct Subject<'a> {
    what: String,
    server: &'a Server,
    sessions: &'a Path,
    site: &'a Site,
    runs: Vec<Rate>,
}

/// Measures all subjects in turn in each round, so that other load on the machine affects them alike.
pub async fn compare(plan: &Plan, sites: &[Site], report: &mut Report) -> anyhow::Result<()> {
    let first = sites.first().context("no engine")?;
    let body = plan.folder.join("session.json");
    std::fs::write(&body, one_session(first).await?)?;
    let bare = Server::start(&std::env::current_exe()?, &["bare-axum", "--body", &body.display().to_string()]).await?;
    let subject = |what, server, sessions, site| Subject { what, server, sessions, site, runs: Vec::new() };
    let mut subjects = vec![subject("a  the same bytes, bare axum".to_owned(), &bare, &first.seeded.tokens, first)];
    for (letter, site) in ["b", "c"].into_iter().zip(sites) {
        let what = |by| format!("{letter}  session check by {by}, {}", site.engine);
        subjects.push(subject(what("JWT"), &site.server, &site.seeded.tokens, site));
        subjects.push(subject(what("id"), &site.server, &site.seeded.ids, site));
    }
    for round in 1..=plan.rounds {
        println!("session checks, round {round} of {}", plan.rounds);
        for subject in &mut subjects {
            subject.run(plan).await?;
        }
    }
    let mut rates = subjects.into_iter().filter_map(|subject| report.rate(subject.runs));
    let bare = rates.next().context("bare axum")?;
    for rate in rates.collect::<Vec<_>>() {
        let (what, share) = (format!("{} / a", rate.what), rate.per_second / bare.per_second);
        // PostgreSQL shares the cores with the server, so there is no target for it.
        if rate.what.starts_with('b') { report.at_least(what, share, LEAST) } else { report.footprint(what, "", share) }
    }
    Ok(())
}

impl Subject<'_> {
    async fn run(&mut self, plan: &Plan) -> anyhow::Result<()> {
        let before = self.server.cpu_us()?;
        let load = check(self.server, self.site, self.sessions, CONNECTIONS, 0, plan).await?;
        ensure!(load.refused == 0, "{}: {} sessions were refused", self.what, load.refused);
        self.runs.push(Rate::new(&self.what, &load, self.server.cpu_us()? - before));
        Ok(())
    }
}

/// Checks the sessions of a file.
pub async fn check(
    server: &Server,
    site: &Site,
    sessions: &Path,
    connections: u32,
    delay_ms: u64,
    plan: &Plan,
) -> anyhow::Result<Load> {
    let mut environment = site.seeded.environment();
    environment.push(("SESSIONS", sessions.display().to_string()));
    let wrk = Wrk {
        script: "sessions.lua",
        address: server.address,
        connections,
        time: plan.time,
        delay_ms,
        environment: &environment,
    };
    wrk.run().await
}

/// Returns the response to the check of one session.
async fn one_session(site: &Site) -> anyhow::Result<String> {
    let tokens = std::fs::read_to_string(&site.seeded.tokens)?;
    let token = tokens.lines().next().context("a token")?;
    let answer = site.request(reqwest::Method::GET, &format!("sessions/{token}")).send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

/// Logs in, checks, logs out and checks again: the session must be refused in the very next request.
pub async fn revoke(site: &Site, report: &mut Report) -> anyhow::Result<()> {
    use reqwest::Method;
    let mut refused = 0;
    for number in 0..LOGOUTS {
        let login = format!("users/{}{number}/authenticate", site.seeded.username);
        let login = site.request(Method::POST, &login).json(&json!({"password": site.seeded.password}));
        let user: Value = login.send().await?.error_for_status()?.json().await?;
        let session = format!("sessions/{}", user["token"].as_str().context("a token")?);
        let status = async |method| anyhow::Ok(site.request(method, &session).send().await?.status().as_u16());
        ensure!(status(Method::GET).await? == 200, "a fresh session was refused");
        ensure!(status(Method::DELETE).await? == 204, "a session could not be ended");
        refused += u32::from(status(Method::GET).await? == 404);
    }
    let share = f64::from(refused) / f64::from(LOGOUTS);
    report.at_least(format!("ended sessions refused by the next request, {}", site.engine), share, 1.0);
    Ok(())
}
