//! The hosted pages: the login page against an axum handler that returns the same bytes, and whole logins (page, form,
//! redirect, the app's check) against bare Argon2id.

use std::net::{IpAddr, SocketAddr};

use anyhow::{Context, ensure};
use reqwest::header;
use reqwest::redirect::Policy;

use crate::plan::Plan;
use crate::report::{Rate, Report};
use crate::server::Server;
use crate::site::Site;
use crate::wrk::{Load, Wrk};

pub const HOST: &str = "bench.localhost";
const LOGIN: &str = "/login";
const PAGE_CONNECTIONS: u32 = 32;
const LOGIN_CONNECTIONS: u32 = 16;
/// Number of requests of one whole login.
const REQUESTS: f64 = 3.0;

/// Minimum share of bare axum's rate.
const LEAST_OF_PAGE: f64 = 0.5;
/// Minimum share of bare Argon2id's rate.
const LEAST_OF_LOGIN: f64 = 0.85;

/// Compares the login page to bare axum.
pub async fn pages(plan: &Plan, sites: &[Site], report: &mut Report) -> anyhow::Result<()> {
    let first = sites.first().context("no engine")?;
    let body = plan.folder.join("login.html");
    std::fs::write(&body, Form::open(first, LOGIN).await?.page)?;
    let bare = Server::start(&std::env::current_exe()?, &["bare-axum", "--body", &body.display().to_string()]).await?;
    let mut bare_runs = Vec::new();
    let mut runs: Vec<Vec<Rate>> = sites.iter().map(|_| Vec::new()).collect();
    for round in 1..=plan.rounds {
        println!("login pages, round {round} of {}", plan.rounds);
        bare_runs.push(open_pages("k  the page's bytes, bare axum", &bare, first, plan).await?);
        for (site, runs) in sites.iter().zip(&mut runs) {
            runs.push(open_pages(&format!("k  login page, {}", site.engine), &site.server, site, plan).await?);
        }
    }
    let bare = report.rate(bare_runs).context("bare axum")?;
    for runs in runs {
        let rate = report.rate(runs).context("a rate of pages")?;
        report.at_least(format!("{} / bare", rate.what), rate.per_second / bare.per_second, LEAST_OF_PAGE);
    }
    Ok(())
}

/// Compares whole logins to the rate of bare Argon2id that [`crate::logins`] has measured.
pub async fn logins(plan: &Plan, sites: &[Site], report: &mut Report) -> anyhow::Result<()> {
    let bare = report.rates.iter().find(|rate| rate.what.starts_with('d')).context("bare Argon2id")?.per_second;
    let mut runs: Vec<Vec<Rate>> = sites.iter().map(|_| Vec::new()).collect();
    for round in 1..=plan.rounds {
        println!("hosted logins, round {round} of {}", plan.rounds);
        for (site, runs) in sites.iter().zip(&mut runs) {
            let before = site.server.cpu_us()?;
            let form = Form::open(site, LOGIN).await?;
            let load = load("hosted_logins.lua", LOGIN_CONNECTIONS, &site.server, site, plan, Some(&form)).await?;
            ensure!(load.refused == 0, "{} requests were refused", load.refused);
            let rate = Rate::new(&format!("l  hosted login, {}", site.engine), &load, site.server.cpu_us()? - before);
            runs.push(Rate { per_second: rate.per_second / REQUESTS, cpu_us: rate.cpu_us * REQUESTS, ..rate });
        }
    }
    for runs in runs {
        let rate = report.rate(runs).context("a rate of logins")?;
        report.at_least(format!("{} / d", rate.what), rate.per_second / bare, LEAST_OF_LOGIN);
    }
    Ok(())
}

async fn open_pages(what: &str, server: &Server, site: &Site, plan: &Plan) -> anyhow::Result<Rate> {
    let before = server.cpu_us()?;
    let load = load("login_page.lua", PAGE_CONNECTIONS, server, site, plan, None).await?;
    ensure!(load.refused == 0, "{} pages were refused", load.refused);
    Ok(Rate::new(what, &load, server.cpu_us()? - before))
}

async fn load(
    script: &str,
    connections: u32,
    server: &Server,
    site: &Site,
    plan: &Plan,
    form: Option<&Form>,
) -> anyhow::Result<Load> {
    let mut environment = site.seeded.environment();
    environment.push(("PAGE_HOST", HOST.to_owned()));
    if let Some(Form { csrf, cookie, .. }) = form {
        environment.extend([("CSRF", csrf.clone()), ("COOKIE", cookie.clone())]);
    }
    let wrk =
        Wrk { script, address: server.address, connections, time: plan.time, delay_ms: 0, environment: &environment };
    wrk.run().await
}

/// A page with a form, as opened by a browser.
pub struct Form {
    page: String,
    pub csrf: String,
    pub cookie: String,
    url: String,
    client: reqwest::Client,
}

impl Form {
    pub async fn open(site: &Site, path: &str) -> anyhow::Result<Self> {
        Self::at(site.server.address, path).await
    }

    pub async fn at(server: SocketAddr, path: &str) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().redirect(Policy::none()).build()?;
        let url = format!("http://{server}{path}");
        let answer = client.get(&url).header(header::HOST, HOST).send().await?.error_for_status()?;
        let cookie = answer.headers().get(header::SET_COOKIE).context("a cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let page = answer.text().await?;
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let csrf = csrf.context("a form")?.to_owned();
        Ok(Self { page, csrf, cookie, url, client })
    }

    /// Submits the form with these fields from this client address. Returns the response's status.
    pub async fn send(&self, from: IpAddr, fields: &[(&str, &str)]) -> anyhow::Result<u16> {
        let mut sent = vec![("csrf", self.csrf.as_str())];
        sent.extend(fields);
        let request = self.client.post(&self.url).header(header::HOST, HOST).header(header::COOKIE, &self.cookie);
        let request = request.header("x-forwarded-for", from.to_string());
        let answer = request.form(&sent).send().await?;
        let status = answer.status().as_u16();
        answer.bytes().await?;
        Ok(status)
    }
}
