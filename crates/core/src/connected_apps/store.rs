//! SQL of Connected Apps.

use gantry_db::{Query, Sql, Tx, params, row, statements};

use crate::error::Result;
use crate::json::Json;
use crate::page::{Listable, Page, PageStart, SortKey};
use crate::realms::Realm;

row! {
    /// A Connected App.
    #[derive(Debug, Clone)]
    pub struct ConnectedApp as "a" {
        /// Connected App id, `lpl_…`.
        pub id: String,
        /// Realm id, `rl_…`.
        pub realm_id: String,
        /// Title of the hosted pages.
        pub name: String,
        /// URL that receives finished logins.
        pub login_handler: String,
        /// URL that receives signup tokens. `None`: the login handler.
        pub signup_handler: Option<String>,
        /// Further URIs that a login may be redirected to.
        pub redirect_uris: Json<Vec<String>>,
        /// First label of its host, `<subdomain>.<login domain>`; unique on this server.
        pub subdomain: String,
        /// The custom domain that is used in links.
        pub primary_domain: Option<String>,
        /// HTML above the pages.
        pub header: Option<String>,
        /// HTML below the pages.
        pub footer: Option<String>,
        /// URL of a stylesheet.
        pub external_css: Option<String>,
        /// Origins that may use the browser API.
        pub allowed_origins: Json<Vec<String>>,
        /// Whether the browser API answers with JSONP.
        pub jsonp: bool,
        /// Creation time in epoch milliseconds.
        pub created_at: i64,
        /// URL of the logo, shown in place of the first letter.
        pub logo_url: Option<String>,
        /// Accent color of the pages, such as `#17594a`.
        pub accent_color: Option<String>,
        /// URL of the logo on dark pages. `None`: `logo_url` is used for both.
        pub logo_dark_url: Option<String>,
        /// URL of the icon that browsers show for the pages.
        pub favicon_url: Option<String>,
    }
}

row! {
    struct Domain { domain: String }
}

impl Listable for ConnectedApp {
    fn id(&self) -> &str {
        &self.id
    }

    fn sort_key(&self, sort: &str) -> SortKey {
        SortKey::Text(if sort == "id" { String::new() } else { self.name.clone() })
    }
}

statements! {
    INSERT: () = "INSERT INTO connected_apps (", ConnectedApp::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    FIND: ConnectedApp = "SELECT ", ConnectedApp::COLUMNS, " FROM connected_apps WHERE realm_id = $1 AND id = $2";
    LOCK: ConnectedApp = "SELECT ", ConnectedApp::COLUMNS, " FROM connected_apps WHERE realm_id = $1 AND id = $2 FOR UPDATE";
    AT_SUBDOMAIN: (ConnectedApp, Realm) = "SELECT ", ConnectedApp::ALIASED, ", ", Realm::ALIASED, "
        FROM connected_apps a JOIN realms r ON r.id = a.realm_id WHERE a.subdomain = $1";
    AT_DOMAIN: (ConnectedApp, Realm) = "SELECT ", ConnectedApp::ALIASED, ", ", Realm::ALIASED, "
        FROM connected_app_domains d JOIN connected_apps a ON a.id = d.connected_app_id
        JOIN realms r ON r.id = a.realm_id WHERE d.domain = $1";
    UP_BY_NAME: ConnectedApp = "SELECT ", ConnectedApp::COLUMNS, " FROM connected_apps WHERE realm_id = $1 AND (name, id) > ($2, $3) ORDER BY name, id LIMIT $4";
    DOWN_BY_NAME: ConnectedApp = "SELECT ", ConnectedApp::COLUMNS, " FROM connected_apps WHERE realm_id = $1 AND (name, id) < ($2, $3) ORDER BY name DESC, id DESC LIMIT $4";
    UP_BY_ID: ConnectedApp = "SELECT ", ConnectedApp::COLUMNS, " FROM connected_apps WHERE realm_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    DOWN_BY_ID: ConnectedApp = "SELECT ", ConnectedApp::COLUMNS, " FROM connected_apps WHERE realm_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    OF_MAILS: ConnectedApp = "SELECT ", ConnectedApp::COLUMNS, " FROM connected_apps
        WHERE realm_id = $1 ORDER BY CASE WHEN id = $2 THEN 0 ELSE 1 END, id LIMIT 1";
    UPDATE: () = "UPDATE connected_apps SET name = $3, login_handler = $4, signup_handler = $5, redirect_uris = $6,
        subdomain = $7, primary_domain = $8, header = $9, footer = $10, external_css = $11, allowed_origins = $12,
        jsonp = $13, created_at = $14, logo_url = $15, accent_color = $16, logo_dark_url = $17, favicon_url = $18
        WHERE realm_id = $2 AND id = $1";
    DELETE: () = "DELETE FROM connected_apps WHERE realm_id = $1 AND id = $2";
    DOMAINS: Domain = "SELECT domain FROM connected_app_domains WHERE realm_id = $1 AND connected_app_id = $2 ORDER BY domain";
    ADD_DOMAIN: () = "INSERT INTO connected_app_domains (domain, realm_id, connected_app_id) VALUES ($3, $1, $2)";
    DROP_DOMAINS: () = "DELETE FROM connected_app_domains WHERE realm_id = $1 AND connected_app_id = $2";
}

pub(super) async fn insert(tx: &mut Tx, app: &ConnectedApp) -> Result<(), gantry_db::Error> {
    write(tx, &INSERT, app).await
}

pub(super) async fn update(tx: &mut Tx, app: &ConnectedApp) -> Result<(), gantry_db::Error> {
    write(tx, &UPDATE, app).await
}

async fn write(tx: &mut Tx, sql: &Sql<()>, app: &ConnectedApp) -> Result<(), gantry_db::Error> {
    let (redirect_uris, allowed_origins) = (app.redirect_uris.text(), app.allowed_origins.text());
    let values = params![
        &app.id,
        &app.realm_id,
        &app.name,
        &app.login_handler,
        &app.signup_handler,
        &redirect_uris,
        &app.subdomain,
        &app.primary_domain,
        &app.header,
        &app.footer,
        &app.external_css,
        &allowed_origins,
        app.jsonp,
        app.created_at,
        &app.logo_url,
        &app.accent_color,
        &app.logo_dark_url,
        &app.favicon_url,
    ];
    tx.execute(sql, values).await.map(|_| ())
}

pub(super) async fn find(q: impl Query, realm: &str, id: &str) -> Result<Option<ConnectedApp>> {
    Ok(q.row(&FIND, params![realm, id]).await?)
}

/// Returns the app that links in mails lead to: the wanted one if it exists, otherwise the realm's oldest one.
pub async fn of_mails(q: impl Query, realm: &str, wanted: Option<&str>) -> Result<Option<ConnectedApp>> {
    Ok(q.row(&OF_MAILS, params![realm, wanted]).await?)
}

pub(super) async fn lock(tx: &mut Tx, realm: &str, id: &str) -> Result<Option<ConnectedApp>> {
    Ok(tx.row(&LOCK, params![realm, id]).await?)
}

/// Finds the app with this subdomain, and its realm. Subdomains are unique, so the realm need not be given.
pub(super) async fn at_subdomain(q: impl Query, subdomain: &str) -> Result<Option<(ConnectedApp, Realm)>> {
    Ok(q.row(&AT_SUBDOMAIN, params![subdomain]).await?)
}

/// Finds the app with this custom domain, and its realm.
pub(super) async fn at_domain(q: impl Query, domain: &str) -> Result<Option<(ConnectedApp, Realm)>> {
    Ok(q.row(&AT_DOMAIN, params![domain]).await?)
}

/// Returns a page of the realm's apps from `start` on.
pub(super) async fn list(q: impl Query, realm: &str, start: &PageStart, page: &Page) -> Result<Vec<ConnectedApp>> {
    let (name, id) = (start.text(), start.id());
    let rows = match (page.sort, page.descending) {
        ("id", false) => q.rows(&UP_BY_ID, params![realm, id, page.probe()]).await,
        ("id", true) => q.rows(&DOWN_BY_ID, params![realm, id, page.probe()]).await,
        (_, false) => q.rows(&UP_BY_NAME, params![realm, name, id, page.probe()]).await,
        (_, true) => q.rows(&DOWN_BY_NAME, params![realm, name, id, page.probe()]).await,
    };
    Ok(rows?)
}

/// Deletes an app. Returns whether it existed.
pub(super) async fn delete(tx: &mut Tx, realm: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, params![realm, id]).await? > 0)
}

/// Returns the app's own domains.
pub(super) async fn domains(q: impl Query, realm: &str, id: &str) -> Result<Vec<String>> {
    Ok(q.rows(&DOMAINS, params![realm, id]).await?.into_iter().map(|row| row.domain).collect())
}

/// Replaces the app's own domains.
pub(super) async fn set_domains(tx: &mut Tx, app: &ConnectedApp, domains: &[String]) -> Result<(), gantry_db::Error> {
    tx.execute(&DROP_DOMAINS, params![&app.realm_id, &app.id]).await?;
    for domain in domains {
        tx.execute(&ADD_DOMAIN, params![&app.realm_id, &app.id, domain]).await?;
    }
    Ok(())
}
