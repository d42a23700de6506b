//! `gantry users list`

use clap::{Args, ValueEnum};
use gantry_api::views;
use gantry_core::actor::Actor;
use gantry_core::page::Asked;
use gantry_core::realms::Realm;
use gantry_core::users::{self, User, UserType, Wanted, names};
use gantry_core::words::{State, Word as _};

use crate::app::App;
use crate::commands::output::{Listing, explain};
use crate::commands::paging::{ListOptions, Quota};
use crate::commands::times::utc;

/// List the users of a realm
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gantry users list --realm Shop --max 20
  gantry users list --search ada
  gantry users list --state inactive --json")]
pub struct UsersList {
    /// Only users whose username, email address or name begins with this
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// Only the user with this email address
    #[arg(long, value_name = "ADDR")]
    pub email: Option<String>,
    /// Only the users with this reference
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// Only users in this state
    #[arg(long, value_name = "STATE")]
    pub state: Option<UserState>,
    /// Only users of this type
    #[arg(long = "type", value_name = "TYPE")]
    pub user_type: Option<TypeOfUser>,
    /// How much, and how.
    #[command(flatten)]
    pub options: ListOptions,
}

/// `--state`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UserState {
    /// Can log in
    Active,
    /// Cannot
    Inactive,
}

/// `--type`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TypeOfUser {
    /// People
    Human,
    /// Systems
    Api,
}

pub(super) async fn run(app: &App, realm: &Realm, wanted: &UsersList) -> anyhow::Result<()> {
    let (filter, now_ms) = (filter(wanted), app.core.clock.now_ms());
    let titles = ["id", "username", "email", "name", "type", "state", "last login"];
    let mut listing = Listing::new(wanted.options.json, titles);
    let (mut quota, mut after) = (Quota::of(&wanted.options), None::<String>);
    loop {
        let asked = Asked { after: after.as_deref(), max_results: Some(&quota.page_size()), ..Asked::default() };
        let page = users::OFFER.page(&asked).map_err(explain)?;
        let listed = users::list(&app.core, realm, &Actor::system(), &filter, &page).await.map_err(explain)?;
        for user in &listed.items {
            listing.add(|| cells(user), &views::user_item(user, now_ms))?;
        }
        listing.say_page()?;
        if !quota.goes_on(listed.items.len(), listed.more) {
            return listing.finish();
        }
        after = listed.next;
    }
}

fn filter(wanted: &UsersList) -> Wanted<'_> {
    Wanted {
        reference: wanted.reference.as_deref(),
        state: wanted.state.map(|state| match state {
            UserState::Active => State::Active,
            UserState::Inactive => State::Inactive,
        }),
        user_type: wanted.user_type.map(|user_type| match user_type {
            TypeOfUser::Human => UserType::Human,
            TypeOfUser::Api => UserType::Api,
        }),
        // Text that is not a valid address matches no user.
        email: wanted.email.as_deref().map(|text| names::email(text).unwrap_or_default()),
        search: wanted.search.as_deref(),
        ..Wanted::default()
    }
}

fn cells(user: &User) -> [String; 7] {
    [
        user.id.clone(),
        user.username.clone(),
        user.email.clone().unwrap_or_default(),
        user.name.clone(),
        user.user_type.as_str().to_owned(),
        user.state.as_str().to_owned(),
        utc(user.last_login_at),
    ]
}
