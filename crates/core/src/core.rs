//! [`Core`]: state of the product without HTTP. Created once per process and shared by all surfaces.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use gantry_crypto::jwt::{SigningKey, VerifyingKey};
use gantry_crypto::password::Passwords;
use gantry_crypto::seal::MasterKey;
use gantry_crypto::{Random, id};
use gantry_db::Db;
use quick_cache::sync::Cache;

use crate::auth_providers;
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::credentials::PasswordPolicy;
use crate::error::{Error, Result};
use crate::jwt_keys::Stock;
use crate::metrics::Metrics;
use crate::notifications::{Bell, Retries};
use crate::realms::Realm;
use crate::tries::Tries;

/// Size of each cache of parsed signing and verifying keys. The least used keys are evicted and parsed again when
/// needed.
const PREPARED_KEYS: usize = 1000;

/// Checks a template. The error is the end of a sentence that begins with the field's name. Slow, so it must never be
/// called inside a transaction.
pub type CheckTemplate = fn(String) -> Pin<Box<dyn Future<Output = std::result::Result<(), String>> + Send>>;

/// State of the product without HTTP.
pub struct Core {
    /// Database.
    pub db: Db,
    /// Source of the current time.
    pub clock: Clock,
    /// Random generator for ids and secrets.
    pub random: Random,
    /// Thread pool that hashes passwords.
    pub passwords: Passwords,
    /// Rate limiter against brute force.
    pub tries: Tries,
    /// Version of the configuration, for invalidating caches.
    pub configuration: Arc<Configuration>,
    /// Wakes the delivery worker.
    pub bell: Arc<Bell>,
    /// Retry schedule of failed deliveries.
    pub retries: Retries,
    /// Counters for monitoring.
    pub metrics: Arc<Metrics>,
    pub(crate) check_template: CheckTemplate,
    pub(crate) realms_per_account: u32,
    pub(crate) ids: id::Sequence,
    pub(crate) master: MasterKey,
    pub(crate) rsa_stock: Stock,
    pub(crate) signing_keys: Cache<String, Arc<SigningKey>>,
    pub(crate) verifying_keys: Cache<String, Arc<VerifyingKey>>,
}

/// Parts that a [`Core`] is built from.
pub struct Parts {
    /// An open, migrated database.
    pub db: Db,
    /// Source of the current time.
    pub clock: Clock,
    /// Random generator for ids and secrets.
    pub random: Random,
    /// Thread pool that hashes passwords.
    pub passwords: Passwords,
    /// Rate limiter against brute force.
    pub tries: Tries,
    /// Retry schedule of failed deliveries.
    pub retries: Retries,
    /// Checks mail templates, which core itself does not parse.
    pub check_template: CheckTemplate,
    /// Maximum number of realms per account. 0: unlimited.
    pub realms_per_account: u32,
    /// Key that seals secrets at rest.
    pub master: MasterKey,
    /// Number of RSA keys to generate ahead.
    pub rsa_keys_ahead: usize,
}

impl Core {
    /// Builds the core. The master key must match the database: see [`installation::open`](crate::installation).
    pub fn new(parts: Parts) -> Self {
        Self {
            db: parts.db,
            clock: parts.clock,
            random: parts.random,
            passwords: parts.passwords,
            tries: parts.tries,
            configuration: Arc::default(),
            bell: Arc::default(),
            retries: parts.retries,
            metrics: Arc::default(),
            check_template: parts.check_template,
            realms_per_account: parts.realms_per_account,
            ids: id::Sequence::default(),
            master: parts.master,
            rsa_stock: Stock::start(parts.rsa_keys_ahead),
            signing_keys: Cache::new(PREPARED_KEYS),
            verifying_keys: Cache::new(PREPARED_KEYS),
        }
    }

    pub(crate) fn new_id(&self, prefix: &str, now_ms: i64) -> String {
        self.ids.next(prefix, now_ms, &self.random)
    }

    /// Returns the rules for new passwords. If the password provider is off, returns the defaults of a new realm.
    pub(crate) async fn password_policy(&self, realm: &Realm) -> Result<PasswordPolicy> {
        Ok(auth_providers::password_policy(&self.db, realm).await?.unwrap_or_default())
    }
}

/// Deadline of a statement that may change all rows of a realm.
pub(crate) const WHOLE_REALM: Duration = Duration::from_mins(1);

impl From<gantry_db::Error> for Error {
    #[track_caller]
    fn from(error: gantry_db::Error) -> Self {
        match error {
            gantry_db::Error::Busy(why) => {
                tracing::warn!(why, "the database is busy");
                Self::Unavailable { retry_after: 1 }
            }
            gantry_db::Error::Unavailable { context, .. } => {
                tracing::warn!(why = context, "the database is unavailable");
                Self::Unavailable { retry_after: 1 }
            }
            error => Self::internal(error),
        }
    }
}
