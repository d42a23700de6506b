//! `signup`

use axum::extract::State;
use gantry_core::connected_apps;
use gantry_core::logins::{self, SignedUp};
use secrecy::ExposeSecret;

use super::answer::{Answer, Outcome, Refusal};
use super::call::Call;
use super::login;
use crate::routes::LoginRocket;

/// Makes the user and logs them in, or makes a Signup Token for the app. Where addresses have to be confirmed, it says that a mail was sent, whether there is
/// such a user already or not: as an error, since that is what every client shows, and nobody is logged in.
pub async fn submit(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    let (site, place) = (&*call.site, call.place());
    let through = (&place, call.door());
    match logins::sign_up(&loginrocket.core, &site.realm, &site.actor, call.fields(), through).await? {
        SignedUp::LoggedIn(done) => Ok(login::finished(&loginrocket, &call, &done, true)),
        SignedUp::Kept(token) => {
            let token = token.expose_secret();
            let to = connected_apps::signup_destination(&site.app, call.kept.redir.as_deref());
            Ok(Answer::default().with("token", token).with("url", to.with_token(token, false)))
        }
        SignedUp::Mailed(address) => {
            let text = format!("Almost there: we have sent a mail to {address}. Please open the link in it.");
            Err(Refusal::said(text).with("email_verification", "required"))
        }
    }
}
