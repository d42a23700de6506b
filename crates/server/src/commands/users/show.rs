//! `gantry users show`

use clap::Args;
use gantry_api::views;
use gantry_core::memberships;
use gantry_core::realms::Realm;
use gantry_core::users::{Counts, User};
use gantry_core::words::Word as _;

use crate::app::App;
use crate::commands::output::{explain, say_fields, say_json};
use crate::commands::realm_option::find_user;
use crate::commands::times::utc;

/// Show a user
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gantry users show ada
  gantry users show ada@example.com --json")]
pub struct UsersShow {
    /// The user's id, username or email address
    #[arg(value_name = "USER")]
    pub user: String,
    /// Print the object that the API answers, with the user's memberships
    #[arg(long)]
    pub json: bool,
}

pub(super) async fn run(app: &App, realm: &Realm, wanted: &UsersShow) -> anyhow::Result<()> {
    let (user, counts) = find_user(app, realm, &wanted.user).await?;
    if wanted.json {
        let memberships = memberships::of_user(&app.core, &app.core.db, &realm.id, &user.id).await.map_err(explain)?;
        return say_json(&views::user(&user, &counts, &Some(memberships), app.core.clock.now_ms()));
    }
    say_fields(&fields(&user, &counts, app.core.clock.now_ms()))
}

fn fields(user: &User, counts: &Counts, now_ms: i64) -> Vec<(&'static str, String)> {
    let credentials: Vec<_> = counts.credentials().into_iter().map(|(_, credential_type)| credential_type).collect();
    vec![
        ("id", user.id.clone()),
        ("username", user.username.clone()),
        ("email", user.email.clone().unwrap_or_default()),
        ("email verification", user.email_verification.as_str().to_owned()),
        ("name", user.name.clone()),
        ("type", user.user_type.as_str().to_owned()),
        ("state", user.state.as_str().to_owned()),
        ("reference", user.reference.clone().unwrap_or_default()),
        ("credentials", credentials.join(", ")),
        ("memberships", counts.membership_count.to_string()),
        ("created", utc(Some(user.created_at))),
        ("last login", utc(user.last_login_at)),
        ("locked until", utc(user.locked_until(now_ms))),
    ]
}
