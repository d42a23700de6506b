//! Login token of a session: a JWT with the user's data and the expiry.

use gantry_crypto::jwt::{Claims, MAX_BYTES, MembershipClaim, SigningKey};
use gantry_db::Tx;

use super::store::Session;
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::Result;
use crate::realms::{JwtField, Realm};
use crate::users::User;
use crate::{jwt_keys, memberships};

/// Session id and lifetime of a login token, in epoch seconds.
pub(super) struct Term<'a> {
    pub id: &'a str,
    pub from: i64,
    pub until: Option<i64>,
}

impl Session {
    pub(super) fn term(&self) -> Term<'_> {
        Term { id: &self.id, from: self.created_at / 1000, until: Some(self.expires_at / 1000) }
    }
}

/// Returns a new token for a stored session: current user data, unchanged lifetime.
pub async fn token_of(core: &Core, realm: &Realm, session: &Session, user: &User) -> Result<String> {
    let memberships = memberships::claims(core, &core.db, realm, &user.id).await?;
    let signer = jwt_keys::signer(core, &core.db, realm).await?;
    Ok(fitting(&signer, realm, claims(realm, user, &session.term(), memberships)))
}

/// Returns a new token to an API caller. A token logs its holder in as the user, so read access does not suffice.
pub async fn reissue(core: &Core, realm: &Realm, actor: &Actor, session: &Session, user: &User) -> Result<String> {
    actor.need(Access::Write)?;
    token_of(core, realm, session, user).await
}

/// Signs a token inside the transaction of a login.
pub(super) async fn sign(core: &Core, tx: &mut Tx, realm: &Realm, user: &User, term: &Term<'_>) -> Result<String> {
    let memberships = memberships::claims(core, &mut *tx, realm, &user.id).await?;
    let signer = jwt_keys::signer(core, tx, realm).await?;
    Ok(fitting(&signer, realm, claims(realm, user, term, memberships)))
}

/// Signs a token of at most [`MAX_BYTES`], which is what we and most proxies accept. If it is too long, omits custom
/// attributes, then memberships, so that a login always works; the session still has all data.
fn fitting(signer: &SigningKey, realm: &Realm, mut claims: Claims) -> String {
    let whole = signer.sign(&claims);
    if whole.len() <= MAX_BYTES {
        return whole;
    }
    tracing::warn!(realm = realm.id, user = claims.uid, "a login token was too long: what jwt_fields adds is left out");
    claims.cs = None;
    claims.m.iter_mut().flatten().for_each(|membership| (membership.cs, membership.ocs) = (None, None));
    let shorter = signer.sign(&claims);
    if shorter.len() <= MAX_BYTES {
        return shorter;
    }
    claims.m = None;
    signer.sign(&claims)
}

fn claims(realm: &Realm, user: &User, term: &Term<'_>, memberships: Option<Vec<MembershipClaim>>) -> Claims {
    let custom = realm.jwt_fields.0.contains(&JwtField::Custom);
    Claims {
        iat: term.from,
        exp: term.until,
        aud: realm.jwt_audience.then(|| realm.id.clone()),
        tk: term.id.to_owned(),
        uid: user.id.clone(),
        un: user.username.clone(),
        n: user.name.clone(),
        r#fn: user.first_name.clone(),
        ln: user.last_name.clone(),
        cs: if custom { user.custom.value().as_object().cloned() } else { None },
        m: memberships,
    }
}
