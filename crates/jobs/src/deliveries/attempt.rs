//! One attempt of a notification, from the claimed row to its outcome.

use std::sync::Arc;

use gantry_core::app_hooks::{Delivering, HookType};
use gantry_core::notifications::{Attempt, Notification, Outcome};
use gantry_core::{Core, Error, events};
use gantry_web::wire::{EventView, WebhookBody};
use url::Url;

use crate::emails::Mails;
use crate::one_line::one_line;
use crate::webhooks::Webhooks;

/// What an attempt shows about its destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// The destination responds.
    Well,
    /// The destination does not respond, or reports a server error or overload.
    Trouble,
    /// The destination was not contacted.
    Unknown,
}

/// Result of sending.
#[derive(Debug)]
pub struct Sent {
    /// Outcome for the notification.
    pub outcome: Outcome,
    /// Health of the destination.
    pub health: Health,
    /// One-line result for operators.
    pub result: String,
    /// Where it was sent, if not to the hook's own address.
    pub destination: Option<String>,
}

impl Sent {
    /// Creates the result of sending to the hook's own address.
    pub fn new(outcome: Outcome, health: Health, result: impl Into<String>) -> Self {
        Self { outcome, health, result: result.into(), destination: None }
    }
}

/// The senders of both kinds of hooks.
pub(super) struct Senders {
    pub core: Arc<Core>,
    pub webhooks: Webhooks,
    pub mails: Mails,
}

impl Senders {
    /// Destination key, for permits and backoff: host and port of a webhook; one key for all mail.
    pub(super) fn key(hook: &Delivering) -> String {
        let host = |text: &str| {
            let url = Url::parse(text).ok()?;
            Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
        };
        match hook.hook.hook_type {
            HookType::Webhook => hook.shown.as_deref().and_then(host).unwrap_or_default(),
            HookType::Email => "mail".to_owned(),
        }
    }

    /// Runs the attempt. Errors are logged and returned as an outcome.
    pub(super) async fn attempt(&self, hook: &Delivering, notification: Notification) -> (Attempt, Health) {
        let sent = match hook.hook.hook_type {
            HookType::Webhook => self.webhook(hook, &notification).await,
            HookType::Email => self.mails.send(&self.core, hook, &notification).await,
        };
        let sent = sent.unwrap_or_else(|error| {
            tracing::error!(%error, notification = notification.id, "a delivery failed inside");
            Sent::new(Outcome::Refused, Health::Unknown, "not sent: the server has a fault, see its log")
        });
        self.core.metrics.attempt(hook.hook.hook_type, sent.outcome);
        let attempt = Attempt {
            number: notification.attempts,
            ready_at: notification.ready_at,
            destination: sent.destination.or_else(|| hook.shown.clone()),
            result: one_line(&sent.result),
            outcome: sent.outcome,
            id: notification.id,
            realm_id: notification.realm_id,
            app_hook_id: notification.app_hook_id,
            lane: notification.lane,
        };
        (attempt, sent.health)
    }

    async fn webhook(&self, hook: &Delivering, notification: &Notification) -> Result<Sent, Error> {
        let (realm, id) = (&notification.realm_id, &notification.event_id);
        let Some(event) = events::told(&self.core, realm, id).await? else {
            return Ok(Sent::new(Outcome::Canceled, Health::Unknown, "canceled: the event is gone"));
        };
        // Only this delivery: a receiver must not see the addresses of other hooks.
        let event = EventView::new(&event, Some(std::slice::from_ref(notification)));
        let body = serde_json::to_vec(&WebhookBody::new(&event)).map_err(Error::internal)?;
        Ok(self.webhooks.send(hook, id, self.core.clock.now_ms() / 1000, body).await)
    }
}
