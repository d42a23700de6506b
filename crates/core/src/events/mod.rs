//! Events: what happened, written in the same transaction as the change itself.

mod filters;
mod rules;
mod store;

pub(crate) use rules::record;
pub use rules::{OFFER, Since, Wanted, find, list, remove_old, told};
pub(crate) use store::delete_of_realm;
pub use store::{Event, statements};

use secrecy::SecretString;

use crate::connected_apps::Place;
use crate::words::{Word as _, words};

words! {
    /// The event types.
    pub enum EventType {
        /// A realm was made.
        RealmCreated = "realm.created",
        /// A realm's settings or keys changed.
        RealmUpdated = "realm.updated",
        /// A realm is gone with all it held.
        RealmDeleted = "realm.deleted",
        /// An org was made.
        OrgCreated = "org.created",
        /// An org changed.
        OrgUpdated = "org.updated",
        /// An org is gone.
        OrgDeleted = "org.deleted",
        /// A membership was made.
        MembershipCreated = "membership.created",
        /// A membership changed.
        MembershipUpdated = "membership.updated",
        /// A membership has ended.
        MembershipDeleted = "membership.deleted",
        /// A user was made.
        UserCreated = "user.created",
        /// A user's fields or credentials changed.
        UserUpdated = "user.updated",
        /// A user is gone.
        UserDeleted = "user.deleted",
        /// Logins are refused for some minutes, after too many wrong passwords or codes.
        UserLocked = "user.locked",
        /// They are not refused any longer: an operator unlocked the user, or the password is new.
        UserUnlocked = "user.unlocked",
        /// A login was finished.
        LoginSucceeded = "user.login.succeeded",
        /// A login waits for its second step, or for the user's address to be proven.
        LoginInitiated = "user.login.initiated",
        /// A login was refused.
        LoginFailed = "user.login.failed",
        /// The user has to prove their email address.
        VerificationRequested = "user.email.verification_requested",
        /// The user's email address is known to be theirs.
        EmailVerified = "user.email.verified",
        /// A token for a new password was made.
        PasswordTokenCreated = "user.password_token.created",
        /// A password was set with one.
        PasswordTokenConsumed = "user.password_token.consumed",
        /// A wrong one was tried.
        PasswordTokenFailed = "user.password_token.failed",
        /// All sessions of a user were ended at once.
        SessionsEnded = "user.sessions.ended",
        /// Recovery codes were made, the first or fresh ones.
        RecoveryCodesCreated = "user.recovery_codes.created",
        /// A recovery code stood in for a device.
        RecoveryCodeUsed = "user.recovery_code.used",
        /// An auth provider was made.
        AuthProviderCreated = "auth_provider.created",
        /// An auth provider changed.
        AuthProviderUpdated = "auth_provider.updated",
        /// An auth provider is gone.
        AuthProviderDeleted = "auth_provider.deleted",
        /// An App Hook was made.
        AppHookCreated = "app_hook.created",
        /// An App Hook changed.
        AppHookUpdated = "app_hook.updated",
        /// An App Hook is gone.
        AppHookDeleted = "app_hook.deleted",
        /// A webhook is tried out.
        Ping = "ping",
        /// A Connected App was made.
        ConnectedAppCreated = "login_policy.created",
        /// A Connected App changed.
        ConnectedAppUpdated = "login_policy.updated",
        /// A Connected App is gone.
        ConnectedAppDeleted = "login_policy.deleted",
    }
}

words! {
    /// Why a login was refused, or a user is locked.
    pub enum FailureReason {
        /// The name that was tried is nobody's.
        UnknownUser = "unknown_user",
        /// Another password than the user's.
        WrongPassword = "wrong_password",
        /// The user has no password.
        NoPassword = "no_password",
        /// The realm takes no passwords.
        PasswordsOff = "passwords_off",
        /// The user is inactive.
        InactiveUser = "inactive_user",
        /// The realm is inactive.
        InactiveRealm = "inactive_realm",
        /// The user has to prove their address first.
        UnverifiedEmail = "unverified_email",
        /// A code that no device shows, and no recovery code.
        WrongCode = "wrong_code",
        /// The login that the code belongs to has ended, or there was none.
        UnknownToken = "unknown_token",
        /// An API key that is nobody's.
        WrongKey = "wrong_key",
        /// The person did not agree at the provider, or the provider did not want to.
        Cancelled = "cancelled",
        /// The provider refused the code or the token.
        ProviderRefused = "provider_refused",
        /// The provider gave no usable answer.
        ProviderUnreachable = "provider_unreachable",
        /// What the provider said does not belong to this login.
        ProviderDistrusted = "provider_distrusted",
        /// What the provider said of the person makes no user.
        InvalidIdentity = "invalid_identity",
        /// Another account has the address, and its owner is not proven.
        EmailTaken = "email_taken",
        /// Nobody may sign up.
        SignupsOff = "signups_off",
        /// Locked: too many wrong passwords.
        TooManyPasswords = "too_many_passwords",
        /// Locked: too many wrong codes.
        TooManyCodes = "too_many_codes",
    }
}

/// What an event is about, besides its realm.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject<'a> {
    /// `usr_`
    pub user: Option<&'a str>,
    /// `org_`
    pub org: Option<&'a str>,
    /// `mb_`
    pub membership: Option<&'a str>,
    /// `ap_`
    pub auth_provider: Option<&'a str>,
    /// `lpl_`
    pub connected_app: Option<&'a str>,
    /// `hk_`
    pub app_hook: Option<&'a str>,
    /// Why a login was refused.
    pub reason: Option<FailureReason>,
    /// The name that was tried.
    pub login_name: Option<&'a str>,
    /// A one-time token that a mail about this takes to the user; the event itself does not hold it.
    pub token: Option<&'a SecretString>,
    /// Where a mail about this leads back to; the event itself does not hold it either.
    pub place: Option<&'a Place>,
}

impl EventType {
    /// Whether a mail about it is of use only with a one-time token.
    pub(crate) fn needs_token(self) -> bool {
        matches!(self, Self::PasswordTokenCreated | Self::VerificationRequested)
    }

    /// Whether it tells of what pages and rules are made from: a realm, a Connected App, an auth provider.
    pub(crate) fn is_of_configuration(self) -> bool {
        ["realm.", "login_policy.", "auth_provider."].iter().any(|kind| self.as_str().starts_with(kind))
    }
}

impl<'a> Subject<'a> {
    /// The realm itself.
    pub const REALM: Subject<'static> = Subject {
        user: None,
        org: None,
        membership: None,
        auth_provider: None,
        connected_app: None,
        app_hook: None,
        reason: None,
        login_name: None,
        token: None,
        place: None,
    };

    /// An App Hook.
    pub fn app_hook(id: &'a str) -> Self {
        Self { app_hook: Some(id), ..Self::default() }
    }

    /// An auth provider.
    pub fn auth_provider(id: &'a str) -> Self {
        Self { auth_provider: Some(id), ..Self::default() }
    }

    /// An org.
    pub fn org(id: &'a str) -> Self {
        Self { org: Some(id), ..Self::default() }
    }

    /// A membership, which tells whose it is.
    pub fn membership(id: &'a str, user: &'a str, org: Option<&'a str>) -> Self {
        Self { membership: Some(id), user: Some(user), org, ..Self::default() }
    }

    /// A user.
    pub fn user(id: &'a str) -> Self {
        Self { user: Some(id), ..Self::default() }
    }

    /// With what only the user may have.
    #[must_use]
    pub fn with_token(self, token: &'a SecretString) -> Self {
        Self { token: Some(token), ..self }
    }

    /// Begun on these hosted pages, if it was on any.
    #[must_use]
    pub fn begun_at(self, place: Option<&'a Place>) -> Self {
        Self { place, ..self }
    }
}
