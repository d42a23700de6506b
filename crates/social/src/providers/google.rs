//! Google: OpenID Connect, with PKCE.
//!
//! Access tokens from apps are checked at `tokeninfo`: `aud` must be our client.

use gantry_core::auth_providers::{Oauth2, SocialClient};
use serde_json::Value;

use crate::description::{Check, Description, Openid, Profile, Proof};
use crate::error::{Error, Result};
use crate::http::Http;
use crate::whereabouts::Whereabouts;

const TOKEN_INFO: &str = "https://oauth2.googleapis.com/tokeninfo";

pub(super) fn description(at: &Whereabouts) -> Description {
    Description {
        authorization_url: at.of("https://accounts.google.com/o/oauth2/v2/auth"),
        token_url: at.of("https://oauth2.googleapis.com/token"),
        profile_url: Some(at.of("https://openidconnect.googleapis.com/v1/userinfo")),
        scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
        pkce: true,
        proof: Proof::Body,
        openid: Some(Openid {
            // Google documents both spellings.
            issuers: ["https://accounts.google.com", "accounts.google.com"].map(str::to_owned).to_vec(),
            jwks_uri: at.of("https://www.googleapis.com/oauth2/v3/certs"),
            nonce: true,
        }),
        profile: Profile::Openid(Oauth2::default()),
        check: Check::Google,
    }
}

/// Returns the user id of a token that was issued to our client; refuses any other token.
pub async fn check(http: &Http, at: &Whereabouts, client: &SocialClient, token: &str) -> Result<Option<String>> {
    let told = http.get(&at.of(TOKEN_INFO), &[("access_token", token)], None).await?;
    if told.get("aud").and_then(Value::as_str) != Some(client.client_id.as_str()) {
        return Err(Error::Distrusted("the token was issued to another app"));
    }
    Ok(told.get("sub").and_then(Value::as_str).map(str::to_owned))
}
