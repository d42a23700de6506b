//! Buttons of the social providers on the login and signup pages.

use gantry_core::Error;
use gantry_core::auth_providers::{self, AuthProvider};
use gantry_core::words::Word as _;
use minijinja::{Value, context};

use crate::loginrocket::LoginRocket;
use crate::site::Site;

/// Returns the buttons of the realm's active providers; none if logins are not offered.
pub async fn of(loginrocket: &LoginRocket, site: &Site) -> Result<Vec<Value>, Error> {
    if !site.settings.login.is_offered() {
        return Ok(Vec::new());
    }
    let providers = auth_providers::social(&loginrocket.core.db, &site.realm).await?;
    let button = |provider: &AuthProvider| {
        let url = site.kept.at(&format!("/auth/{}", provider.key()));
        context! { kind => provider.provider_type.as_str(), title => provider.title(), url }
    };
    Ok(providers.iter().map(button).collect())
}
