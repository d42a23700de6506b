//! Creates, counts and consumes recovery codes.

use gantry_crypto::Random;
use gantry_db::Tx;
use secrecy::{ExposeSecret, SecretString};

use super::store;
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::credentials;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::realms::Realm;
use crate::users::{self, Key};

/// Codes that are created at once.
const CODES: usize = 10;
/// Characters of a code: 60 bits.
const LENGTH: usize = 12;
/// Characters between two hyphens.
const GROUP: usize = 4;
/// Crockford's base 32: no ambiguous characters, and 32 divides the 256 values of a byte.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// New recovery codes. They cannot be read again later.
#[derive(Debug)]
pub struct Made {
    /// Codes in the form `xxxx-xxxx-xxxx`.
    pub codes: Vec<SecretString>,
    /// Creation time in epoch milliseconds.
    pub at: i64,
}

/// Remaining recovery codes of a user.
#[derive(Debug)]
pub struct Left {
    /// Number of codes that still work.
    pub remaining: i64,
    /// Creation time in epoch milliseconds; `None` without codes.
    pub made_at: Option<i64>,
}

/// Returns how many codes the user has left.
pub async fn count(core: &Core, realm: &Realm, actor: &Actor, key: &Key) -> Result<Left> {
    actor.need(Access::Read)?;
    let (user, _) = users::read(core, &core.db, realm, key).await?;
    let kept = store::kept(&core.db, &realm.id, &user.id).await?;
    Ok(Left { remaining: kept.codes, made_at: kept.made_at })
}

/// Creates new codes for a user with a device in use and revokes the earlier ones.
///
/// # Errors
/// [`Error::Invalid`] if the user has no such device.
pub async fn make(core: &Core, realm: &Realm, actor: &Actor, key: &Key) -> Result<Made> {
    actor.need(Access::Write)?;
    let mut tx = core.db.begin().await?;
    let user = users::lock(&mut tx, realm, key).await?.ok_or(Error::NotFound("user"))?;
    if !credentials::has_device(&mut tx, realm, &user.id).await? {
        return Err(Error::invalid(
            "base",
            "no_device",
            "User has no device in use, which recovery codes stand in for",
        ));
    }
    let made = replace(core, &mut tx, realm, &user.id).await?;
    events::record(core, &mut tx, realm, actor, EventType::RecoveryCodesCreated, Subject::user(&user.id)).await?;
    tx.commit().await?;
    Ok(made)
}

/// Creates the first codes when the user's device is put to use. Returns `None` if codes exist. The caller must have
/// locked the user.
pub(crate) async fn make_first(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    user: &str,
) -> Result<Option<Made>> {
    if store::kept(&mut *tx, &realm.id, user).await?.codes > 0 {
        return Ok(None);
    }
    let made = replace(core, tx, realm, user).await?;
    events::record(core, tx, realm, actor, EventType::RecoveryCodesCreated, Subject::user(user)).await?;
    Ok(Some(made))
}

/// Consumes a recovery code. Returns `true` if it was valid.
pub(crate) async fn spend(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    user: &str,
    text: &str,
) -> Result<bool> {
    let Some(plain) = plain(text) else { return Ok(false) };
    if !store::spend(tx, &realm.id, user, &hash(core, realm, user, &plain)).await? {
        return Ok(false);
    }
    events::record(core, tx, realm, actor, EventType::RecoveryCodeUsed, Subject::user(user)).await?;
    Ok(true)
}

/// Deletes the user's codes, because the last device was removed.
pub(crate) async fn end_all(tx: &mut Tx, realm: &Realm, user: &str) -> Result<()> {
    store::delete_of_user(tx, &realm.id, user).await
}

async fn replace(core: &Core, tx: &mut Tx, realm: &Realm, user: &str) -> Result<Made> {
    store::delete_of_user(tx, &realm.id, user).await?;
    let at = core.clock.now_ms();
    let mut codes = Vec::with_capacity(CODES);
    while codes.len() < CODES {
        let fresh = generate(&core.random);
        store::insert(tx, (&realm.id, user), &hash(core, realm, user, &fresh), at).await?;
        codes.push(SecretString::from(grouped(&fresh)));
    }
    Ok(Made { codes, at })
}

fn hash(core: &Core, realm: &Realm, user: &str, plain: &SecretString) -> [u8; 32] {
    core.master.mac("recovery code", &format!("{}\n{user}\n{}", realm.id, plain.expose_secret()))
}

/// Returns a new code without hyphens.
fn generate(random: &Random) -> SecretString {
    let mut bytes = [0; LENGTH];
    random.fill(&mut bytes);
    let code = bytes.map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    SecretString::from(code.iter().collect::<String>())
}

fn grouped(code: &SecretString) -> String {
    let code = code.expose_secret();
    let groups: Vec<&str> = (0..LENGTH).step_by(GROUP).filter_map(|at| code.get(at..at + GROUP)).collect();
    groups.join("-")
}

/// Normalizes a typed code: ignores case, separators and the script of digits, and maps similar letters to their digit.
fn plain(text: &str) -> Option<SecretString> {
    let alike = |letter: char| match letter.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    let typed: String = crate::text::code(text).chars().map(alike).collect();
    let is_code = typed.len() == LENGTH && typed.bytes().all(|byte| ALPHABET.contains(&byte));
    is_code.then(|| SecretString::from(typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        let random = Random::seeded(5);
        for _ in 0..100 {
            let code = generate(&random);
            let shown = grouped(&code);
            assert_eq!(shown.len(), 14, "{shown}");
            let full_width: String =
                shown.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).expect("a character")).collect();
            for typed in [
                shown.clone(),
                shown.to_uppercase(),
                shown.replace('-', " "),
                shown.replace('-', "\u{2013}"),
                format!("\u{200b} {}\u{feff}", shown.replace('-', "")),
                full_width,
            ] {
                assert_eq!(plain(&typed).expect("a code").expose_secret(), code.expose_secret(), "{typed}");
            }
        }
        assert_eq!(plain("OIL0-il1o-abcd").expect("a code").expose_secret(), "0110 1110 abcd".replace(' ', ""));
        for no_code in ["", "123456", "abcd-efgh", "abcd-efgh-jkmu", "abcd-efgh-jkmnp", "äbcd-efgh-jkm"] {
            assert!(plain(no_code).is_none(), "{no_code}");
        }
    }
}
