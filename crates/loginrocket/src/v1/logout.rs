//! `logout`

use axum::extract::State;
use gantry_core::connected_apps::redirects;
use gantry_core::sessions;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::caller::Caller;
use super::refusal::Refusal;
use crate::loginrocket::LoginRocket;
use crate::remembered;

/// Ends the session of the login token, and the one that the browser of an app's page remembers. A session that has
/// already ended is no error, since the client's aim is reached.
pub async fn submit(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    let (core, site) = (&loginrocket.core, &*call.site);
    let is_page = matches!(call.caller, Caller::Page(_));
    if !call.has("token") && !is_page {
        return Err(Refusal::blank("token", "Token"));
    }
    sessions::end_borne(core, &site.realm, call.text("token")).await?;
    let mut answer = Answer::saying(site.say("said-logged-out"));
    if is_page {
        if let Some(cookie) = remembered::sent(&loginrocket, &site.headers) {
            sessions::end_remembered(core, &site.realm, &cookie).await?;
        }
        answer = answer.setting([remembered::clear(&loginrocket)]);
    }
    let asked = call.kept.redirect_uri.as_deref();
    let allowed = asked.and_then(|asked| redirects::allowed(&site.app.redirect_uris.0, asked));
    Ok(match allowed {
        Some(url) => answer.with("url", url),
        None => answer,
    })
}
