//! OpenID Connect Discovery: fetches and caches the issuers' metadata.
//!
//! Guarantees: the document must name exactly the issuer that was asked, and its addresses must be https. A document is
//! cached for an hour, or for up to a day while the issuer is unreachable. Concurrent callers share one fetch, and
//! after a failure no fetch is made for a while, so an issuer that hangs delays few callers.

use std::sync::Arc;

use gantry_core::auth_providers::is_safe;
use gantry_core::clock::Clock;
use quick_cache::sync::Cache;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::error::{Error, FAILED_MS, Result};
use crate::http::Http;

const FRESH_MS: i64 = 60 * 60 * 1000;
const STALE_MS: i64 = 24 * FRESH_MS;
/// How long a stale document is used before the next attempt to fetch it, in milliseconds.
const AGAIN_MS: i64 = 60 * 1000;
/// Number of issuers in the cache.
const CAPACITY: usize = 1000;

/// The fields of the discovery document that are used.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub jwks_uri: String,
    pub userinfo_endpoint: Option<String>,
    pub introspection_endpoint: Option<String>,
    #[serde(default)]
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Cache of discovery documents, by issuer.
pub struct Discovery {
    clock: Clock,
    http: Http,
    known: Cache<String, Arc<Mutex<Known>>>,
}

/// Cached state of an issuer, and until when it is not fetched again.
#[derive(Default)]
enum Known {
    #[default]
    Nothing,
    Document {
        metadata: Arc<Metadata>,
        fetched_at: i64,
        until: i64,
    },
    Failure {
        error: Error,
        until: i64,
    },
}

impl Discovery {
    /// Creates an empty cache.
    pub fn new(clock: Clock, http: Http) -> Self {
        Self { clock, http, known: Cache::new(CAPACITY) }
    }

    /// Returns the issuer's metadata, from the cache if it is fresh.
    pub async fn of(&self, issuer: &str) -> Result<Arc<Metadata>> {
        let made = self.known.get_or_insert_with(issuer, || Ok::<_, std::convert::Infallible>(Arc::default()));
        let slot = made.unwrap_or_else(|never| match never {});
        let mut known = slot.lock().await;
        // A caller that waited for the lock finds the result of the fetch it waited for.
        let now = self.clock.now_ms();
        match &*known {
            Known::Document { metadata, until, .. } if now < *until => return Ok(Arc::clone(metadata)),
            Known::Failure { error, until } if now < *until => return Err(error.again()),
            _ => {}
        }
        let fetched = self.fetch(issuer).await;
        let now = self.clock.now_ms();
        match (fetched, &mut *known) {
            (Ok(metadata), known) => {
                let metadata = Arc::new(metadata);
                *known = Known::Document { metadata: Arc::clone(&metadata), fetched_at: now, until: now + FRESH_MS };
                Ok(metadata)
            }
            (Err(error), Known::Document { metadata, fetched_at, until }) if now - *fetched_at < STALE_MS => {
                tracing::warn!(%error, "an issuer's discovery document cannot be fetched");
                *until = (now + AGAIN_MS).min(*fetched_at + STALE_MS);
                Ok(Arc::clone(metadata))
            }
            (Err(error), known) => {
                *known = Known::Failure { error: error.again(), until: now + FAILED_MS };
                Err(error)
            }
        }
    }

    async fn fetch(&self, issuer: &str) -> Result<Metadata> {
        let bare = issuer.trim_end_matches('/');
        let document = self.http.get(&format!("{bare}/.well-known/openid-configuration"), &[], None).await;
        let document = document.map_err(|error| match error {
            Error::Refused(why) => Error::Unreachable(format!("it has no discovery document ({why})")),
            other => other,
        })?;
        let metadata: Metadata = serde_json::from_value(document)
            .map_err(|_| Error::Unreachable("its discovery document lacks what OpenID Connect demands".to_owned()))?;
        if metadata.issuer.trim_end_matches('/') != bare {
            return Err(Error::Distrusted("the discovery document names another issuer"));
        }
        let optional = [&metadata.userinfo_endpoint, &metadata.introspection_endpoint];
        let addresses = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        if !addresses.into_iter().chain(optional.into_iter().flatten()).all(|address| is_safe(address)) {
            return Err(Error::Distrusted("the discovery document has an address that is not https"));
        }
        Ok(metadata)
    }
}
