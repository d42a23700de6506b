//! Issues challenges and verifies solutions. Format: `EXPIRY.BITS.PIECES.RANDOM.SEED`. The seed is the MAC of the rest.

use gantry_crypto::{hex, token};

use super::{store, work};
use crate::actor::Origin;
use crate::auth_providers::{LoginRocket, SignupChallenge};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::page::BATCH;
use crate::realms::Realm;

/// Lifetime of a challenge: the longest time for filling in a form.
const LIFETIME_MS: i64 = 60 * 60 * 1000;
/// Length of the MAC in bytes.
const CODE: usize = 16;

/// Issues a challenge for a signup. Returns `None` if the realm requires none.
pub fn issue(core: &Core, realm: &Realm, settings: &LoginRocket, origin: &Origin) -> Option<String> {
    if settings.signup_challenge == SignupChallenge::None {
        return None;
    }
    let expires_at = core.clock.now_ms() + LIFETIME_MS;
    let random = token::generate(None, &core.random);
    let open = format!("{expires_at}.{}.{}.{random}", work::BITS, work::PIECES);
    let seed = seed(core, realm, origin, &open);
    Some(format!("{open}.{seed}"))
}

/// Removes `challenge` and `challenge_solution` from a signup, and consumes them if the realm requires a challenge.
///
/// # Errors
/// [`Error::Invalid`] if the challenge is missing, unsolved, expired, already used or from another app.
pub(crate) async fn spend(
    core: &Core,
    realm: &Realm,
    settings: &LoginRocket,
    origin: &Origin,
    sent: &mut Fields,
) -> Result<()> {
    let challenge = sent.line("challenge", 200).value().unwrap_or_default();
    let solution = sent.line("challenge_solution", 200).value().unwrap_or_default();
    sent.remove("challenge");
    sent.remove("challenge_solution");
    if settings.signup_challenge == SignupChallenge::None {
        return Ok(());
    }
    if challenge.is_empty() || solution.is_empty() {
        return Err(Error::invalid(
            "challenge",
            "blank",
            "Challenge has to be solved, for which this page needs JavaScript",
        ));
    }
    let unusable =
        || Error::invalid("challenge", "unusable", "Challenge is too old or was used before, please try again");
    let (open, sent_seed) = challenge.rsplit_once('.').ok_or_else(unusable)?;
    if !token::same(seed(core, realm, origin, open).as_bytes(), sent_seed.as_bytes()) {
        return Err(unusable());
    }
    let expires_at: i64 = open.split('.').next().and_then(|text| text.parse().ok()).ok_or_else(unusable)?;
    if expires_at <= core.clock.now_ms() || !work::is_done(sent_seed, &solution) {
        return Err(unusable());
    }
    let mut tx = core.db.begin().await?;
    let is_first = store::insert(&mut tx, &realm.id, &token::hash(&challenge), expires_at).await?;
    tx.commit().await?;
    if is_first { Ok(()) } else { Err(unusable()) }
}

fn seed(core: &Core, realm: &Realm, origin: &Origin, open: &str) -> String {
    let app = origin.app.as_deref().unwrap_or_default();
    let whole = core.master.mac("signup challenge", &format!("{}\n{app}\n{open}", realm.id));
    hex::encode(&whole[..CODE])
}

/// Removes up to one batch of expired challenges. Returns whether there may be more.
pub async fn remove_expired(core: &Core) -> Result<bool> {
    let mut tx = core.db.begin().await?;
    let removed = store::delete_expired(&mut tx, core.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(removed == BATCH)
}
