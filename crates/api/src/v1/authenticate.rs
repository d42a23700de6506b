//! `/v1/users/…/authenticate`, `authenticate_code` and `authenticate_key`: logins that an app's server makes for its
//! users.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use gantry_core::Error;
use gantry_core::fields::{Fields, Sent};
use gantry_core::logins::{self, Door, Step};
use gantry_core::users::Key;
use secrecy::{ExposeSecret, SecretString};

use super::users::{Beside, answer, holding, key_or_placeholder};
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

/// Logs in by password: 200 with the user and a login token, 401 if the password is wrong, 404 if there is no such
/// user. A user with a device gets a `kli_…` token of a pending login instead, which a code completes.
pub async fn by_password(
    State(api): State<Arc<Api>>,
    Path(key): Path<String>,
    mut call: Call,
) -> Result<Response, Refusal> {
    let key = Key::parse(&key);
    let realm = call.realm(&api.core, holding(&key)).await?;
    let password = needed(&mut call, "password", Fields::secret)?;
    let tried = (&key, &password);
    match logins::with_password(&api.core, &realm, &call.actor, tried, Door::Api).await? {
        Step::Done(done) => {
            let beside = Beside { token: Some(&done.opened.token), ..Beside::default() };
            answer(&api, &call, StatusCode::OK, (&done.user, &done.counts), beside).await
        }
        Step::SecondFactor(pending) => {
            let token = Some(pending.token.expose_secret());
            let beside = Beside { token, is_pending: true, ..Beside::default() };
            answer(&api, &call, StatusCode::OK, (&pending.user, &pending.counts), beside).await
        }
        // Not reached: the server API does not require a verified address.
        Step::Unproven(_) => Err(Error::Unauthenticated.into()),
    }
}

/// Completes a pending login with a code; `--` stands for a user who is known by the token only.
pub async fn by_code(
    State(api): State<Arc<Api>>,
    Path(key): Path<String>,
    mut call: Call,
) -> Result<Response, Refusal> {
    let key = key_or_placeholder(&key);
    let realm = call.realm(&api.core, key.as_ref().and_then(holding)).await?;
    let fields = call.root();
    let done = logins::with_code(&api.core, &realm, &call.actor, key.as_ref(), fields, Door::Api).await?;
    let beside = Beside { token: Some(&done.opened.token), ..Beside::default() };
    answer(&api, &call, StatusCode::OK, (&done.user, &done.counts), beside).await
}

/// Logs in a system user by its own API key: 401 if it is wrong.
pub async fn by_key(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, None).await?;
    let key = needed(&mut call, "api_key", Fields::secret_token)?;
    let done = logins::with_key(&api.core, &realm, &call.actor, &key).await?;
    let beside = Beside { token: Some(&done.opened.token), ..Beside::default() };
    answer(&api, &call, StatusCode::OK, (&done.user, &done.counts), beside).await
}

fn needed(
    call: &mut Call,
    name: &'static str,
    read: fn(&mut Fields, &'static str) -> Sent<SecretString>,
) -> Result<SecretString, Refusal> {
    let mut fields = call.flat();
    match read(&mut fields, name) {
        Sent::Value(secret) => Ok(secret),
        // A field that was sent empty is a failed login, not a malformed call.
        Sent::Absent if fields.was_sent(name) && !fields.has_error(name) => Ok(SecretString::from("")),
        Sent::Absent | Sent::Null => {
            // A value of another type breaks a rule of its own; otherwise the parameter is missing.
            fields.finish()?;
            Err(Refusal::BadRequest(format!("The parameter {name} is missing")))
        }
    }
}
