//! `/v1/user_tokens`: Signup Tokens, under their older name.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gantry_core::credentials::CredentialType;
use gantry_core::signup_tokens::{self, Made, SignupToken};
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

#[derive(Serialize)]
struct View<'a> {
    object: &'static str,
    id: &'a str,
    realm_id: &'a str,
    username: &'a str,
    email: Option<&'a str>,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    credential_type: CredentialType,
}

fn view<'a>(whole: &'a str, token: &'a SignupToken) -> View<'a> {
    View {
        object: "user_token",
        id: whole,
        realm_id: &token.realm_id,
        username: &token.username,
        email: token.email.as_deref(),
        first_name: token.first_name.as_deref(),
        last_name: token.last_name.as_deref(),
        credential_type: token.credential_type,
    }
}

/// Responds with a new token.
pub fn made(made: &Made) -> Response {
    Json(view(made.whole.expose_secret(), &made.token)).into_response()
}

pub async fn show(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, None).await?;
    let token = signup_tokens::find(&api.core, &realm, &call.actor, &id).await?;
    Ok(Json(view(&id, &token)).into_response())
}

pub async fn create(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm_to_create_in(&api.core).await?;
    let fields = call.root();
    let made = signup_tokens::create(&api.core, &realm, &call.actor, fields).await?;
    Ok((StatusCode::CREATED, Json(view(made.whole.expose_secret(), &made.token))).into_response())
}
