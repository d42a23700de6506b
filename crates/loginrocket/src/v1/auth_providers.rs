//! `auth_providers`: the social providers, each with the URL where a login starts.

use axum::extract::State;
use gantry_core::auth_providers::{self, AuthProvider};
use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::refusal::Refusal;
use crate::loginrocket::LoginRocket;

/// Lists the active social providers, if the app offers logins.
pub async fn list(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    let site = &*call.site;
    Refusal::unless(call.door().has(site.settings.login))?;
    let providers = auth_providers::social(&loginrocket.core.db, &site.realm).await?;
    let collection: Vec<Value> = providers.iter().map(|provider| view(&call, provider)).collect();
    Ok(Answer::default().with("collection", collection))
}

fn view(call: &Call, provider: &AuthProvider) -> Value {
    let start = call.kept.at(&format!("/auth/{}", provider.key()));
    json!({
        "id": provider.id,
        "provider_type": provider.provider_type,
        "name": provider.title(),
        "url": format!("{}{start}", call.site.origin),
    })
}
