//! Users of an import.

use gantry_db::Tx;

use super::rules::{clashes, distinct, taken};
use super::store::{self, User};
use super::{UserType, fields, names};
use crate::core::Core;
use crate::error::{FieldError, Result};
use crate::fields::{Fields, Sent};
use crate::realms::Realm;
use crate::words::Word;

/// User of an import, with the existing user, if any.
pub(crate) struct Imported {
    pub user: User,
    pub before: Option<User>,
}

/// Validates the user. An existing user is found by reference, or else by username.
pub(crate) async fn imported(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    mut sent: Fields,
) -> Result<std::result::Result<Imported, Vec<FieldError>>> {
    let now = core.clock.now_ms();
    fields::none_of(&mut sent, "password", "Password can't be imported: send password_hash");
    if !sent.holds("user_type") {
        sent.set("user_type", "human");
    }
    if sent.holds("password_hash") && matches!(sent.choice("user_type", UserType::TEXTS), Sent::Value("api")) {
        sent.error("password_hash", "wrong_user_type", "Password hash is for users of the type human");
    }
    let fresh = fields::fresh(core.new_id("usr", now), realm, now);
    let mut wanted = fresh;
    fields::user_type(&mut wanted, &mut sent, &core.random);
    fields::apply(&mut wanted, realm, &mut sent);
    times(&mut wanted, &mut sent);
    let before = store::known(&mut *tx, &realm.id, wanted.reference.as_deref(), &wanted.username).await?;
    if let Some(other) = before.as_ref().filter(|before| is_another(before, &wanted)) {
        sent.error("username", "taken", format!("Username has already been taken by {}", described(other)));
        return Ok(Err(sent.into_errors().err().unwrap_or_default()));
    }
    let user = match &before {
        None => wanted,
        Some(before) => {
            let mut user = before.clone();
            fields::apply(&mut user, realm, &mut sent);
            times(&mut user, &mut sent);
            if user.user_type != wanted.user_type {
                sent.error("user_type", "fixed", "User type can't be changed");
            }
            user
        }
    };
    if before.as_ref().is_none_or(|before| before.username != user.username || before.email != user.email) {
        // Report errors before writing, because one failed write would abort the whole batch.
        let mut errors = Vec::new();
        clashes(tx, realm, &user, &mut errors).await?;
        for mut error in errors {
            let taken = if error.field == "email" { user.email.as_deref() } else { Some(&*user.username) };
            let owners = store::owners(&mut *tx, &realm.id, taken.unwrap_or_default()).await?;
            if let Some(other) = owners.iter().find(|owner| owner.id != user.id) {
                error.text = format!("{} by {}", error.text, described(other));
            }
            sent.add(error);
        }
    }
    Ok(sent.into_errors().map(|()| Imported { user, before }))
}

/// Returns whether a user found by username is another one than wanted: both have a reference, and these differ.
fn is_another(found: &User, wanted: &User) -> bool {
    found.reference.is_some() && wanted.reference.is_some() && found.reference != wanted.reference
}

/// Describes a user for the operator. A dry run has no ids that persist.
fn described(user: &User) -> String {
    match &user.reference {
        Some(reference) => format!("{} (reference {reference})", user.username),
        None => user.username.clone(),
    }
}

fn times(user: &mut User, sent: &mut Fields) {
    if let Sent::Value(at) = sent.time_ms("created_at") {
        user.created_at = at;
    }
    user.last_login_at = sent.time_ms("last_login_at").patch(user.last_login_at);
}

pub(crate) async fn insert_imported(tx: &mut Tx, realm: &Realm, user: &User) -> Result<()> {
    store::insert(tx, user).await.map_err(taken)?;
    distinct(tx, realm, user).await
}

pub(crate) async fn update_imported(tx: &mut Tx, realm: &Realm, user: &User) -> Result<()> {
    store::update(tx, user).await.map_err(taken)?;
    distinct(tx, realm, user).await
}

/// Returns the id of the user that an import line names: `user` is a username, `user_reference` a reference.
pub(crate) async fn named_in_import(tx: &mut Tx, realm: &Realm, sent: &mut Fields) -> Result<Option<String>> {
    let reference = sent.line("user_reference", 255).value().filter(|text| !text.is_empty());
    let typed = sent.line("user", 255).value().unwrap_or_default();
    if reference.is_none() {
        sent.required("user", !typed.is_empty());
    }
    let username = names::username(&typed).unwrap_or_default();
    let found = match (&reference, username.is_empty()) {
        (None, true) => return Ok(None),
        (reference, _) => store::known(tx, &realm.id, reference.as_deref(), &username).await?,
    };
    if found.is_none() {
        sent.error("user", "unknown", "User can't be found in this realm");
    }
    Ok(found.map(|user| user.id))
}
