//! App Hooks: webhooks and emails that follow events. Their configuration, and trying them out; what they make of an
//! event is a [notification](crate::notifications).

mod defaults;
mod delivery;
mod fields;
mod rules;
mod store;
mod trials;

pub(crate) use defaults::insert_defaults;
pub use defaults::{DEFAULT_MAILS, DefaultMail};
pub(crate) use delivery::followers;
pub use delivery::{Delivering, delivering};
pub use rules::{OFFER, Scope, Shown, create, delete, find, list, update};
pub(crate) use store::Follower;
pub use store::{AppHook, statements};
pub use trials::{mail_of, ping, replay, rotate_secret};

use crate::words::words;

words! {
    /// What a hook does.
    pub enum HookType {
        /// Sends the event to an address.
        Webhook = "webhook",
        /// Sends a mail to the user.
        Email = "email",
    }
}

words! {
    /// How the template of a mail is read.
    pub enum Renderer {
        /// As HTML; a plain text is made of it.
        Html = "html",
        /// As HTML, a line `---`, and plain text.
        HtmlText = "html+text",
        /// As Markdown.
        Markdown = "markdown",
        /// As plain text.
        Text = "text",
    }
}

words! {
    /// Whose events a mail follows.
    pub enum HookUsers {
        /// Everybody's.
        All = "all",
        /// People's.
        Human = "human",
        /// Systems'.
        Api = "api",
    }
}
