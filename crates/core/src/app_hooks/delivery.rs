//! Hooks as delivery sees them: which follow an event, and with which secrets one delivers.

use gantry_db::Tx;
use secrecy::SecretString;

use super::fields;
use super::store::{self, AppHook, Follower};
use crate::core::Core;
use crate::error::Result;
use crate::events::{Event, EventType};
use crate::realms::Realm;
use crate::words::{State, Word};

/// An active hook with what it delivers with.
pub struct Delivering {
    /// Itself.
    pub hook: AppHook,
    /// Where a webhook sends; may hold a password.
    pub destination: Option<SecretString>,
    /// The same without the password.
    pub shown: Option<String>,
    /// What webhooks are signed with: the present secret, and for a while the one before it.
    pub secrets: Vec<SecretString>,
}

/// The hook, if it is there and active. For whoever delivers: it does not ask whose it is.
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

/// The hooks that follow this event. A ping is for the hook that it is about.
pub(crate) async fn followers(tx: &mut Tx, realm: &Realm, event: &Event) -> Result<Vec<Follower>> {
    let mut hooks = store::followers(tx, &realm.id, realm.account_id.as_deref()).await?;
    if event.event_type == EventType::Ping.as_str() {
        hooks.retain(|hook| event.app_hook_id.as_ref() == Some(&hook.id));
    } else {
        hooks.retain(|hook| hook.event_types.0.is_empty() || hook.event_types.0.contains(&event.event_type));
    }
    Ok(hooks)
}
