//! Builds the provider's authorization URL.

use gantry_core::auth_providers::SocialClient;
use gantry_core::social_logins::Begun;
use secrecy::ExposeSecret as _;
use url::Url;

use crate::description::Description;
use crate::error::{Error, Result};

/// Returns the authorization URL for the browser. Query parameters of the configured URL are kept, except those that
/// only we may set.
pub fn url(description: &Description, client: &SocialClient, begun: &Begun, callback: &str) -> Result<String> {
    let unreadable = || Error::Unreachable("its authorization address cannot be read".to_owned());
    let mut url = Url::parse(&description.authorization_url).map_err(|_| unreadable())?;
    let scope = scopes(description, client.provider.scopes.as_deref());
    let mut ours = vec![
        ("response_type", "code"),
        ("client_id", &client.client_id),
        ("redirect_uri", callback),
        ("state", begun.state.expose_secret()),
    ];
    if !scope.is_empty() {
        ours.push(("scope", &scope));
    }
    if description.pkce {
        ours.extend([("code_challenge", &*begun.challenge), ("code_challenge_method", "S256")]);
    }
    if description.openid.as_ref().is_some_and(|openid| openid.nonce) {
        ours.push(("nonce", &begun.nonce));
    }
    let own: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let kept = own.iter().filter(|(name, _)| ours.iter().all(|(of_us, _)| of_us != name));
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(kept);
    query.extend_pairs(&ours);
    url.set_query(Some(&query.finish()));
    url.set_fragment(None);
    Ok(url.into())
}

/// Scopes that the provider requires, followed by the additional ones of the realm.
fn scopes(description: &Description, extra: Option<&str>) -> String {
    let mut all: Vec<&str> = description.scopes.iter().map(String::as_str).collect();
    for scope in extra.unwrap_or_default().split_whitespace() {
        if !all.contains(&scope) {
            all.push(scope);
        }
    }
    all.join(" ")
}
