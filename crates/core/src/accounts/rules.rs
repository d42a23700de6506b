//! Creates an account with everything that an app's first login needs, in one transaction. Also finds accounts.

use secrecy::{ExposeSecret, SecretString};

use super::store::{self, Account};
use crate::actor::{Access, Actor};
use crate::api_keys::{self, NewKey};
use crate::auth_providers::{self, LoginRocket};
use crate::connected_apps::{self, ConnectedApp};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::realms::{self, Realm, UsernameValidation};
use crate::users::{self, User};
use crate::words::Word;
use crate::{jwt_keys, memberships, orgs};

/// Input for a new account.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// Name of both the account and its first realm.
    pub name: &'a str,
    /// Email address of the owner; becomes the portal login.
    pub email: &'a str,
    /// Password of the portal login.
    pub password: &'a SecretString,
    /// URL that receives finished logins.
    pub login_handler: &'a str,
    /// Subdomain of the Connected App. `None`: a random one.
    pub subdomain: Option<&'a str>,
    /// Access right of the first API key.
    pub access: Access,
    /// How usernames of people are validated in the first realm.
    pub usernames: UsernameValidation,
}

/// A newly created account with everything that belongs to it.
#[derive(Debug)]
pub struct Furnished {
    /// Account id, `org_…`.
    pub account: String,
    /// Owner of the account: a user of the system realm.
    pub owner: User,
    /// First realm of the account.
    pub realm: Realm,
    /// Connected App of the first realm.
    pub app: ConnectedApp,
    /// First API key. Shown only once.
    pub api_key: SecretString,
    /// Key for verifying login tokens of the realm.
    pub jwt_key: String,
}

/// Creates an account with its owner, a realm with password and LoginRocket providers, a Connected App and an API key.
pub async fn found(core: &Core, system: &Realm, new: &NewAccount<'_>) -> Result<Furnished> {
    let actor = Actor::system();
    let owner = users::signed_up(core, system, owner_fields(new)).await?;
    let mut named = Fields::empty();
    named.set("name", new.name);
    named.set("username_validation_human", new.usernames.as_str());
    let (mut realm, key) = realms::prepare_new(core, None, named).await?;

    let mut tx = core.db.begin().await?;
    let owner = owner.insert(core, &mut tx, system, &actor, None).await?;
    let account = orgs::found(core, &mut tx, system, &actor, new.name).await?;
    let rights = vec![Access::AdminAccount.as_str().to_owned()];
    memberships::grant(core, &mut tx, system, &actor, (&owner.id, &account.id), rights).await?;
    realm.account_id = Some(account.id.clone());
    realms::furnish(core, &mut tx, &realm, &key, &actor).await?;
    auth_providers::insert_login_rocket(core, &mut tx, &realm, &actor, &LoginRocket::default()).await?;
    let (app, _) = connected_apps::insert(core, &mut tx, &realm, &actor, app_fields(new)).await?;
    let wanted = NewKey::for_account("First key", new.access);
    let (_, api_key) = api_keys::create(core, &mut tx, &account.id, wanted).await?;
    let jwt_key = jwt_keys::signing(core, &mut tx, &realm).await?.key;
    tx.commit().await?;
    Ok(Furnished { account: account.id, owner, realm, app, api_key, jwt_key })
}

fn owner_fields(new: &NewAccount<'_>) -> Fields {
    let mut fields = Fields::empty();
    fields.set("username", new.email);
    fields.set("email", new.email);
    fields.set("password", new.password.expose_secret());
    fields
}

fn app_fields(new: &NewAccount<'_>) -> Fields {
    let mut fields = Fields::empty();
    fields.set("name", new.name);
    fields.set("login_handler", new.login_handler);
    if let Some(subdomain) = new.subdomain {
        fields.set("subdomain", subdomain);
    }
    fields
}

/// Returns the account with this id.
pub async fn find(core: &Core, system: &Realm, id: &str) -> Result<Account> {
    store::find(&core.db, &system.id, id).await?.ok_or(Error::NotFound("account"))
}

/// Returns all accounts of this installation.
pub async fn all(core: &Core, system: &Realm) -> Result<Vec<Account>> {
    store::all(&core.db, &system.id).await
}

/// Returns the only account. Fails if there are several, since the caller must then name one.
pub async fn only(core: &Core, system: &Realm) -> Result<Account> {
    let mut accounts = store::all(&core.db, &system.id).await?;
    match (accounts.pop(), accounts.is_empty()) {
        (Some(account), true) => Ok(account),
        (None, _) => Err(Error::NotFound("account")),
        (Some(_), false) => Err(Error::Malformed("there are several accounts: name one by its org_ id".to_owned())),
    }
}
