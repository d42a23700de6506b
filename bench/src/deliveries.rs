//! Deliveries: throughput of webhooks, their delay, and the effect of hanging receivers on logins.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;
use futures_util::{StreamExt as _, stream};
use gantry::app::App;
use gantry_core::accounts::Furnished;
use gantry_core::actor::Actor;
use gantry_core::app_hooks::{self, Scope};
use gantry_core::fields::Fields;
use gantry_core::orgs;
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::plan::seconds;
use crate::receiver::Receiver;
use crate::report::{Machine, Rate, Report};
use crate::seed::{self, Seeded};
use crate::site::Site;
use crate::wrk::{Wrk, ratio};

/// Number of events created concurrently while filling.
const AT_ONCE: usize = 64;
/// Rate of events while delays are measured.
const EVENTS_A_SECOND: u64 = 200;
const HANGING: usize = 8;
const LOGIN_CONNECTIONS: u32 = 2;

const LEAST_PER_SECOND: f64 = 2000.0;
const MOST_P99_MS: f64 = 100.0;
const MOST_OF_LOGIN_P99: f64 = 1.1;

/// What to measure, and how much.
#[derive(Args)]
pub struct Deliveries {
    /// The server to measure
    #[arg(long)]
    program: PathBuf,
    /// An empty folder on a real disk
    #[arg(long)]
    folder: PathBuf,
    /// Three empty PostgreSQL databases that wait for their disk
    #[arg(long, num_args = 3)]
    postgres: Vec<String>,
    /// File for the report as JSON
    #[arg(long)]
    out: PathBuf,
    /// Events to deliver
    #[arg(long, default_value_t = 100_000)]
    events: usize,
    /// Length of the measurements of delay and of logins
    #[arg(long, default_value = "10", value_parser = seconds)]
    time: Duration,
}

impl Deliveries {
    /// Runs all measurements; prints and saves the report.
    pub async fn run(&self) -> anyhow::Result<()> {
        ensure!(self.postgres.len() == 3, "three databases, please");
        let cores = std::thread::available_parallelism()?.get();
        let machine = Machine { cores, users: self.events, rounds: 1, seconds_per_run: self.time.as_secs() };
        let mut report = Report { machine, ..Report::default() };
        for (engine, slot) in [("SQLite", 0), ("PostgreSQL", 1)] {
            let site = self.drain(engine, slot, 0, &mut report).await?;
            self.delays(&site, &mut report).await?;
            site.stop().await?;
            self.drain(engine, slot, 30, &mut report).await?.stop().await?;
            self.logins(engine, slot, &mut report).await?;
        }
        report.print();
        report.save(&self.out)
    }

    fn installation(&self, engine: &str, slot: usize, name: &str) -> anyhow::Result<(PathBuf, String)> {
        let data = self.folder.join(format!("{engine}-{name}"));
        std::fs::create_dir(&data)?;
        let database = ["well", "failing", "logins"].iter().position(|known| *known == name).context("a database")?;
        let url = if slot == 0 {
            format!("sqlite:{}", data.join("gantry.db").display())
        } else {
            self.postgres[database].clone()
        };
        Ok((data, url))
    }

    /// Measures how fast a freshly started server delivers a backlog of events.
    async fn drain(
        &self,
        engine: &'static str,
        slot: usize,
        failing: u64,
        report: &mut Report,
    ) -> anyhow::Result<Site> {
        let name = if failing == 0 { "well" } else { "failing" };
        let (data, url) = self.installation(engine, slot, name)?;
        println!("{} events for a receiver that refuses {failing} %, {engine}", self.events);
        let receiver = Receiver::start(failing).await?;
        let (app, made) = seed::found(&data, &url).await?;
        fill(&app, &made, &receiver.address, self.events).await?;
        let seeded = Seeded::without_sessions(made.api_key.expose_secret().to_owned(), made.realm.id.clone(), 0, &data);
        app.core.db.close().await;
        let site = Site::open(engine, &self.program, data, &url, seeded).await?;
        // With refusals, the last few events only wait for their retries, so they are not measured.
        let enough = if failing == 0 { self.events } else { self.events * 99 / 100 };
        let (calls, took) = receiver.taken(enough).await;
        let cpu = site.server.cpu_us()?;
        let per_second = ratio(calls, u64::try_from(took.as_micros())?) * 1e6;
        let what = format!("h  calls, {failing} % refused, {engine}");
        report.rates.push(Rate { what: what.clone(), per_second, p50_ms: 0.0, p99_ms: 0.0, cpu_us: ratio(cpu, calls) });
        if failing == 0 {
            report.at_least(format!("{what}, per s"), per_second, LEAST_PER_SECOND);
        }
        report.footprint(format!("h  memory, {failing} % refused, {engine}"), "MiB", site.server.peak_mib()?);
        Ok(site)
    }

    /// Measures the delay from an event's own timestamp, which precedes its commit, to the receiver.
    async fn delays(&self, site: &Site, report: &mut Report) -> anyhow::Result<()> {
        println!("{EVENTS_A_SECOND} events a second, {}", site.engine);
        let receiver = Receiver::start(0).await?;
        let hook = hook(&receiver.address, "org.updated", &site.seeded.realm);
        call(site, Method::POST, "app_hooks", &hook).await?;
        let org = json!({"org": {"name": "Engines"}, "realm_id": site.seeded.realm});
        let mut ids = Vec::new();
        for _ in 0..50 {
            let made = call(site, Method::POST, "orgs", &org).await?;
            ids.push(made["id"].as_str().context("an id")?.to_owned());
        }
        let mut pulse = tokio::time::interval(Duration::from_micros(1_000_000 / EVENTS_A_SECOND));
        let events = usize::try_from(EVENTS_A_SECOND * self.time.as_secs())?;
        for number in 0..events {
            pulse.tick().await;
            let request = site.request(Method::PUT, &format!("orgs/{}", ids[number % ids.len()]));
            let request = request.json(&json!({"org": {"name": format!("Engines {number}")}}));
            tokio::spawn(request.send());
        }
        receiver.taken(events).await;
        let (p50, p99) = receiver.delays();
        let what = format!("i  event to delivery at {EVENTS_A_SECOND}/s, {}", site.engine);
        let rate = ratio(EVENTS_A_SECOND, 1);
        report.rates.push(Rate { what: what.clone(), per_second: rate, p50_ms: p50, p99_ms: p99, cpu_us: 0.0 });
        report.at_most(format!("{what}, p99 in ms"), p99, MOST_P99_MS);
        Ok(())
    }

    /// Compares logins without hooks to logins with hooks whose receivers all hang.
    async fn logins(&self, engine: &'static str, slot: usize, report: &mut Report) -> anyhow::Result<()> {
        println!("logins with all receivers hanging, {engine}");
        let (data, url) = self.installation(engine, slot, "logins")?;
        let site = Site::make(engine, &self.program, data, &url, 1000).await?;
        let calm = self.log_in(&site).await?;
        // These listeners accept connections and never respond.
        let mut silent = Vec::new();
        for _ in 0..HANGING {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let address = format!("http://{}/", listener.local_addr()?);
            call(&site, Method::POST, "app_hooks", &hook(&address, "user.login.succeeded", &site.seeded.realm)).await?;
            silent.push(listener);
        }
        let hanging = self.log_in(&site).await?;
        for (what, load) in [("no hooks", &calm), ("hanging receivers", &hanging)] {
            report.rate(vec![Rate::new(&format!("j  logins, {what}, {engine}"), load, 0)]);
        }
        let ratio = hanging.p99_ms() / calm.p99_ms();
        report.at_most(format!("j  p99 of logins, hanging / none, {engine}"), ratio, MOST_OF_LOGIN_P99);
        site.stop().await
    }

    async fn log_in(&self, site: &Site) -> anyhow::Result<crate::wrk::Load> {
        let environment = site.seeded.environment();
        let wrk = Wrk {
            script: "logins.lua",
            address: site.server.address,
            connections: LOGIN_CONNECTIONS,
            time: self.time,
            delay_ms: 0,
            environment: &environment,
        };
        wrk.run().await
    }
}

fn hook(destination: &str, event_type: &str, realm: &str) -> Value {
    json!({"app_hook": {"hook_type": "webhook", "event_type": [event_type], "destination": destination}, "realm_id": realm})
}

async fn call(site: &Site, method: Method, path: &str, body: &Value) -> anyhow::Result<Value> {
    Ok(site.request(method, path).json(body).send().await?.error_for_status()?.json().await?)
}

/// Creates events that wait for delivery, each for a different org.
async fn fill(app: &App, made: &Furnished, destination: &str, events: usize) -> anyhow::Result<()> {
    let Value::Object(hook) = hook(destination, "org.created", "")["app_hook"].take() else { return Ok(()) };
    let scope = Scope::Realm(Box::new(made.realm.clone()));
    app_hooks::create(&app.core, &Actor::system(), &scope, Fields::from_json(hook)).await?;
    let realm = Arc::new(made.realm.clone());
    let mut filling = stream::iter(0..events)
        .map(|number| {
            let (core, realm) = (Arc::clone(&app.core), Arc::clone(&realm));
            async move {
                let mut org = Fields::empty();
                org.set("name", &format!("Org {number}"));
                orgs::create(&core, &realm, &Actor::system(), org).await
            }
        })
        .buffer_unordered(AT_ONCE);
    while let Some(made) = filling.next().await {
        made?;
    }
    Ok(())
}
