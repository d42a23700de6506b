//! GitHub: OAuth 2 with PKCE. The profile takes two requests, the second of which returns the email addresses.
//!
//! Access tokens from apps are checked at GitHub's token endpoint for apps, which accepts tokens of our app only.

use gantry_core::auth_providers::SocialClient;
use gantry_core::social_logins::Identity;
use serde_json::{Value, json};

use crate::description::{Check, Description, Profile, Proof};
use crate::error::{Error, Result};
use crate::http::Http;
use crate::profile::{is_true, split};
use crate::whereabouts::Whereabouts;

const USER: &str = "https://api.github.com/user";
const EMAILS: &str = "https://api.github.com/user/emails";

pub(super) fn description(at: &Whereabouts) -> Description {
    Description {
        authorization_url: at.of("https://github.com/login/oauth/authorize"),
        token_url: at.of("https://github.com/login/oauth/access_token"),
        profile_url: Some(at.of(USER)),
        scopes: ["read:user", "user:email"].map(str::to_owned).to_vec(),
        pkce: true,
        proof: Proof::Body,
        openid: None,
        profile: Profile::Github,
        check: Check::Github,
    }
}

/// Fetches the profile of the token's owner. Users who hide their addresses have no email.
pub async fn profile(http: &Http, at: &Whereabouts, token: &str) -> Result<Identity> {
    let user = http.get(&at.of(USER), &[], Some(token)).await?;
    let emails = match http.get(&at.of(EMAILS), &[], Some(token)).await {
        Ok(emails) => emails,
        Err(Error::Refused(_)) => Value::Null,
        Err(error) => return Err(error),
    };
    let text = |name: &str| user.get(name).and_then(Value::as_str).map(str::to_owned);
    let (email, email_verified) = primary(&emails);
    let (first_name, last_name) = text("name").as_deref().map_or((None, None), split);
    Ok(Identity {
        provider_user_id: user.get("id").and_then(Value::as_u64).map(|id| id.to_string()).unwrap_or_default(),
        email,
        email_verified,
        username: text("login"),
        first_name,
        last_name,
        access_token: None,
        token_expires_at: None,
    })
}

/// Returns the user's primary address and whether it is verified.
fn primary(emails: &Value) -> (Option<String>, bool) {
    let is = |email: &Value, name: &str| email.get(name).is_some_and(is_true);
    let primary = emails.as_array().and_then(|all| all.iter().find(|email| is(email, "primary")));
    let Some(primary) = primary else { return (None, false) };
    let address = primary.get("email").and_then(Value::as_str).map(str::to_owned);
    (address, is(primary, "verified"))
}

/// Returns the user id of a token that was issued to our client; refuses any other token.
pub async fn check(http: &Http, at: &Whereabouts, client: &SocialClient, token: &str) -> Result<Option<String>> {
    let url = at.of(&format!("https://api.github.com/applications/{}/token", client.client_id));
    let told = http.post_json(&url, &json!({ "access_token": token }), client).await?;
    if told["app"]["client_id"].as_str() != Some(client.client_id.as_str()) {
        return Err(Error::Distrusted("the token was issued to another app"));
    }
    Ok(told["user"]["id"].as_u64().map(|id| id.to_string()))
}
