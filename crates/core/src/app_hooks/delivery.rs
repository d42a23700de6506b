//! Hooks for delivery: which hooks follow an event, and the secrets that a hook delivers with.

use gantry_db::Tx;
use secrecy::SecretString;

use super::fields;
use super::store::{self, AppHook, Follower};
use crate::core::Core;
use crate::error::Result;
use crate::events::{Event, EventType};
use crate::realms::Realm;
use crate::words::{State, Word};

/// An active hook with its decrypted destination and secrets.
pub struct Delivering {
    /// The stored hook.
    pub hook: AppHook,
    /// URL that a webhook sends to; may contain a password.
    pub destination: Option<SecretString>,
    /// Destination with the password masked.
    pub shown: Option<String>,
    /// Signing secrets of a webhook: the current one and, until it expires, the previous one.
    pub secrets: Vec<SecretString>,
}

/// Returns the hook if it exists and is active. For the delivery worker: ownership is not checked.
pub async fn delivering(core: &Core, id: &str) -> Result<Option<Delivering>> {
    let found = store::delivering(&core.db, id).await?;
    let Some(hook) = found.filter(|hook| hook.state == State::Active) else { return Ok(None) };
    let destination = fields::destination(core, &hook)?;
    let now = core.clock.now_ms();
    let previous =
        hook.previous_secret.as_ref().filter(|_| hook.previous_secret_until.is_some_and(|until| until > now));
    let mut secrets = Vec::new();
    for sealed in hook.secret.iter().chain(previous) {
        secrets.push(SecretString::from(fields::opened(core, &fields::secret_place(id), sealed)?));
    }
    let shown = destination.as_deref().map(fields::masked);
    Ok(Some(Delivering { hook, destination: destination.map(SecretString::from), shown, secrets }))
}

/// Returns the active hooks that follow this event. A ping goes only to the hook that it tests.
pub(crate) async fn followers(tx: &mut Tx, realm: &Realm, event: &Event) -> Result<Vec<Follower>> {
    let mut hooks = store::followers(tx, &realm.id, realm.account_id.as_deref()).await?;
    if event.event_type == EventType::Ping.as_str() {
        hooks.retain(|hook| event.app_hook_id.as_ref() == Some(&hook.id));
    } else {
        hooks.retain(|hook| hook.event_types.0.is_empty() || hook.event_types.0.contains(&event.event_type));
    }
    Ok(hooks)
}
