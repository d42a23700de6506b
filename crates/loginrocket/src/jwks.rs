//! The public keys that an app verifies login tokens with, as a JWK Set (RFC 7517).
//!
//! Anybody may read them, from any page. Secrets of HS256 are never among them. The key that signs next is listed a day
//! before it does, so an app that fetches the set once a day, or for a `kid` that it does not know, never refuses a token.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use gantry_core::jwt_keys::{self, PublicJwtKey};
use serde_json::{Value, json};

use crate::loginrocket::LoginRocket;
use crate::page::Shown;
use crate::site::Site;

/// Short, since a key that leaked is taken out of the set.
const CACHE: &str = "public, max-age=300";

/// RFC 7517, section 4, and RFC 7518, section 6.3.1. AuthRocket's clients put `BEGIN PUBLIC KEY` around the `x5c`: it is
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
