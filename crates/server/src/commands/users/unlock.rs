//! `gantry users unlock`

use clap::Args;
use gantry_core::actor::Actor;
use gantry_core::realms::Realm;
use gantry_core::users::{self, Key};

use crate::app::App;
use crate::commands::output::{explain, printable};
use crate::commands::realm_option::find_user;
use crate::commands::say::say;

/// Let a user log in again whom too many wrong passwords or codes have locked
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  gantry users unlock ada@example.com")]
pub struct UsersUnlock {
    /// The user's id, username or email address
    #[arg(value_name = "USER")]
    pub user: String,
}

pub(super) async fn run(app: &App, realm: &Realm, wanted: &UsersUnlock) -> anyhow::Result<()> {
    let (user, _) = find_user(app, realm, &wanted.user).await?;
    users::unlock(&app.core, realm, &Actor::system(), &Key::Id(user.id.clone())).await.map_err(explain)?;
    say(format_args!("unlocked {} ({})", printable(&user.username), user.id))
}
