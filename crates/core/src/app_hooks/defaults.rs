//! The mails that every new realm begins with.

use gantry_db::Tx;

use super::store::{self, AppHook};
use super::{HookType, Renderer, fields};
use crate::core::Core;
use crate::error::Result;
use crate::events::EventType;
use crate::json::Json;
use crate::realms::Realm;
use crate::words::{State, Word};

struct Default {
    event: EventType,
    state: State,
    subject: &'static str,
    template: &'static str,
}

const DEFAULTS: [Default; 3] = [
    Default {
        event: EventType::UserCreated,
        state: State::Inactive,
        subject: "Welcome to {{app_name}}",
        template: "Hello {{name}},\n\nyour account at {{app_name}} is ready. Your username is **{{username}}**.\n\n\
                   [Log in]({{login_url}})\n",
    },
    Default {
        event: EventType::PasswordTokenCreated,
        state: State::Active,
        subject: "Set a new password",
        template: "Hello {{name}},\n\nsomebody, hopefully you, asked for a new password for **{{username}}** at \
                   {{app_name}}.\n\n[Set a new password]({{url}})\n\nThe link works once, for one day. If you did \
                   not ask for it, there is nothing to do: your password stays as it is.\n",
    },
    Default {
        event: EventType::VerificationRequested,
        state: State::Active,
        subject: "Please confirm your email address",
        template: "Hello {{name}},\n\nplease confirm that **{{email}}** is your address.\n\n[Confirm the \
                   address]({{url}})\n\nThe link works once, for seven days. If you have no account at {{app_name}}, \
                   just ignore this mail.\n",
    },
];

/// Part of a new realm, so they have no events of their own.
pub(crate) async fn insert_defaults(core: &Core, tx: &mut Tx, realm: &Realm) -> Result<()> {
    for default in &DEFAULTS {
        let fresh = fields::fresh(core, realm.account_id.as_deref(), Some(&realm.id), HookType::Email);
        let hook = AppHook {
            state: default.state,
            event_types: Json(vec![default.event.as_str().to_owned()]),
            email_renderer: Renderer::Markdown,
            email_subject: Some(default.subject.to_owned()),
            email_template: Some(default.template.to_owned()),
            ..fresh
        };
        store::insert(tx, &hook).await?;
    }
    Ok(())
}
