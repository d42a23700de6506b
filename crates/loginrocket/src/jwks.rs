//! The public keys for verifying login tokens, as a JWK Set (RFC 7517).
//!
//! Readable without authentication, from any origin. HS256 secrets are never included. The next signing key is
//! published a day before its first use, so an app that fetches the set daily, or on an unknown `kid`, never rejects a
//! valid token.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use gantry_core::jwt_keys::{self, PublicJwtKey};
use serde_json::{Value, json};

use crate::loginrocket::LoginRocket;
use crate::page::Shown;
use crate::site::Site;

/// Short, since a leaked key is removed from the set.
const CACHE: &str = "public, max-age=300";

/// RFC 7517, section 4, and RFC 7518, section 6.3.1. AuthRocket's clients wrap `x5c` in `BEGIN PUBLIC KEY`, so it holds
/// the bare key, not a certificate.
fn jwk(key: &PublicJwtKey) -> Value {
    let PublicJwtKey { id, rsa } = key;
    json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id, "n": rsa.modulus, "e": rsa.exponent, "x5c": [rsa.spki] })
}

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site) -> Result<Response, Shown> {
    let keys = jwt_keys::public(&loginrocket.core, &site.realm).await;
    let keys = keys.map_err(|error| site.failed(&loginrocket, error))?;
    let set = json!({ "keys": keys.iter().map(jwk).collect::<Vec<_>>() });
    let headers = [(header::CACHE_CONTROL, CACHE), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    Ok((headers, Json(set)).into_response())
}
