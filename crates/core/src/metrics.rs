//! Prometheus metrics since the start of the process. No label holds a value that a user or tenant chose.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::app_hooks::HookType;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::EventType;
use crate::notifications::{self, Outcome};
use crate::words::Word;

type Labels = Vec<(&'static str, &'static str)>;

/// Counters and gauges of this process.
pub struct Metrics {
    registry: Registry,
    events: Family<Labels, Counter>,
    attempts: Family<Labels, Counter>,
    unfinished: Gauge,
    overdue: Gauge,
    hashing: Gauge,
    database: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("gantry"),
            events: Family::default(),
            attempts: Family::default(),
            unfinished: Gauge::default(),
            overdue: Gauge::default(),
            hashing: Gauge::default(),
            database: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("events", "Events by type; user.login.* are the logins", metrics.events.clone());
        registry.register(
            "delivery_attempts",
            "Attempts to deliver webhooks and mails (hook_type email: SMTP) by what came of them",
            metrics.attempts.clone(),
        );
        registry.register("notifications_unfinished", "Webhooks and mails to be delivered", metrics.unfinished.clone());
        registry.register(
            "notifications_overdue_seconds",
            "How long the most overdue of them waits",
            metrics.overdue.clone(),
        );
        registry.register("passwords_queued", "Passwords that wait to be hashed", metrics.hashing.clone());
        registry.register("database_up", "1 if the database has answered just now, else 0", metrics.database.clone());
        metrics
    }
}

impl Metrics {
    pub(crate) fn event(&self, event_type: EventType) {
        self.events.get_or_create(&vec![("event_type", event_type.as_str())]).inc();
    }

    /// Counts a delivery attempt by its outcome.
    pub fn attempt(&self, hook_type: HookType, outcome: Outcome) {
        let result = match outcome {
            Outcome::Delivered => "delivered",
            Outcome::Refused => "refused",
            Outcome::Impossible => "impossible",
            Outcome::Canceled => "canceled",
        };
        self.attempts.get_or_create(&vec![("hook_type", hook_type.as_str()), ("result", result)]).inc();
    }
}

/// Returns all metrics in Prometheus' text format. While the database does not answer, the values that are read from it
/// stay unchanged.
pub async fn text(core: &Core) -> Result<String> {
    let now = core.clock.now_ms();
    let metrics = &core.metrics;
    match notifications::backlog(&core.db, now).await {
        Ok(backlog) => {
            metrics.database.set(1);
            metrics.unfinished.set(backlog.unfinished);
            metrics.overdue.set(backlog.due_since.map_or(0, |since| (now - since) / 1000));
        }
        Err(error) => {
            tracing::warn!(%error, "the metrics of deliveries cannot be read");
            metrics.database.set(0);
        }
    }
    metrics.hashing.set(i64::try_from(core.passwords.queued()).unwrap_or(i64::MAX));
    let mut text = String::new();
    encode(&mut text, &metrics.registry).map_err(Error::internal)?;
    Ok(text)
}
