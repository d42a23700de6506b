//! `/v1/credentials`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gantry_core::credentials::{self, Credential, CredentialState, CredentialType, Shown};
use gantry_core::realms::Holding;
use gantry_web::qr;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::recovery_codes;
use super::wire::Seconds;
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

/// A credential on the wire. Its fields depend on its type.
#[derive(Serialize)]
struct View<'a> {
    object: &'static str,
    id: &'a str,
    user_id: &'a str,
    credential_type: CredentialType,
    created_at: Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_provider_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<CredentialState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    otp_secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provisioning_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    qr_svg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_codes: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_expires_at: Option<Seconds>,
}

fn view(credential: &Credential) -> View<'_> {
    View {
        object: "credential",
        id: &credential.id,
        user_id: &credential.user_id,
        credential_type: credential.credential_type,
        created_at: Seconds(credential.created_at),
        api_key: None,
        auth_provider_id: credential.auth_provider_id.as_deref(),
        name: credential.name.as_deref(),
        state: (credential.credential_type == CredentialType::Totp).then_some(credential.state),
        otp_secret: None,
        provisioning_uri: None,
        qr_svg: None,
        recovery_codes: None,
        provider_user_id: credential.provider_user_id.as_deref(),
        access_token: None,
        token_expires_at: credential.token_expires_at.map(Seconds),
    }
}

fn answer(status: StatusCode, shown: &Shown) -> Response {
    let (otp_secret, provisioning_uri) = shown.provisioning.as_ref().map(|(secret, uri)| (&**secret, &**uri)).unzip();
    let told = View {
        api_key: shown.api_key.as_ref().map(SecretString::expose_secret),
        access_token: shown.access_token.as_ref().map(SecretString::expose_secret),
        otp_secret,
        qr_svg: provisioning_uri.and_then(qr::svg),
        provisioning_uri,
        ..view(&shown.credential)
    };
    (status, Json(told)).into_response()
}

pub async fn show(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::Credential(&id))).await?;
    Ok(answer(StatusCode::OK, &credentials::find(&api.core, &realm, &call.actor, &id).await?))
}

pub async fn create(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm_of_user(&api.core).await?;
    let fields = call.root();
    Ok(answer(StatusCode::CREATED, &credentials::create(&api.core, &realm, &call.actor, fields).await?))
}

pub async fn update(State(api): State<Arc<Api>>, Path(id): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::Credential(&id))).await?;
    let fields = call.root();
    Ok(answer(StatusCode::OK, &credentials::update(&api.core, &realm, &call.actor, &id, fields).await?))
}

pub async fn delete(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<StatusCode, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::Credential(&id))).await?;
    credentials::delete(&api.core, &realm, &call.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Activates a device. The first recovery codes are returned here, once.
pub async fn verify(State(api): State<Arc<Api>>, Path(id): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::Credential(&id))).await?;
    let fields = call.root();
    let verified = credentials::verify(&api.core, &realm, &call.actor, &id, fields).await?;
    let recovery_codes = verified.codes.as_ref().map(recovery_codes::texts);
    Ok(Json(View { recovery_codes, ..view(&verified.credential) }).into_response())
}
