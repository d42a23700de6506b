//! App Hooks: webhooks and emails that follow events. Covers their configuration and test deliveries. A hook creates a
//! [notification](crate::notifications) for each event.

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
    /// Kind of hook.
    pub enum HookType {
        /// Sends the event to a URL.
        Webhook = "webhook",
        /// Sends a mail to the user.
        Email = "email",
    }
}

words! {
    /// Format of a mail template.
    pub enum Renderer {
        /// HTML; the plain text is derived from it.
        Html = "html",
        /// HTML and plain text, separated by a line `---`.
        HtmlText = "html+text",
        /// Markdown.
        Markdown = "markdown",
        /// Plain text.
        Text = "text",
    }
}

words! {
    /// Type of users that an email hook applies to.
    pub enum HookUsers {
        /// All users.
        All = "all",
        /// People.
        Human = "human",
        /// Systems.
        Api = "api",
    }
}
