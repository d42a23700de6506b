//! Founding an account: everything that an app's first login needs, in one transaction.

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

/// What an account begins with.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// The account's and the realm's name.
    pub name: &'a str,
    /// Who runs it; becomes the portal login.
    pub email: &'a str,
    /// That login's password.
    pub password: &'a SecretString,
    /// Gets finished logins.
    pub login_handler: &'a str,
    /// The Connected App's subdomain; none: a random one.
    pub subdomain: Option<&'a str>,
    /// What its first API key may do.
    pub access: Access,
    /// What people of the first realm are called by.
    pub usernames: UsernameValidation,
}

/// What was made.
#[derive(Debug)]
pub struct Furnished {
    /// The account.
    pub account: String,
    /// Its first person, in the system realm.
    pub owner: User,
    /// Its first realm.
    pub realm: Realm,
    /// Where that realm's logins go.
    pub app: ConnectedApp,
    /// Its first API key. Shown once.
    pub api_key: SecretString,
    /// What login tokens of the realm are verified with.
    pub jwt_key: String,
}

/// Makes an account with its owner, a realm with password and LoginRocket providers, a Connected App and an API key.
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

/// The account of this id.
pub async fn find(core: &Core, system: &Realm, id: &str) -> Result<Account> {
    store::find(&core.db, &system.id, id).await?.ok_or(Error::NotFound("account"))
}

/// Every account of this installation.
pub async fn all(core: &Core, system: &Realm) -> Result<Vec<Account>> {
    store::all(&core.db, &system.id).await
}

/// The only account; with several, one has to be named.
pub async fn only(core: &Core, system: &Realm) -> Result<Account> {
    let mut accounts = store::all(&core.db, &system.id).await?;
    match (accounts.pop(), accounts.is_empty()) {
        (Some(account), true) => Ok(account),
        (None, _) => Err(Error::NotFound("account")),
        (Some(_), false) => Err(Error::Malformed("there are several accounts: name one by its org_ id".to_owned())),
    }
}
