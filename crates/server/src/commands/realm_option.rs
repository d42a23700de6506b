//! The options that name a realm and a user.

use clap::Args;
use gantry_core::Error;
use gantry_core::actor::Actor;
use gantry_core::realms::{self, Realm};
use gantry_core::users::{self, Counts, User};

use super::output::explain;
use crate::app::App;

/// `--realm`
#[derive(Debug, Clone, Args)]
pub struct RealmOption {
    /// Realm of the users, by id or name; can be left out where there is one only
    #[arg(long, global = true, value_name = "REALM")]
    pub realm: Option<String>,
}

impl RealmOption {
    /// Finds the realm of the option, or the only one.
    pub(super) async fn find(&self, app: &App) -> anyhow::Result<Realm> {
        realms::resolve(&app.core, self.realm.as_deref()).await.map_err(|error| match (error, &self.realm) {
            (Error::NotFound(_), Some(name)) => anyhow::anyhow!("--realm: there is no realm {name}"),
            (Error::NotFound(_), None) => anyhow::anyhow!("there is no realm yet; `gantry quickstart` makes one"),
            (Error::Malformed(sentence), _) => anyhow::anyhow!("{sentence}; name one by its id with --realm"),
            (error, _) => explain(error),
        })
    }
}

/// Finds the user with this id, username or email address.
pub(super) async fn find_user(app: &App, realm: &Realm, text: &str) -> anyhow::Result<(User, Counts)> {
    users::look_up(&app.core, realm, &Actor::system(), text).await.map_err(|error| match error {
        Error::NotFound(_) => anyhow::anyhow!("there is no user {text} in the realm {} ({})", realm.id, realm.name),
        error => explain(error),
    })
}
