//! `gantry sessions`: lists and ends sessions.

use clap::{Args, Subcommand};
use gantry_api::views;
use gantry_core::actor::Actor;
use gantry_core::page::Asked;
use gantry_core::realms::Realm;
use gantry_core::sessions::{self, Session};
use gantry_core::users::User;

use super::open::open_existing;
use super::output::{Listing, explain, printable};
use super::paging::{ListOptions, Quota};
use super::realm_option::{RealmOption, find_user};
use super::say::say;
use super::times::utc;
use crate::app::App;
use crate::config::Config;
use crate::flags::DatabaseFlags;

/// List and end sessions
#[derive(Debug, Args)]
pub struct Sessions {
    /// Which realm.
    #[command(flatten)]
    pub realm: RealmOption,
    /// Settings.
    #[command(flatten)]
    pub flags: DatabaseFlags,
    /// What to do with them.
    #[command(subcommand)]
    pub action: SessionsAction,
}

/// What to do with sessions.
#[derive(Debug, Subcommand)]
pub enum SessionsAction {
    List(SessionsList),
    End(SessionsEnd),
}

/// List the sessions that are live, in the order in which they began
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gantry sessions list
  gantry sessions list --user ada@example.com --json")]
pub struct SessionsList {
    /// Only those of this user, by id, username or email address
    #[arg(long, value_name = "USER")]
    pub user: Option<String>,
    /// How much, and how.
    #[command(flatten)]
    pub options: ListOptions,
}

/// End a session, or all of a user; the next request with them is refused
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gantry sessions end kss_0YTIbM4Da9ezu1JaQzZbpK
  gantry sessions end --user ada")]
pub struct SessionsEnd {
    /// The session's id, as `gantry sessions list` shows it
    #[arg(value_name = "SESSION", required_unless_present = "user", conflicts_with = "user")]
    pub id: Option<String>,
    /// End all of this user, by id, username or email address
    #[arg(long, value_name = "USER")]
    pub user: Option<String>,
}

/// Runs `gantry sessions`.
pub async fn run(config: &Config, wanted: &Sessions) -> anyhow::Result<()> {
    let app = open_existing(config).await?;
    let realm = wanted.realm.find(&app).await?;
    let done = match &wanted.action {
        SessionsAction::List(wanted) => list(&app, &realm, wanted).await,
        SessionsAction::End(SessionsEnd { user: Some(user), .. }) => end_all(&app, &realm, user).await,
        SessionsAction::End(SessionsEnd { id, .. }) => end(&app, &realm, id.as_deref().unwrap_or_default()).await,
    };
    app.core.db.close().await;
    done
}

async fn list(app: &App, realm: &Realm, wanted: &SessionsList) -> anyhow::Result<()> {
    let user = match &wanted.user {
        Some(text) => Some(find_user(app, realm, text).await?.0),
        None => None,
    };
    let now_ms = app.core.clock.now_ms();
    let mut listing = Listing::new(wanted.options.json, ["id", "user", "address", "began", "ends", "client"]);
    let (mut quota, mut after) = (Quota::of(&wanted.options), None::<String>);
    loop {
        let asked = Asked { after: after.as_deref(), max_results: Some(&quota.page_size()), ..Asked::default() };
        let page = sessions::OFFER.page(&asked).map_err(explain)?;
        let owner = user.as_ref().map(|user| user.id.as_str());
        let listed =
            sessions::list_of_realm(&app.core, realm, &Actor::system(), owner, &page).await.map_err(explain)?;
        for (session, user) in &listed.items {
            listing.add(|| cells(session, user), &views::session_of(session, user, now_ms))?;
        }
        listing.say_page()?;
        if !quota.goes_on(listed.items.len(), listed.more) {
            return listing.finish();
        }
        after = listed.next;
    }
}

fn cells(session: &Session, user: &User) -> [String; 6] {
    [
        session.id.clone(),
        user.username.clone(),
        session.request_ip.clone().unwrap_or_default(),
        utc(Some(session.created_at)),
        utc(Some(session.expires_at)),
        session.request_client.clone().unwrap_or_default(),
    ]
}

async fn end(app: &App, realm: &Realm, id: &str) -> anyhow::Result<()> {
    sessions::end_by_id(&app.core, realm, &Actor::system(), id).await.map_err(explain)?;
    say(format_args!("ended {}", printable(id)))
}

async fn end_all(app: &App, realm: &Realm, user: &str) -> anyhow::Result<()> {
    let (user, _) = find_user(app, realm, user).await?;
    sessions::end_all_of(&app.core, realm, &Actor::system(), &user.id).await.map_err(explain)?;
    say(format_args!("ended every session of {} ({})", printable(&user.username), user.id))
}
