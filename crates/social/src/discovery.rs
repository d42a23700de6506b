//! OpenID Connect discovery: what an issuer says of itself.
//!
//! Guarantees: the document has to be the issuer's own word (it names the very issuer), its addresses are https; it is
//! kept for an hour, and for a day where the issuer does not answer meanwhile; of many who ask at once one fetches.

use std::sync::Arc;

use gantry_core::auth_providers::is_safe;
use quick_cache::sync::Cache;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::error::{Error, Result};
use crate::http::Http;

const FRESH_MS: i64 = 60 * 60 * 1000;
const STALE_MS: i64 = 24 * FRESH_MS;
/// Issuers kept.
const CAPACITY: usize = 1000;

/// What is used of the document.
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

/// The documents of all issuers.
pub struct Discovery {
    http: Http,
    known: Cache<String, Arc<Mutex<Option<Known>>>>,
}

struct Known {
    metadata: Arc<Metadata>,
    fetched_at: i64,
}

impl Discovery {
    /// Nothing known yet.
    pub fn new(http: Http) -> Self {
        Self { http, known: Cache::new(CAPACITY) }
    }

    /// What the issuer says of itself.
    pub async fn of(&self, issuer: &str, now_ms: i64) -> Result<Arc<Metadata>> {
        let made = self.known.get_or_insert_with(issuer, || Ok::<_, std::convert::Infallible>(Arc::default()));
        let slot = made.unwrap_or_else(|never| match never {});
        let mut known = slot.lock().await;
        if let Some(known) = &*known
            && now_ms - known.fetched_at < FRESH_MS
        {
            return Ok(Arc::clone(&known.metadata));
        }
        match self.fetch(issuer).await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *known = Some(Known { metadata: Arc::clone(&metadata), fetched_at: now_ms });
                Ok(metadata)
            }
            Err(error) => match &*known {
                Some(known) if now_ms - known.fetched_at < STALE_MS => Ok(Arc::clone(&known.metadata)),
                _ => Err(error),
            },
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
