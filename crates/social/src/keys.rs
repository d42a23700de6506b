//! The keys with which issuers sign, as they publish them (RFC 7517).
//!
//! Guarantees: keys are kept for an hour; one that is not known yet has them fetched anew, at most once a minute, so
//! that made-up key ids cost the issuer nothing; of many who ask at once one fetches, and after a failure nobody does for
//! a while, so that an issuer that hangs holds up few.

use std::sync::Arc;

use gantry_core::clock::Clock;
use gantry_crypto::jwt::{ForeignKey, foreign_kid};
use quick_cache::sync::Cache;
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::error::{Error, FAILED_MS, Result};
use crate::http::Http;

const FRESH_MS: i64 = 60 * 60 * 1000;
const AGAIN_MS: i64 = 60 * 1000;
/// Sets kept.
const CAPACITY: usize = 1000;
/// The most keys of one set.
const MOST_KEYS: usize = 100;

/// The keys of all issuers.
pub struct Keys {
    clock: Clock,
    http: Http,
    known: Cache<String, Arc<Mutex<Known>>>,
}

/// What is known of an address.
#[derive(Default)]
enum Known {
    #[default]
    Nothing,
    Keys {
        keys: Vec<ForeignKey>,
        fetched_at: i64,
        /// Also without success.
        asked_at: i64,
    },
    Failure {
        error: Error,
        until: i64,
    },
}

impl Keys {
    /// None known yet.
    pub fn new(clock: Clock, http: Http) -> Self {
        Self { clock, http, known: Cache::new(CAPACITY) }
    }

    /// The claims of a token that one of the keys at this address has signed.
    pub async fn verify(&self, jwks_uri: &str, token: &str) -> Result<Map<String, Value>> {
        let kid = foreign_kid(token).map_err(|_| Error::Distrusted("the ID token cannot be read"))?;
        let made = self.known.get_or_insert_with(jwks_uri, || Ok::<_, std::convert::Infallible>(Arc::default()));
        let slot = made.unwrap_or_else(|never| match never {});
        let mut known = slot.lock().await;
        // Whoever waited for another one's fetch finds what came of it.
        if known.is_wanting(kid.as_deref(), self.clock.now_ms()) {
            let fetched = self.fetch(jwks_uri).await;
            known.learn(fetched, self.clock.now_ms());
        }
        match &*known {
            Known::Keys { keys, .. } => verified(keys, token, kid.as_deref()),
            Known::Failure { error, .. } => Err(error.again()),
            Known::Nothing => verified(&[], token, kid.as_deref()),
        }
    }

    async fn fetch(&self, jwks_uri: &str) -> Result<Vec<ForeignKey>> {
        let set = self.http.get(jwks_uri, &[], None).await.map_err(|error| match error {
            Error::Refused(why) => Error::Unreachable(format!("it has no keys where it says ({why})")),
            other => other,
        })?;
        Ok(ForeignKey::of_set(&set).into_iter().take(MOST_KEYS).collect())
    }
}

impl Known {
    /// Whether the issuer is to be asked for this key.
    fn is_wanting(&self, kid: Option<&str>, now: i64) -> bool {
        match self {
            Self::Nothing => true,
            Self::Failure { until, .. } => now >= *until,
            Self::Keys { keys, fetched_at, asked_at } => {
                let is_new = kid.is_some() && keys.iter().all(|key| key.kid() != kid);
                (is_new || now - fetched_at >= FRESH_MS) && now - asked_at >= AGAIN_MS
            }
        }
    }

    fn learn(&mut self, fetched: Result<Vec<ForeignKey>>, now: i64) {
        match (fetched, self) {
            (Ok(keys), known) => *known = Self::Keys { keys, fetched_at: now, asked_at: now },
            // The issuer does not answer: what is known has to do, and it is not asked again at once.
            (Err(error), Self::Keys { asked_at, .. }) => {
                tracing::warn!(%error, "an issuer's keys cannot be fetched");
                *asked_at = now;
            }
            (Err(error), known) => *known = Self::Failure { error, until: now + FAILED_MS },
        }
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
