//! Events: records of changes and logins, written in the same transaction as the change itself.

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
    /// Type of an event.
    pub enum EventType {
        /// A realm was created.
        RealmCreated = "realm.created",
        /// A realm's settings or keys changed.
        RealmUpdated = "realm.updated",
        /// A realm was deleted with everything in it.
        RealmDeleted = "realm.deleted",
        /// An org was created.
        OrgCreated = "org.created",
        /// An org changed.
        OrgUpdated = "org.updated",
        /// An org was deleted.
        OrgDeleted = "org.deleted",
        /// A membership was created.
        MembershipCreated = "membership.created",
        /// A membership changed.
        MembershipUpdated = "membership.updated",
        /// A membership was deleted.
        MembershipDeleted = "membership.deleted",
        /// A user was created.
        UserCreated = "user.created",
        /// A user's fields or credentials changed.
        UserUpdated = "user.updated",
        /// A user was deleted.
        UserDeleted = "user.deleted",
        /// A user was locked out for some minutes after too many wrong passwords or codes.
        UserLocked = "user.locked",
        /// A lock-out ended, because an operator unlocked the user or the password was changed.
        UserUnlocked = "user.unlocked",
        /// A login was completed.
        LoginSucceeded = "user.login.succeeded",
        /// A login is pending: it waits for the second factor or for email verification.
        LoginInitiated = "user.login.initiated",
        /// A login was refused.
        LoginFailed = "user.login.failed",
        /// The user was asked to verify their email address.
        VerificationRequested = "user.email.verification_requested",
        /// The user's email address was verified.
        EmailVerified = "user.email.verified",
        /// A one-time token for setting a password was created.
        PasswordTokenCreated = "user.password_token.created",
        /// A password was set with a one-time token.
        PasswordTokenConsumed = "user.password_token.consumed",
        /// A one-time token for a password was invalid, or a requested one was not issued.
        PasswordTokenFailed = "user.password_token.failed",
        /// All sessions of a user were ended.
        SessionsEnded = "user.sessions.ended",
        /// Recovery codes were created, for the first time or again.
        RecoveryCodesCreated = "user.recovery_codes.created",
        /// A recovery code was used in place of a TOTP device.
        RecoveryCodeUsed = "user.recovery_code.used",
        /// An auth provider was created.
        AuthProviderCreated = "auth_provider.created",
        /// An auth provider changed.
        AuthProviderUpdated = "auth_provider.updated",
        /// An auth provider was deleted.
        AuthProviderDeleted = "auth_provider.deleted",
        /// An App Hook was created.
        AppHookCreated = "app_hook.created",
        /// An App Hook changed.
        AppHookUpdated = "app_hook.updated",
        /// An App Hook was deleted.
        AppHookDeleted = "app_hook.deleted",
        /// A hook was tested.
        Ping = "ping",
        /// A Connected App was created.
        ConnectedAppCreated = "login_policy.created",
        /// A Connected App changed.
        ConnectedAppUpdated = "login_policy.updated",
        /// A Connected App was deleted.
        ConnectedAppDeleted = "login_policy.deleted",
    }
}

words! {
    /// Reason why a login failed or a user was locked out.
    pub enum FailureReason {
        /// No user has this name.
        UnknownUser = "unknown_user",
        /// The password is wrong.
        WrongPassword = "wrong_password",
        /// The user has no password.
        NoPassword = "no_password",
        /// The realm does not accept passwords.
        PasswordsOff = "passwords_off",
        /// The user is inactive.
        InactiveUser = "inactive_user",
        /// The realm is inactive.
        InactiveRealm = "inactive_realm",
        /// The user must verify their email address first.
        UnverifiedEmail = "unverified_email",
        /// Neither a valid code of a device nor a recovery code.
        WrongCode = "wrong_code",
        /// The pending login of the code has ended or never existed.
        UnknownToken = "unknown_token",
        /// No user has this API key.
        WrongKey = "wrong_key",
        /// The user or the provider cancelled the login at the provider.
        Cancelled = "cancelled",
        /// The provider refused the code or the token.
        ProviderRefused = "provider_refused",
        /// The provider did not return a usable response.
        ProviderUnreachable = "provider_unreachable",
        /// The provider's response could not be verified for this login.
        ProviderDistrusted = "provider_distrusted",
        /// No valid user can be created from the provider's profile.
        InvalidIdentity = "invalid_identity",
        /// Another user has the email address, and ownership is not verified.
        EmailTaken = "email_taken",
        /// The realm does not allow signups.
        SignupsOff = "signups_off",
        /// Lock-out after too many wrong passwords.
        TooManyPasswords = "too_many_passwords",
        /// Lock-out after too many wrong codes.
        TooManyCodes = "too_many_codes",
    }
}

/// Resources and details of an event, besides its realm.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject<'a> {
    /// User id, `usr_…`.
    pub user: Option<&'a str>,
    /// Org id, `org_…`.
    pub org: Option<&'a str>,
    /// Membership id, `mb_…`.
    pub membership: Option<&'a str>,
    /// Auth provider id, `ap_…`.
    pub auth_provider: Option<&'a str>,
    /// Connected App id, `lpl_…`.
    pub connected_app: Option<&'a str>,
    /// App Hook id, `hk_…`.
    pub app_hook: Option<&'a str>,
    /// Reason why a login failed or a user was locked out.
    pub reason: Option<FailureReason>,
    /// Username or email address of a login attempt.
    pub login_name: Option<&'a str>,
    /// One-time token that a mail about this event sends to the user; not stored in the event itself.
    pub token: Option<&'a SecretString>,
    /// Hosted page that a mail about this event links to; not stored in the event itself.
    pub place: Option<&'a Place>,
}

impl EventType {
    /// Returns whether a mail about this event is useless without a one-time token.
    pub(crate) fn needs_token(self) -> bool {
        matches!(self, Self::PasswordTokenCreated | Self::VerificationRequested)
    }

    /// Returns whether the event is about the configuration: a realm, a Connected App or an auth provider.
    pub(crate) fn is_of_configuration(self) -> bool {
        ["realm.", "login_policy.", "auth_provider."].iter().any(|kind| self.as_str().starts_with(kind))
    }
}

impl<'a> Subject<'a> {
    /// Subject of events about the realm itself.
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

    /// Creates a subject for an App Hook.
    pub fn app_hook(id: &'a str) -> Self {
        Self { app_hook: Some(id), ..Self::default() }
    }

    /// Creates a subject for an auth provider.
    pub fn auth_provider(id: &'a str) -> Self {
        Self { auth_provider: Some(id), ..Self::default() }
    }

    /// Creates a subject for an org.
    pub fn org(id: &'a str) -> Self {
        Self { org: Some(id), ..Self::default() }
    }

    /// Creates a subject for a membership, with its user and org.
    pub fn membership(id: &'a str, user: &'a str, org: Option<&'a str>) -> Self {
        Self { membership: Some(id), user: Some(user), org, ..Self::default() }
    }

    /// Creates a subject for a user.
    pub fn user(id: &'a str) -> Self {
        Self { user: Some(id), ..Self::default() }
    }

    /// Adds a one-time token, which only the user may receive.
    #[must_use]
    pub fn with_token(self, token: &'a SecretString) -> Self {
        Self { token: Some(token), ..self }
    }

    /// Sets the hosted page where the action began, if any.
    #[must_use]
    pub fn begun_at(self, place: Option<&'a Place>) -> Self {
        Self { place, ..self }
    }
}
