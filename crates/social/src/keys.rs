//! Fetches and caches the issuers' signing keys (RFC 7517).
//!
//! Guarantees: keys are cached for an hour. An unknown key id triggers a new fetch at most once a minute, so forged key
//! ids cannot flood the issuer. Concurrent callers share one fetch, and after a failure no fetch is made for a while,
//! so an issuer that hangs delays few callers.

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
/// Number of JWK Sets in the cache.
const CAPACITY: usize = 1000;
/// Maximum number of keys that are used of one JWK Set.
const MOST_KEYS: usize = 100;

/// Cache of JWK Sets, by address.
pub struct Keys {
    clock: Clock,
    http: Http,
    known: Cache<String, Arc<Mutex<Known>>>,
}

/// Cached state of a JWK Set's address.
#[derive(Default)]
enum Known {
    #[default]
    Nothing,
    Keys {
        keys: Vec<ForeignKey>,
        fetched_at: i64,
        /// Time of the last fetch, including failed ones, in epoch milliseconds.
        asked_at: i64,
    },
    Failure {
        error: Error,
        until: i64,
    },
}

impl Keys {
    /// Creates an empty cache.
    pub fn new(clock: Clock, http: Http) -> Self {
        Self { clock, http, known: Cache::new(CAPACITY) }
    }

    /// Verifies a token with the keys at this address and returns its claims.
    pub async fn verify(&self, jwks_uri: &str, token: &str) -> Result<Map<String, Value>> {
        let kid = foreign_kid(token).map_err(|_| Error::Distrusted("the ID token cannot be read"))?;
        let made = self.known.get_or_insert_with(jwks_uri, || Ok::<_, std::convert::Infallible>(Arc::default()));
        let slot = made.unwrap_or_else(|never| match never {});
        let mut known = slot.lock().await;
        // A caller that waited for the lock finds the result of the fetch it waited for.
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
    /// Returns whether the JWK Set must be fetched before this key is looked up.
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
            // The issuer does not respond: serve the cached keys and back off.
            (Err(error), Self::Keys { asked_at, .. }) => {
                tracing::warn!(%error, "an issuer's keys cannot be fetched");
                *asked_at = now;
            }
            (Err(error), known) => *known = Self::Failure { error, until: now + FAILED_MS },
        }
    }
}

/// Verifies a token with the key of this id, or with any key if the token names none.
fn verified(keys: &[ForeignKey], token: &str, kid: Option<&str>) -> Result<Map<String, Value>> {
    let mut fitting = keys.iter().filter(|key| kid.is_none() || key.kid() == kid).peekable();
    if fitting.peek().is_none() {
        return Err(Error::Distrusted("the ID token is signed with a key that the issuer does not have"));
    }
    let claims = fitting.find_map(|key| key.verify(token).ok());
    claims.ok_or(Error::Distrusted("the ID token has another signature, algorithm or type than the key's"))
}
