//! `/password/strength`: checks a password while it is being typed, so that the page can show the result at once. The
//! same rules apply when the form is sent; nothing is stored.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use gantry_core::{Error, auth_providers, credentials};
use serde_json::json;

use crate::form::Form;
use crate::loginrocket::LoginRocket;
use crate::page;
use crate::page_state::Problem;
use crate::problems;

/// Longer passwords are refused anyway.
const LONGEST: usize = 256;

/// Fields whose values must not be used as the password.
const NAMES: [&str; 4] = ["username", "email", "first_name", "last_name"];

pub async fn submit(State(loginrocket): State<LoginRocket>, form: Form) -> Response {
    let site = &form.site;
    let policy = match auth_providers::password_policy(&loginrocket.core.db, &site.realm).await {
        Ok(Some(policy)) => policy,
        Ok(None) => return site.failed(&loginrocket, Error::NotFound("page")).into_response(),
        Err(error) => return site.failed(&loginrocket, error).into_response(),
    };
    let password: String = form.typed("password").chars().take(LONGEST).collect();
    let names = NAMES.map(|name| form.typed(name).to_owned()).to_vec();
    let looked_at = credentials::typed(&loginrocket.core, &site.actor, policy.clone(), (password, names)).await;
    let (text, score) = match looked_at {
        Ok(Err(broken)) => {
            let text = problems::sentence(&site.reader.language, &policy, &Problem::from(&broken)).into_owned();
            (text, None)
        }
        Ok(Ok(score)) => (site.say(word(score)).into_owned(), Some(score)),
        Err(error) => return site.failed(&loginrocket, error).into_response(),
    };
    page::hardened(&loginrocket, Json(json!({ "text": text, "score": score })).into_response())
}

fn word(score: u8) -> &'static str {
    match score {
        0 => "password-strength-0",
        1 => "password-strength-1",
        2 => "password-strength-2",
        3 => "password-strength-3",
        _ => "password-strength-4",
    }
}
