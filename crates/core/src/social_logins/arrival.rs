//! Somebody who comes back from a provider, and what that comes to.

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

/// Somebody who comes back from a provider.
pub struct Arrival<'a> {
    /// `ap_…`
    pub auth_provider: &'a str,
    /// The login that they began, which ends with this; none where an app's server vouches for the token itself.
    pub pending: Option<&'a Pending>,
    /// Who the provider says they are.
    pub identity: Identity,
    /// The hosted pages that they come back to.
    pub place: Option<Place>,
}

/// What it comes to.
pub enum Arrived {
    /// A user of ours, as after a right password.
    Known(Step),
    /// A new user who is logged in.
    New(Box<LoggedIn>),
    /// A mail to this address: there is a new user who has to prove it, or an older one who has it.
    Mailed(String),
    /// Signup data, which the app makes a user of.
    SignupToken(Box<Made>),
    /// On the hosted pages: an account has their address, and its password has to be shown. The browser's cookie.
    Link(SecretString),
    /// On the hosted pages: something is missing that a form has to ask for. The browser's cookie.
    Form(SecretString),
}

/// Everything about one arrival.
pub(super) struct Here<'a> {
    pub core: &'a Core,
    pub realm: &'a Realm,
    pub actor: &'a Actor,
    pub door: Door,
    pub provider: &'a AuthProvider,
    pub account: &'a SocialAccount,
    pub identity: &'a Identity,
}

/// A change of a user's credentials is told as one of the user.
pub(super) async fn told_as_change(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, user: &str) -> Result<()> {
    events::record(core, tx, realm, actor, EventType::UserUpdated, Subject::user(user)).await?;
    Ok(())
}
