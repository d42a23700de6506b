//! Facebook: OAuth 2 and the Graph API. Facebook does not report whether an address is verified, so none counts as
//! verified.
//!
//! Each profile request proves that we know the app's secret (`appsecret_proof`). Access tokens from apps are checked
//! at `debug_token`: they must be valid and issued to our app.

use gantry_core::auth_providers::SocialClient;
use gantry_core::social_logins::Identity;
use gantry_crypto::pkce;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::description::{Check, Description, Profile, Proof};
use crate::error::{Error, Result};
use crate::http::Http;
use crate::profile;
use crate::whereabouts::Whereabouts;

const ME: &str = "https://graph.facebook.com/v23.0/me";
const DEBUG: &str = "https://graph.facebook.com/v23.0/debug_token";

pub(super) fn description(at: &Whereabouts) -> Description {
    Description {
        authorization_url: at.of("https://www.facebook.com/v23.0/dialog/oauth"),
        token_url: at.of("https://graph.facebook.com/v23.0/oauth/access_token"),
        profile_url: Some(at.of(ME)),
        scopes: ["public_profile", "email"].map(str::to_owned).to_vec(),
        // Facebook documents PKCE for its ID tokens only.
        pkce: false,
        proof: Proof::Body,
        openid: None,
        profile: Profile::Facebook,
        check: Check::Facebook,
    }
}

/// Fetches the profile of the token's owner.
pub async fn profile(http: &Http, at: &Whereabouts, client: &SocialClient, token: &str) -> Result<Identity> {
    let proof = pkce::keyed_hash(client.client_secret.expose_secret(), token);
    let query =
        [("fields", "id,name,first_name,last_name,email"), ("access_token", token), ("appsecret_proof", &proof)];
    let told = http.get(&at.of(ME), &query, None).await?;
    let told = told.as_object().ok_or_else(|| Error::Unreachable("it told of nobody".to_owned()))?;
    Ok(Identity { email_verified: false, ..profile::read(told, &gantry_core::auth_providers::Oauth2::default()) })
}

/// Returns the user id of a token that was issued to our client; refuses any other token.
pub async fn check(http: &Http, at: &Whereabouts, client: &SocialClient, token: &str) -> Result<Option<String>> {
    let ours = format!("{}|{}", client.client_id, client.client_secret.expose_secret());
    let told = http.get(&at.of(DEBUG), &[("input_token", token), ("access_token", &ours)], None).await?;
    let told = &told["data"];
    if told["is_valid"] != Value::Bool(true) {
        return Err(Error::Refused("invalid_token".to_owned()));
    }
    if told["app_id"].as_str() != Some(client.client_id.as_str()) {
        return Err(Error::Distrusted("the token was issued to another app"));
    }
    Ok(told["user_id"].as_str().map(str::to_owned))
}
