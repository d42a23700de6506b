//! `/v1/login_policies`: Connected Apps, under their older name.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gantry_core::connected_apps::{self, ConnectedApp, OFFER};
use gantry_core::realms::Holding;
use serde::Serialize;

use super::wire::{Collection, Seconds};
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

#[derive(Serialize)]
struct View<'a> {
    object: &'static str,
    id: &'a str,
    realm_id: &'a str,
    name: &'a str,
    login_handler: &'a str,
    signup_handler: Option<&'a str>,
    redirect_uris: &'a [String],
    subdomain: &'a str,
    base_domain: &'a str,
    domains: Vec<String>,
    custom_domains: &'a [String],
    primary_domain: Option<&'a str>,
    header: Option<&'a str>,
    footer: Option<&'a str>,
    external_css: Option<&'a str>,
    logo_url: Option<&'a str>,
    logo_dark_url: Option<&'a str>,
    favicon_url: Option<&'a str>,
    accent_color: Option<&'a str>,
    allowed_origins: &'a [String],
    jsonp: bool,
    created_at: Seconds,
}

fn view<'a>(api: &'a Api, app: &'a ConnectedApp, custom_domains: &'a [String]) -> View<'a> {
    let mut domains = vec![format!("{}.{}", app.subdomain, api.login_domain)];
    domains.extend_from_slice(custom_domains);
    View {
        object: "login_policy",
        id: &app.id,
        realm_id: &app.realm_id,
        name: &app.name,
        login_handler: &app.login_handler,
        signup_handler: app.signup_handler.as_deref(),
        redirect_uris: &app.redirect_uris.0,
        subdomain: &app.subdomain,
        base_domain: &api.login_domain,
        domains,
        custom_domains,
        primary_domain: app.primary_domain.as_deref(),
        header: app.header.as_deref(),
        footer: app.footer.as_deref(),
        external_css: app.external_css.as_deref(),
        logo_url: app.logo_url.as_deref(),
        logo_dark_url: app.logo_dark_url.as_deref(),
        favicon_url: app.favicon_url.as_deref(),
        accent_color: app.accent_color.as_deref(),
        allowed_origins: &app.allowed_origins.0,
        jsonp: app.jsonp,
        created_at: Seconds(app.created_at),
    }
}

fn answer(api: &Api, status: StatusCode, (app, domains): &(ConnectedApp, Vec<String>)) -> Response {
    (status, Json(view(api, app, domains))).into_response()
}

pub async fn list(State(api): State<Arc<Api>>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, None).await?;
    let page = call.page(&OFFER)?;
    let listed = connected_apps::list(&api.core, &realm, &call.actor, &page).await?;
    Ok(Collection::page(&listed, listed.items.iter().map(|(app, domains)| view(&api, app, domains))))
}

pub async fn show(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::ConnectedApp(&id))).await?;
    let found = connected_apps::find(&api.core, &realm, &call.actor, &id).await?;
    Ok(answer(&api, StatusCode::OK, &found))
}

pub async fn create(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm_to_create_in(&api.core).await?;
    let fields = call.root();
    let made = connected_apps::create(&api.core, &realm, &call.actor, fields).await?;
    Ok(answer(&api, StatusCode::CREATED, &made))
}

pub async fn update(State(api): State<Arc<Api>>, Path(id): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::ConnectedApp(&id))).await?;
    let fields = call.root();
    let changed = connected_apps::update(&api.core, &realm, &call.actor, &id, fields).await?;
    Ok(answer(&api, StatusCode::OK, &changed))
}

pub async fn delete(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<StatusCode, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::ConnectedApp(&id))).await?;
    connected_apps::delete(&api.core, &realm, &call.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
