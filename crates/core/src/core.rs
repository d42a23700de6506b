//! [`Core`]: the product, ready to be asked. Made once per process, shared by all surfaces.

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

/// Prepared keys kept in memory, for signing and for verifying each. Beyond it the least used is prepared again.
const PREPARED_KEYS: usize = 1000;

/// Says what is wrong with a template, as the end of a sentence that begins with the field's name. It takes its time
/// beside the requests, so it is never asked for inside a transaction.
pub type CheckTemplate = fn(String) -> Pin<Box<dyn Future<Output = std::result::Result<(), String>> + Send>>;

/// The product without HTTP.
pub struct Core {
    /// Where everything is kept.
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    /// Where ids and secrets come from.
    pub random: Random,
    /// The pool that hashes passwords.
    pub passwords: Passwords,
    /// The brute-force limiter.
    pub tries: Tries,
    /// Whether what was read of the configuration still holds.
    pub configuration: Arc<Configuration>,
    /// Wakes whoever delivers notifications.
    pub bell: Arc<Bell>,
    /// When failed deliveries are repeated.
    pub retries: Retries,
    /// What happened, in numbers.
    pub metrics: Arc<Metrics>,
    pub(crate) check_template: CheckTemplate,
    pub(crate) realms_per_account: u32,
    pub(crate) ids: id::Sequence,
    pub(crate) master: MasterKey,
    pub(crate) rsa_stock: Stock,
    pub(crate) signing_keys: Cache<String, Arc<SigningKey>>,
    pub(crate) verifying_keys: Cache<String, Arc<VerifyingKey>>,
}

/// What a [`Core`] is made of.
pub struct Parts {
    /// An open, migrated database.
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    /// Where ids and secrets come from.
    pub random: Random,
    /// The pool that hashes passwords.
    pub passwords: Passwords,
    /// The brute-force limiter.
    pub tries: Tries,
    /// When failed deliveries are repeated.
    pub retries: Retries,
    /// Checks the templates of mails, which the product itself does not read.
    pub check_template: CheckTemplate,
    /// The most realms of one account; 0: any number.
    pub realms_per_account: u32,
    /// What secrets at rest are sealed with.
    pub master: MasterKey,
    /// RSA keys to make ahead.
    pub rsa_keys_ahead: usize,
}

impl Core {
    /// Puts the parts together. The master key has to be the database's: see [`installation::open`](crate::installation).
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

    /// The rules for new passwords; with the password provider off, those of a new realm.
    pub(crate) async fn password_policy(&self, realm: &Realm) -> Result<PasswordPolicy> {
        Ok(auth_providers::password_policy(&self.db, realm).await?.unwrap_or_default())
    }
}

/// Deadline of a statement that may change as many rows as a realm has.
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
