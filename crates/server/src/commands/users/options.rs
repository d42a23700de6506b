//! Arguments of `gantry users`, and their dispatch.

use clap::{Args, Subcommand};

use super::create::{self, UsersCreate};
use super::list::{self, UsersList};
use super::reset_password::{self, UsersResetPassword};
use super::show::{self, UsersShow};
use super::unlock::{self, UsersUnlock};
use crate::commands::open::open_existing;
use crate::commands::realm_option::RealmOption;
use crate::config::Config;
use crate::flags::{DatabaseFlags, Flags};

/// List, show, create and unlock users, and let them set a new password
#[derive(Debug, Args)]
pub struct Users {
    /// Which realm.
    #[command(flatten)]
    pub realm: RealmOption,
    /// Settings.
    #[command(flatten)]
    pub flags: DatabaseFlags,
    /// What to do with them.
    #[command(subcommand)]
    pub action: UsersAction,
}

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum UsersAction {
    List(UsersList),
    Show(UsersShow),
    Create(UsersCreate),
    Unlock(UsersUnlock),
    ResetPassword(UsersResetPassword),
}

impl Users {
    /// Returns the settings given as flags.
    pub fn flags(&self) -> Flags {
        let base_url = match &self.action {
            UsersAction::Create(create) => &create.link.base_url,
            UsersAction::ResetPassword(reset) => &reset.link.base_url,
            _ => &None,
        };
        let mut flags = Flags::from(self.flags.clone());
        flags.addresses.base_url.clone_from(base_url);
        flags
    }
}

/// Runs `gantry users`.
pub async fn run(config: &Config, wanted: &Users) -> anyhow::Result<()> {
    let app = open_existing(config).await?;
    let realm = wanted.realm.find(&app).await?;
    let done = match &wanted.action {
        UsersAction::List(wanted) => list::run(&app, &realm, wanted).await,
        UsersAction::Show(wanted) => show::run(&app, &realm, wanted).await,
        UsersAction::Create(wanted) => create::run(config, &app, &realm, wanted).await,
        UsersAction::Unlock(wanted) => unlock::run(&app, &realm, wanted).await,
        UsersAction::ResetPassword(wanted) => reset_password::run(config, &app, &realm, wanted).await,
    };
    app.core.db.close().await;
    done
}
