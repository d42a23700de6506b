//! The keys with which issuers sign, as they publish them (RFC 7517).
//!
//! Guarantees: keys are kept for an hour; one that is not known yet has them fetched anew, at most once a minute, so
//! that made-up key ids cost the issuer nothing; of many who ask at once one fetches.

use std::sync::Arc;

use gantry_crypto::jwt::{ForeignKey, foreign_kid};
use quick_cache::sync::Cache;
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::error::{Error, Result};
use crate::http::Http;

const FRESH_MS: i64 = 60 * 60 * 1000;
const AGAIN_MS: i64 = 60 * 1000;
/// Sets kept.
const CAPACITY: usize = 1000;
/// The most keys of one set.
const MOST_KEYS: usize = 100;

/// The keys of all issuers.
pub struct Keys {
    http: Http,
    known: Cache<String, Arc<Mutex<Option<Known>>>>,
}

struct Known {
    keys: Vec<ForeignKey>,
    fetched_at: i64,
}

impl Keys {
    /// None known yet.
    pub fn new(http: Http) -> Self {
        Self { http, known: Cache::new(CAPACITY) }
    }

    /// The claims of a token that one of the keys at this address has signed.
    pub async fn verify(&self, jwks_uri: &str, token: &str, now_ms: i64) -> Result<Map<String, Value>> {
        let kid = foreign_kid(token).map_err(|_| Error::Distrusted("the ID token cannot be read"))?;
        let made = self.known.get_or_insert_with(jwks_uri, || Ok::<_, std::convert::Infallible>(Arc::default()));
        let slot = made.unwrap_or_else(|never| match never {});
        let mut known = slot.lock().await;
        if Self::is_wanting(known.as_ref(), kid.as_deref(), now_ms) {
            let set = self.http.get(jwks_uri, &[], None).await;
            let keys = set.map(|set| ForeignKey::of_set(&set).into_iter().take(MOST_KEYS).collect::<Vec<_>>());
            match (keys, &mut *known) {
                (Ok(keys), known) => *known = Some(Known { keys, fetched_at: now_ms }),
                // The issuer does not answer: what is known has to do, and it is not asked again at once.
                (Err(error), Some(known)) => {
                    tracing::warn!(%error, "an issuer's keys cannot be fetched");
                    known.fetched_at = known.fetched_at.max(now_ms - FRESH_MS + AGAIN_MS);
                }
                (Err(Error::Refused(why)), None) => {
                    return Err(Error::Unreachable(format!("it has no keys where it says ({why})")));
                }
                (Err(error), None) => return Err(error),
            }
        }
        let keys = known.as_ref().map(|known| known.keys.as_slice()).unwrap_or_default();
        verified(keys, token, kid.as_deref())
    }

    fn is_wanting(known: Option<&Known>, kid: Option<&str>, now_ms: i64) -> bool {
        let Some(known) = known else { return true };
        let age = now_ms - known.fetched_at;
        let is_new = kid.is_some() && known.keys.iter().all(|key| key.kid() != kid);
        age >= FRESH_MS || (is_new && age >= AGAIN_MS)
    }
}

/// By the key of this id; a token that names none, by any.
fn verified(keys: &[ForeignKey], token: &str, kid: Option<&str>) -> Result<Map<String, Value>> {
    let mut fitting = keys.iter().filter(|key| kid.is_none() || key.kid() == kid).peekable();
    if fitting.peek().is_none() {
        return Err(Error::Distrusted("the ID token is signed with a key that the issuer does not have"));
    }
    let claims = fitting.find_map(|key| key.verify(token).ok());
    claims.ok_or(Error::Distrusted("the ID token has another signature, algorithm or type than the key's"))
}
