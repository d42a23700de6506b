//! `gantry serve`

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use clap::Args;
use gantry_jobs::upkeep;
use tokio::net::TcpListener;

use super::open::open;
use crate::app::{App, deliveries};
use crate::config::Config;
use crate::flags::Flags;
use crate::lifecycle::Lifecycle;
use crate::listener::{self, Limits};
use crate::{metrics, telemetry};

/// Run the server
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gantry serve
  gantry serve --listen 0.0.0.0:8000 --base-url https://auth.example.com

The first start makes the database and a key that seals its secrets. Ctrl-C (or SIGTERM) finishes open requests and
stops; press it again to stop immediately.")]
pub struct Serve {
    /// Settings.
    #[command(flatten)]
    pub flags: Flags,
}

/// Runs the server until a signal.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    telemetry::start(config.log_format, config.log_level)?;
    let app = open(config).await?;
    let life = Lifecycle::begin()?;
    let listener = bind(config).await?;
    tracing::info!(listen = %listener.local_addr()?, base_url = %config.base_url, "serving");
    work_behind(config, &app, &life).await?;
    let late = listener::serve(listener, app.surfaces.clone(), Limits::of(config), life.stop()).await;
    finish(config, &app, &life, late).await;
    Ok(())
}

/// Binds a socket to the configured address.
pub(super) async fn bind(config: &Config) -> anyhow::Result<TcpListener> {
    TcpListener::bind(config.listen).await.with_context(|| format!("cannot listen on {}", config.listen))
}

/// Serves a router in the background until shutdown.
pub(super) fn spawn(life: &Lifecycle, listener: TcpListener, router: Router, limits: Limits) {
    let stop = life.stop();
    life.spawn(async move {
        listener::serve(listener, router, limits, stop).await;
    });
}

/// Starts the background tasks: the metrics listener if it is configured, deliveries and upkeep.
pub(super) async fn work_behind(config: &Config, app: &App, life: &Lifecycle) -> anyhow::Result<()> {
    if let Some(listen) = config.metrics_listen {
        let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
        spawn(life, listener, metrics::router(Arc::clone(&app.core)), Limits::of(config));
    }
    life.spawn(deliveries(config, app)?.run(life.stop()));
    life.spawn(upkeep::run(Arc::clone(&app.core), life.stop()));
    Ok(())
}

/// Shuts down in order: background tasks, then the database.
pub(super) async fn finish(config: &Config, app: &App, life: &Lifecycle, late: usize) {
    if late > 0 {
        tracing::warn!(connections = late, "cut off at the deadline");
    }
    life.finish(Duration::from_secs(config.shutdown_seconds)).await;
    app.core.db.close().await;
    tracing::info!("stopped");
}
