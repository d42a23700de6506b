//! The cookie's value: `NAME-EXPIRY-CODE` of each user, the latest login first, separated by dots.

use std::fmt;

use gantry_crypto::{hex, token};
use gantry_db::{Query, Tx};
use secrecy::SecretString;

use super::store;
use crate::actor::{Access, Actor, Origin};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::realms::Realm;
use crate::users::{self, Key};

/// How long a browser stays trusted without a login, in seconds: 180 days.
pub const LIFETIME_S: i64 = 180 * 24 * 60 * 60;
/// Maximum number of users per browser; beyond it, the user with the oldest login is dropped.
const USERS: usize = 5;
/// Characters of a name that [`token::generate`] creates.
const NAME: usize = 43;
/// Bytes of a MAC in the cookie.
const CODE: usize = 16;
/// Maximum bytes of a cookie's value.
const LONGEST: usize = 600;

/// Value of a trusted-browser cookie, not yet verified.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownBrowser(String);

/// Part of the cookie for one user.
struct Entry<'a> {
    /// Random name of this login of this browser.
    name: &'a str,
    /// Expiry in epoch seconds.
    expiry: i64,
    code: &'a str,
}

impl KnownBrowser {
    /// Wraps a cookie's value; `None` if it is too long.
    pub fn new(value: String) -> Option<Self> {
        (value.len() <= LONGEST).then_some(Self(value))
    }

    /// Returns the well-formed entries that have not expired.
    fn entries(&self, now_s: i64) -> impl Iterator<Item = Entry<'_>> {
        let parsed = self.0.split('.').filter_map(move |text| {
            let mut parts = text.split('-');
            let (name, expiry, code) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
            let is_whole = name.len() == NAME && code.len() == 2 * CODE && parts.next().is_none();
            let is_plain = name.bytes().chain(code.bytes()).all(|byte| byte.is_ascii_alphanumeric());
            (is_whole && is_plain && expiry > now_s).then_some(Entry { name, expiry, code })
        });
        parsed.take(USERS)
    }
}

impl fmt::Debug for KnownBrowser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownBrowser(…)")
    }
}

/// Returns the browser's name, if the user has logged in with it before. `user` is the user's id with their
/// `known_browsers`.
pub(crate) fn name(core: &Core, realm: &Realm, user: (&str, i64), origin: &Origin) -> Option<String> {
    let now = core.clock.now_ms() / 1000;
    let known = origin.browser.as_ref()?.entries(now).find(|entry| is_of(core, realm, user, entry));
    known.map(|entry| entry.name.to_owned())
}

/// Returns a new cookie value that adds this user and keeps the other users.
pub(crate) async fn remember(
    core: &Core,
    q: impl Query,
    realm: &Realm,
    user: &str,
    origin: &Origin,
) -> Result<SecretString> {
    let user = (user, store::series(q, &realm.id, user).await?);
    let now = core.clock.now_ms() / 1000;
    let (name, expiry) = (token::generate(None, &core.random), now + LIFETIME_S);
    let mut held = vec![format!("{name}-{expiry}-{}", code(core, realm, user, (&name, expiry)))];
    // Drops the user's previous entry.
    let others = origin.browser.iter().flat_map(|browser| browser.entries(now));
    let others = others.filter(|entry| !is_of(core, realm, user, entry));
    held.extend(others.take(USERS - 1).map(|Entry { name, expiry, code }| format!("{name}-{expiry}-{code}")));
    Ok(SecretString::from(held.join(".")))
}

fn is_of(core: &Core, realm: &Realm, user: (&str, i64), entry: &Entry<'_>) -> bool {
    let own = code(core, realm, user, (entry.name, entry.expiry));
    token::same(own.as_bytes(), entry.code.as_bytes())
}

fn code(core: &Core, realm: &Realm, (user, series): (&str, i64), (name, expiry): (&str, i64)) -> String {
    let text = format!("{}\n{user}\n{series}\n{name}\n{expiry}", realm.id);
    let whole = core.master.mac("known browser", &text);
    hex::encode(&whole[..CODE])
}

/// Invalidates all trusted-browser cookies of the user.
pub(crate) async fn forget_all(tx: &mut Tx, realm: &Realm, user: &str) -> Result<()> {
    store::raise(tx, &realm.id, user).await.map(|_| ())
}

/// Invalidates all trusted-browser cookies of a user on request, and records an event.
pub async fn forget(core: &Core, realm: &Realm, actor: &Actor, key: &Key) -> Result<()> {
    actor.need(Access::Write)?;
    let mut tx = core.db.begin().await?;
    let user = users::lock(&mut tx, realm, key).await?.ok_or(Error::NotFound("user"))?;
    forget_all(&mut tx, realm, &user.id).await?;
    events::record(core, &mut tx, realm, actor, EventType::UserUpdated, Subject::user(&user.id)).await?;
    tx.commit().await?;
    Ok(())
}
