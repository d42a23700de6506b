//! The cookie's value: `NAME-EXPIRY-CODE` of each user, the latest login first, with dots in between.

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

/// How long a browser stays known without a login, in seconds: 180 days.
pub const LIFETIME_S: i64 = 180 * 24 * 60 * 60;
/// Users that one browser is known for; the one who was away the longest is forgotten.
const USERS: usize = 5;
/// Characters of a name, as [`token::generate`] makes it.
const NAME: usize = 43;
/// Bytes of a code that the cookie holds.
const CODE: usize = 16;
/// Longest value that is read.
const LONGEST: usize = 600;

/// What a browser sent to show that it is known.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownBrowser(String);

/// What the cookie holds for one user.
struct Entry<'a> {
    /// Names this login of this browser.
    name: &'a str,
    /// Epoch seconds.
    expiry: i64,
    code: &'a str,
}

impl KnownBrowser {
    /// The value of its cookie; one that is too long is none.
    pub fn new(value: String) -> Option<Self> {
        (value.len() <= LONGEST).then_some(Self(value))
    }

    /// What is there and has not run out.
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

/// How the browser is called, if the user has logged in with it before. `series` is the user's `known_browsers`.
pub(crate) fn name(core: &Core, realm: &Realm, user: (&str, i64), origin: &Origin) -> Option<String> {
    let now = core.clock.now_ms() / 1000;
    let known = origin.browser.as_ref()?.entries(now).find(|entry| is_of(core, realm, user, entry));
    known.map(|entry| entry.name.to_owned())
}

/// The cookie's value from now on: this user is known, and so are the others who were.
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
    // What it held of the user from before goes.
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

/// Makes every browser of the user a stranger.
pub(crate) async fn forget_all(tx: &mut Tx, realm: &Realm, user: &str) -> Result<()> {
    store::raise(tx, &realm.id, user).await.map(|_| ())
}

/// The same when it is asked for.
pub async fn forget(core: &Core, realm: &Realm, actor: &Actor, key: &Key) -> Result<()> {
    actor.need(Access::Write)?;
    let mut tx = core.db.begin().await?;
    let user = users::lock(&mut tx, realm, key).await?.ok_or(Error::NotFound("user"))?;
    forget_all(&mut tx, realm, &user.id).await?;
    events::record(core, &mut tx, realm, actor, EventType::UserUpdated, Subject::user(&user.id)).await?;
    tx.commit().await?;
    Ok(())
}
