//! One attempt of a notification, from the row to what came of it.

use std::sync::Arc;

use gantry_core::app_hooks::{Delivering, HookType};
use gantry_core::notifications::{Attempt, Notification, Outcome};
use gantry_core::{Core, Error, events};
use gantry_web::wire::{EventView, WebhookBody};
use url::Url;

use crate::emails::Mails;
use crate::one_line::one_line;
use crate::webhooks::Webhooks;

/// What an attempt says of its destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It answers.
    Well,
    /// It does not, or says itself that it cannot.
    Trouble,
    /// It was not asked.
    Unknown,
}

/// What came of sending.
#[derive(Debug)]
pub struct Sent {
    /// For the notification.
    pub outcome: Outcome,
    /// For the destination.
    pub health: Health,
    /// One line for people.
    pub result: String,
    /// Where it went, where that is not the hook's own address.
    pub destination: Option<String>,
}

impl Sent {
    /// To the hook's own address.
    pub fn new(outcome: Outcome, health: Health, result: impl Into<String>) -> Self {
        Self { outcome, health, result: result.into(), destination: None }
    }
}

/// Who sends.
pub(super) struct Senders {
    pub core: Arc<Core>,
    pub webhooks: Webhooks,
    pub mails: Mails,
}

impl Senders {
    /// What shares bounds and troubles: a webhook's host and port; all mail.
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

    /// Makes the attempt; it always comes to something.
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
        // This delivery's own and no other: the addresses of other hooks are not this receiver's business.
        let event = EventView::new(&event, Some(std::slice::from_ref(notification)));
        let body = serde_json::to_vec(&WebhookBody::new(&event)).map_err(Error::internal)?;
        Ok(self.webhooks.send(hook, id, self.core.clock.now_ms() / 1000, body).await)
    }
}
