//! Finds, lists, creates, updates and deletes Connected Apps.

use gantry_db::Tx;

use super::store::{self, ConnectedApp};
use super::{fields, redirects};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::Fields;
use crate::json::Json;
use crate::page::{Listed, Offer, Page};
use crate::realms::Realm;

/// Sort orders and page size of the list of Connected Apps.
pub const OFFER: Offer = Offer { sorts: &["name", "id"], descending: false, most: 100 };

/// Redirect target of a finished login.
#[derive(Debug)]
pub struct Destination {
    /// URL without the token.
    pub url: String,
    /// Path that is returned to the app as it was requested.
    pub redir: Option<String>,
}

impl Destination {
    /// Returns the full URL for the browser, with the token, `signup` and `redir`.
    pub fn with_token(&self, token: &str, signup: bool) -> String {
        let mut params = vec![("token", token)];
        if signup {
            params.push(("signup", "true"));
        }
        params.extend(self.redir.as_deref().map(|redir| ("redir", redir)));
        redirects::with_params(&self.url, &params)
    }
}

/// Returns one app with its own domains.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<(ConnectedApp, Vec<String>)> {
    actor.need(Access::Read)?;
    let app = store::find(&core.db, &realm.id, id).await?.ok_or(Error::NotFound("Connected App"))?;
    let domains = store::domains(&core.db, &realm.id, id).await?;
    Ok((app, domains))
}

/// Lists the realm's apps, each with its own domains.
pub async fn list(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    page: &Page,
) -> Result<Listed<(ConnectedApp, Vec<String>)>> {
    actor.need(Access::Read)?;
    let found = match page.item_to_find() {
        Some(id) => store::find(&core.db, &realm.id, id).await?,
        None => None,
    };
    let Listed { items: apps, more, next } =
        page.listed(store::list(&core.db, &realm.id, &page.start(found)?, page).await?);
    let mut items = Vec::new();
    for app in apps {
        let domains = store::domains(&core.db, &realm.id, &app.id).await?;
        items.push((app, domains));
    }
    Ok(Listed { items, more, next })
}

/// Creates an app. If no subdomain is sent, a random one is generated.
pub async fn create(core: &Core, realm: &Realm, actor: &Actor, sent: Fields) -> Result<(ConnectedApp, Vec<String>)> {
    actor.need(Access::AdminRealm)?;
    let mut tx = core.db.begin().await?;
    let made = insert(core, &mut tx, realm, actor, sent).await?;
    tx.commit().await?;
    Ok(made)
}

/// Creates an app within the caller's transaction.
pub(crate) async fn insert(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    mut sent: Fields,
) -> Result<(ConnectedApp, Vec<String>)> {
    let now = core.clock.now_ms();
    let id = core.new_id("lpl", now);
    let mut app = ConnectedApp {
        realm_id: realm.id.clone(),
        name: String::new(),
        login_handler: String::new(),
        signup_handler: None,
        redirect_uris: Json(Vec::new()),
        subdomain: random_subdomain(core),
        primary_domain: None,
        header: None,
        footer: None,
        external_css: None,
        allowed_origins: Json(Vec::new()),
        jsonp: false,
        created_at: now,
        logo_url: None,
        accent_color: None,
        logo_dark_url: None,
        favicon_url: None,
        id,
    };
    fields::apply(&mut app, &mut sent);
    let domains = fields::custom_domains(&mut sent).unwrap_or_default();
    primary_domain(&mut app, &domains, &mut sent);
    sent.finish()?;
    store::insert(tx, &app).await.map_err(taken)?;
    store::set_domains(tx, &app, &domains).await.map_err(taken)?;
    events::record(core, tx, realm, actor, EventType::ConnectedAppCreated, about(&app)).await?;
    Ok((app, domains))
}

/// Changes an app.
pub async fn update(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    id: &str,
    mut sent: Fields,
) -> Result<(ConnectedApp, Vec<String>)> {
    actor.need(Access::AdminRealm)?;
    let mut tx = core.db.begin().await?;
    let mut app = store::lock(&mut tx, &realm.id, id).await?.ok_or(Error::NotFound("Connected App"))?;
    fields::apply(&mut app, &mut sent);
    let domains = match fields::custom_domains(&mut sent) {
        Some(domains) => domains,
        None => store::domains(&mut tx, &realm.id, id).await?,
    };
    primary_domain(&mut app, &domains, &mut sent);
    sent.finish()?;
    store::update(&mut tx, &app).await.map_err(taken)?;
    store::set_domains(&mut tx, &app, &domains).await.map_err(taken)?;
    events::record(core, &mut tx, realm, actor, EventType::ConnectedAppUpdated, about(&app)).await?;
    tx.commit().await?;
    Ok((app, domains))
}

/// Deletes an app. Its hosted pages are no longer served.
pub async fn delete(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<()> {
    actor.need(Access::AdminRealm)?;
    let mut tx = core.db.begin().await?;
    let app = store::lock(&mut tx, &realm.id, id).await?.ok_or(Error::NotFound("Connected App"))?;
    store::delete(&mut tx, &realm.id, id).await?;
    events::record(core, &mut tx, realm, actor, EventType::ConnectedAppDeleted, about(&app)).await?;
    tx.commit().await?;
    Ok(())
}

/// Finds the app at `<subdomain>.<login domain>`, and its realm.
pub async fn at_subdomain(core: &Core, subdomain: &str) -> Result<Option<(ConnectedApp, Realm)>> {
    store::at_subdomain(&core.db, subdomain).await
}

/// Finds the app with this custom domain, and its realm.
pub async fn at_domain(core: &Core, domain: &str) -> Result<Option<(ConnectedApp, Realm)>> {
    store::at_domain(&core.db, domain).await
}

/// Returns the destination of a login: `redirect_uri` if the app allows it, otherwise the app's login handler.
pub fn destination(app: &ConnectedApp, redirect_uri: Option<&str>, redir: Option<&str>) -> Destination {
    let url = redirect_uri.and_then(|asked| redirects::allowed(&app.redirect_uris.0, asked));
    Destination { url: url.unwrap_or_else(|| app.login_handler.clone()), redir: redir.and_then(redirects::cut_redir) }
}

/// Returns the destination of a signup token: the app's signup handler, or its login handler if there is none.
pub fn signup_destination(app: &ConnectedApp, redir: Option<&str>) -> Destination {
    let url = app.signup_handler.clone().unwrap_or_else(|| app.login_handler.clone());
    Destination { url, redir: redir.and_then(redirects::cut_redir) }
}

fn primary_domain(app: &mut ConnectedApp, domains: &[String], sent: &mut Fields) {
    app.primary_domain = sent.line("primary_domain", 253).patch(app.primary_domain.take());
    if app.primary_domain.as_ref().is_some_and(|primary| !domains.contains(primary)) {
        sent.error("primary_domain", "unknown", "Primary domain must be one of the custom domains");
    }
}

/// Generates ten random letters and digits, beginning with a letter.
fn random_subdomain(core: &Core) -> String {
    const CHARACTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut bytes = [0; 10];
    core.random.fill(&mut bytes);
    let pick = |(at, byte): (usize, u8)| {
        let most = if at == 0 { 26 } else { CHARACTERS.len() };
        char::from(CHARACTERS[usize::from(byte) % most])
    };
    bytes.into_iter().enumerate().map(pick).collect()
}

fn about(app: &ConnectedApp) -> Subject<'_> {
    Subject { connected_app: Some(&app.id), ..Subject::default() }
}

fn taken(error: gantry_db::Error) -> Error {
    if error.is_unique("connected_apps_subdomain") {
        Error::invalid("subdomain", "taken", "Subdomain has already been taken")
    } else if matches!(&error, gantry_db::Error::Unique(name) if name.starts_with("connected_app_domains")) {
        Error::invalid("custom_domains", "taken", "Custom domains has a domain that is taken")
    } else {
        error.into()
    }
}
