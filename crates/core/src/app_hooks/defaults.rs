//! Default email hooks of a new realm.

use gantry_db::Tx;

use super::store::{self, AppHook};
use super::{HookType, Renderer, fields};
use crate::core::Core;
use crate::error::Result;
use crate::events::EventType;
use crate::json::Json;
use crate::realms::Realm;
use crate::words::{State, Word};

/// A default mail of a new realm, in Markdown.
pub struct DefaultMail {
    /// Event that the mail is sent for.
    pub event: EventType,
    state: State,
    /// Template of the subject.
    pub subject: &'static str,
    /// Template of the body.
    pub template: &'static str,
}

/// Default mails of a new realm. They greet by first name or without a name, since `name` may be the username.
pub const DEFAULT_MAILS: [DefaultMail; 3] = [
    DefaultMail {
        event: EventType::UserCreated,
        state: State::Inactive,
        subject: "Welcome to {{app_name}}",
        template: "Hello{% if first_name %} {{first_name}}{% endif %},\n\nYour account at {{app_name}} is ready. Your \
                   username is **{{username}}**.\n\n[Log in]({{login_url}})\n",
    },
    DefaultMail {
        event: EventType::PasswordTokenCreated,
        state: State::Active,
        subject: "Set a new password for {{app_name}}",
        template: "Hello{% if first_name %} {{first_name}}{% endif %},\n\nSomebody asked to set a new password for \
                   **{{username}}** at {{app_name}}. If it was you, continue here:\n\n[Set a new password]({{url}})\n\n\
                   The link works once, within one day. If it was not you, ignore this email: your password stays as \
                   it is.\n",
    },
    DefaultMail {
        event: EventType::VerificationRequested,
        state: State::Active,
        subject: "Confirm your email address for {{app_name}}",
        template: "Hello{% if first_name %} {{first_name}}{% endif %},\n\nPlease confirm that **{{email}}** is your \
                   email address at {{app_name}}.\n\n[Confirm email address]({{url}})\n\nThe link works once, within \
                   seven days. If you have no account at {{app_name}}, ignore this email.\n",
    },
];

/// Inserts the default email hooks. They are part of the new realm, so no events are recorded for them.
pub(crate) async fn insert_defaults(core: &Core, tx: &mut Tx, realm: &Realm) -> Result<()> {
    for default in &DEFAULT_MAILS {
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

#[cfg(test)]
mod tests {
    use super::DEFAULT_MAILS;

    /// An unedited mail must equal one of these, or else it is no longer translated into the reader's language.
    #[test]
    fn mails_of_earlier_words_become_what_new_realms_have() {
        let migration = include_str!("../../../../migrations/0036_first_mails.sql");
        let mut found = 0;
        for default in DEFAULT_MAILS.iter().filter(|default| default.template.contains("ignore this email")) {
            let before = default.template.replace("ignore this email", "ignore this mail");
            assert!(migration.contains(&format!("'{before}'")), "{before}");
            found += 1;
        }
        assert_eq!(found, 2);
    }
}
