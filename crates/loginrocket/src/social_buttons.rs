//! The other sites to log in at, as buttons of the pages for login and signup.

use gantry_core::Error;
use gantry_core::auth_providers::{self, AuthProvider};
use minijinja::{Value, context};

use crate::loginrocket::LoginRocket;
use crate::site::Site;

/// The realm's providers, as buttons; none where nobody can log in.
pub async fn of(loginrocket: &LoginRocket, site: &Site) -> Result<Vec<Value>, Error> {
    if !site.settings.login.is_offered() {
        return Ok(Vec::new());
    }
    let providers = auth_providers::social(&loginrocket.core.db, &site.realm).await?;
    let button = |provider: &AuthProvider| {
        context! { title => provider.title(), url => site.kept.at(&format!("/auth/{}", provider.key())) }
    };
    Ok(providers.iter().map(button).collect())
}
