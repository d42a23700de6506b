//! `/v1/auth_providers/authorize` and `/v1/auth_providers/…/authorize`: social logins on an app's own pages.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gantry_core::actor::Access;
use gantry_core::auth_providers::ProviderType;
use gantry_core::fields::{Fields, Sent};
use gantry_core::logins::{Door, Step};
use gantry_core::realms::Realm;
use gantry_core::social_logins::{Arrived, Bound, Way};
use gantry_social::{Error, Failed, Returned, Started};
use secrecy::ExposeSecret;
use serde::Serialize;

use super::auth_providers::holding;
use super::user_tokens;
use super::users::{self, Beside};
use super::wire::WholeList;
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

const LONGEST_NONCE: usize = 255;

#[derive(Serialize)]
struct View<'a> {
    id: &'a str,
    provider_type: ProviderType,
    url: &'a str,
}

fn view(started: &Started) -> View<'_> {
    View { id: &started.id, provider_type: started.provider_type, url: &started.url }
}

/// Returns an authorization URL for each active provider.
pub async fn list(State(api): State<Arc<Api>>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, None).await?;
    let (way, nonce) = asked(&call)?;
    let started = api.social.start_all(&realm, &call.actor, &way, Bound::Nonce(nonce)).await.map_err(refused)?;
    Ok(WholeList::answer(started.iter().map(view)))
}

/// Returns an authorization URL for one provider.
pub async fn start(State(api): State<Arc<Api>>, Path(key): Path<String>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, holding(&key)).await?;
    let (way, nonce) = asked(&call)?;
    let started = api.social.start(&realm, &call.actor, &key, way, Bound::Nonce(nonce)).await.map_err(refused)?;
    Ok(Json(view(&started)).into_response())
}

/// Reads `redirect_uri`, and the nonce that must be sent again to finish the login.
fn asked(call: &Call) -> Result<(Way, Option<&str>), Refusal> {
    // The right is checked first: without it the parameters do not matter.
    call.actor.need(Access::Read)?;
    let Some(callback) = call.filter("redirect_uri") else {
        return Err(Refusal::BadRequest("The parameter redirect_uri is missing".to_owned()));
    };
    let mut read = Fields::empty();
    read.set("redirect_uri", callback);
    let callback = read.url("redirect_uri").value().unwrap_or_default();
    read.finish()?;
    let nonce = call.filter("nonce");
    if nonce.is_some_and(|nonce| nonce.chars().count() > LONGEST_NONCE) {
        return Err(Refusal::BadRequest(format!("nonce may have at most {LONGEST_NONCE} characters")));
    }
    Ok((Way { callback, ..Way::default() }, nonce))
}

/// Exchanges an authorization code of the provider for a login.
pub async fn finish(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, None).await?;
    let mut fields = call.flat();
    let code = fields.required_secret("code");
    let state = fields.required_secret("state");
    let nonce = fields.text("nonce", LONGEST_NONCE).value().filter(|nonce| !nonce.is_empty());
    fields.finish()?;
    let (code, state) = (code.unwrap_or_default(), state.unwrap_or_default());
    let returned = Returned { state: state.expose_secret(), code: code.expose_secret(), issuer: None };
    let bound = Bound::Nonce(nonce.as_deref());
    match api.social.finish(&realm, &call.actor, returned, bound, (Door::Api, |_: &Way| None)).await {
        Ok((arrived, _)) => answer(&api, &call, arrived).await,
        Err(failed) => Err(again(&api, &realm, &call, failed, bound).await),
    }
}

/// Exchanges an access token, which an app got from the provider's SDK, for a login.
pub async fn vouch(State(api): State<Arc<Api>>, Path(key): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, holding(&key)).await?;
    let mut fields = call.flat();
    let Sent::Value(token) = fields.secret("access_token") else {
        fields.finish()?;
        return Err(Refusal::BadRequest("The parameter access_token is missing".to_owned()));
    };
    match api.social.vouched(&realm, &call.actor, &key, &token, Door::Api).await {
        Ok(arrived) => answer(&api, &call, arrived).await,
        Err(error) => Err(refused(error)),
    }
}

async fn answer(api: &Api, call: &Call, arrived: Arrived) -> Result<Response, Refusal> {
    match arrived {
        Arrived::Known(Step::Done(done)) | Arrived::New(done) => {
            let beside = Beside { token: Some(&done.opened.token), ..Beside::default() };
            users::answer(api, call, StatusCode::OK, (&done.user, &done.counts), beside).await
        }
        Arrived::Known(Step::SecondFactor(pending)) => {
            let token = Some(pending.token.expose_secret());
            let beside = Beside { token, is_pending: true, ..Beside::default() };
            users::answer(api, call, StatusCode::OK, (&pending.user, &pending.counts), beside).await
        }
        Arrived::SignupToken(made) => Ok(user_tokens::made(&made)),
        // These occur only on the hosted pages.
        Arrived::Known(Step::Unproven(_)) | Arrived::Mailed(_) | Arrived::Link(_) | Arrived::Form(_) => {
            Err(gantry_core::Error::Unauthenticated.into())
        }
    }
}

/// Converts the error. A refused code comes with a new authorization URL if the pending login is known.
async fn again(api: &Api, realm: &Realm, call: &Call, failed: Failed, bound: Bound<'_>) -> Refusal {
    let refusal = refused(failed.error);
    let (Refusal::Code(sentence, _), Some(pending)) = (&refusal, failed.pending) else { return refusal };
    let started = api.social.start(realm, &call.actor, &pending.auth_provider_id, pending.way.clone(), bound).await;
    Refusal::Code(sentence.clone(), started.ok().map(|started| started.url))
}

fn refused(error: Error) -> Refusal {
    match error {
        Error::Core(error) => error.into(),
        Error::Unreachable(_) => Refusal::Elsewhere("The provider does not answer, please try again".to_owned()),
        Error::Refused(why) => Refusal::Code(format!("Error validating code: the provider refused it ({why})"), None),
        Error::Distrusted(why) => Refusal::Code(format!("Error validating code: {why}"), None),
        Error::Unchecked => {
            let sentence = "Access token can't be used: this provider does not tell for which app it was issued";
            gantry_core::Error::invalid("access_token", "unchecked", sentence).into()
        }
    }
}
