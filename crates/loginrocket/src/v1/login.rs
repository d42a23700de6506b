//! `login` and `login/code`.

use axum::extract::State;
use gantry_core::Error;
use gantry_core::logins::{self, LoggedIn, Step, Unproven};
use gantry_core::users::Key;
use secrecy::ExposeSecret;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::refusal::Refusal;
use crate::login;
use crate::loginrocket::LoginRocket;
use crate::remembered;
use crate::site::Site;
use crate::verify;

/// Logs in with a password. Returns a login token, or the token of a pending login, to be completed with a code at this
/// address or at `login/code`.
pub async fn submit(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    if call.has("token") && !call.has("password") {
        return with_code(&loginrocket, &call).await;
    }
    let (site, door) = (&*call.site, call.door());
    Refusal::unless(door.has(site.settings.login))?;
    let (key, password) = (Key::parse(call.name()?), call.secret("password", "Password")?);
    let tried = (&key, &password);
    match logins::with_password(&loginrocket.core, &site.realm, &site.actor, tried, door).await {
        Ok(Step::Done(done)) => Ok(finished(&loginrocket, &call, &done, false)),
        Ok(Step::SecondFactor(pending)) => {
            Ok(Answer::default().with("token", pending.token.expose_secret()).with("second_factor", "totp"))
        }
        Ok(Step::Unproven(unproven)) => {
            let is_mailed = verify::is_mailed(&loginrocket, site, &unproven).await?;
            Err(comes_first(site, &unproven, is_mailed))
        }
        Err(Error::Unauthenticated | Error::NotFound(_)) => Err(Refusal::said(site.say(login::refused(site)))),
        Err(error) => Err(error.into()),
    }
}

pub async fn code(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    with_code(&loginrocket, &call).await
}

/// Returns one error for a wrong code and for a login that is no longer pending.
async fn with_code(loginrocket: &LoginRocket, call: &Call) -> Outcome {
    let (site, door) = (&*call.site, call.door());
    Refusal::unless(door.has(site.settings.login))?;
    for (name, label) in [("token", "Token"), ("code", "Code")] {
        if !call.has(name) {
            return Err(Refusal::blank(name, label));
        }
    }
    let done = logins::with_code(&loginrocket.core, &site.realm, &site.actor, None, call.fields(), door);
    match done.await {
        Ok(done) => Ok(finished(loginrocket, call, &done, false)),
        Err(Error::Invalid(errors)) if errors.iter().all(|error| error.field == "code") => {
            Err(Error::Invalid(errors).into())
        }
        Err(Error::Unauthenticated | Error::NotFound(_) | Error::Invalid(_)) => {
            Err(Refusal::said(site.say("code-refused")))
        }
        Err(error) => Err(error.into()),
    }
}

/// Returns the login token, and the app's URL with it. The browser of an app's page remembers the login.
pub fn finished(loginrocket: &LoginRocket, call: &Call, done: &LoggedIn, signup: bool) -> Answer {
    let token = &*done.opened.token;
    Answer::default()
        .with("token", token)
        .with("url", call.destination(token, signup))
        .setting(remembered::set(loginrocket, done))
}

/// The password was right, but the email address must be verified first. The error has no `token`, which old clients
/// would take for a login.
fn comes_first(site: &Site, unproven: &Unproven, is_mailed: bool) -> Refusal {
    if !unproven.has_address {
        let text = site.reader.language.say_with("unproven-no-address", &[("app", &site.app.name)]);
        return Refusal::said(text).with("email_verification", "required");
    }
    Refusal::said(site.say(if is_mailed { "said-unproven" } else { "unproven-unsent" }))
        .with("email_verification", "required")
        .with("email_request_token", unproven.token.expose_secret())
}
