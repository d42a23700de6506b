//! Provider callbacks and their results.

use gantry_db::Tx;
use secrecy::SecretString;

use super::begun::Pending;
use super::identity::Identity;
use crate::actor::Actor;
use crate::auth_providers::AuthProvider;
use crate::connected_apps::Place;
use crate::core::Core;
use crate::credentials::SocialAccount;
use crate::error::Result;
use crate::events::{self, EventType, Subject};
use crate::logins::{Door, LoggedIn, Step};
use crate::realms::Realm;
use crate::signup_tokens::Made;

/// User who returns from a provider.
pub struct Arrival<'a> {
    /// `ap_…`
    pub auth_provider: &'a str,
    /// Login that this callback completes; `None` if an app's server vouches for the token itself.
    pub pending: Option<&'a Pending>,
    /// Identity that the provider reports.
    pub identity: Identity,
    /// Hosted pages to which the user returns.
    pub place: Option<Place>,
}

/// Result of a provider callback.
pub enum Arrived {
    /// Existing user, as after a correct password.
    Known(Step),
    /// A new user who is logged in.
    New(Box<LoggedIn>),
    /// An email was sent to this address, because a new user must verify it or an existing user has it.
    Mailed(String),
    /// Signup data from which the app creates a user.
    SignupToken(Box<Made>),
    /// On the hosted pages: an account has this address, and its password is required. The browser's cookie.
    Link(SecretString),
    /// On the hosted pages: a form must ask for missing data. The browser's cookie.
    Form(SecretString),
}

/// Context of one provider callback.
pub(super) struct Here<'a> {
    pub core: &'a Core,
    pub realm: &'a Realm,
    pub actor: &'a Actor,
    pub door: Door,
    pub provider: &'a AuthProvider,
    pub account: &'a SocialAccount,
    pub identity: &'a Identity,
}

/// Records a change of a user's credentials as a change of the user.
pub(super) async fn told_as_change(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, user: &str) -> Result<()> {
    events::record(core, tx, realm, actor, EventType::UserUpdated, Subject::user(user)).await?;
    Ok(())
}
