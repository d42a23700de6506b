//! Exchanges an authorization code for tokens.

use gantry_core::auth_providers::SocialClient;
use gantry_core::social_logins::Pending;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::description::{Description, Proof};
use crate::error::{Error, Result};
use crate::http::Http;

/// Tokens of a successful exchange.
pub struct Tokens {
    /// Access token for the provider's API.
    pub access: SecretString,
    /// Lifetime of the access token in seconds, if the provider reports it.
    pub expires_in: Option<i64>,
    /// ID token, from OpenID providers only.
    pub id: Option<SecretString>,
}

/// Exchanges an authorization code. The provider compares the redirect URI and, with PKCE, the verifier.
pub async fn exchange(
    http: &Http,
    description: &Description,
    client: &SocialClient,
    pending: &Pending,
    code: &str,
) -> Result<Tokens> {
    let mut form =
        vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", pending.way.callback.as_str())];
    if description.pkce {
        form.push(("code_verifier", &pending.verifier));
    }
    if description.proof == Proof::Body {
        form.extend([
            ("client_id", client.client_id.as_str()),
            ("client_secret", client.client_secret.expose_secret()),
        ]);
    }
    let basic = (description.proof == Proof::Basic).then_some(client);
    let answer = http.post(&description.token_url, &form, basic).await?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let access = text("access_token").ok_or_else(|| Error::Unreachable("it answered without a token".to_owned()))?;
    Ok(Tokens {
        access: SecretString::from(access),
        expires_in: answer.get("expires_in").and_then(seconds),
        id: text("id_token").map(SecretString::from),
    })
}

/// Reads a lifetime in seconds, which some providers send as text. Ignores values outside 1 second to 10 years.
fn seconds(value: &Value) -> Option<i64> {
    let seconds = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
    (1..=10 * 365 * 24 * 3600).contains(&seconds).then_some(seconds)
}
