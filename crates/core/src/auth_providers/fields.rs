//! Reads and validates the fields that a caller may send for a provider.

use secrecy::ExposeSecret;
use url::{Host, Url};

use super::settings::{
    Confirm, LoginRocket, Oauth2, Offered, Settings, SignupChallenge, SignupMode, Sso, Verification, Visible,
};
use super::{AuthProvider, ProviderType};
use crate::core::Core;
use crate::credentials::{PasswordPolicy, RequiredChars};
use crate::fields::{Fields, Sent, label};
use crate::memberships::is_permission;
use crate::words::{Word, word};

/// Context that the client secret of a provider is sealed for.
pub(super) fn place(id: &str) -> String {
    format!("auth_providers/{id}/client_secret")
}

/// Applies the fields that were sent and collects validation errors in `sent`. Fields of other provider types are
/// ignored.
pub(super) fn apply(core: &Core, provider: &mut AuthProvider, settings: &mut Settings, sent: &mut Fields) {
    if let Sent::Value(state) = word(sent, "state") {
        provider.state = state;
    }
    match settings {
        Settings::Password(policy) => password(policy, sent),
        Settings::LoginRocket(settings) => login_rocket(settings, sent),
        Settings::Oauth2(settings) => {
            provider.name = sent.line("name", 100).patch(provider.name.take()).filter(|name| !name.is_empty());
            sent.required("name", provider.name.is_some());
            oauth2(settings, sent);
            client(core, provider, sent);
        }
        Settings::Plain {} if provider.provider_type == ProviderType::Totp => {}
        Settings::Plain {} => client(core, provider, sent),
    }
}

/// Applies the client credentials and scopes for a social provider.
fn client(core: &Core, provider: &mut AuthProvider, sent: &mut Fields) {
    provider.client_id = sent.line("client_id", 500).patch(provider.client_id.take()).filter(|id| !id.is_empty());
    sent.required("client_id", provider.client_id.is_some());
    match sent.secret("client_secret") {
        Sent::Value(secret) => {
            let secret = secret.expose_secret().as_bytes();
            provider.client_secret = Some(core.master.seal(&place(&provider.id), secret, &core.random));
        }
        Sent::Null => provider.client_secret = None,
        Sent::Absent => {}
    }
    sent.required("client_secret", provider.client_secret.is_some());
    provider.scopes = sent.line("scopes", 1000).patch(provider.scopes.take()).filter(|scopes| !scopes.is_empty());
}

fn password(policy: &mut PasswordPolicy, sent: &mut Fields) {
    if let Sent::Value(least) = sent.integer("min_length", 1..=128) {
        policy.min_length = u32::try_from(least).unwrap_or(8);
    }
    if let Sent::Value(score) = sent.integer("min_complexity", 0..=4) {
        policy.min_complexity = u8::try_from(score).unwrap_or(0);
    }
    match sent.choices("required_chars", RequiredChars::TEXTS) {
        Sent::Value(words) => {
            policy.required_chars = words.into_iter().filter_map(RequiredChars::parse).collect();
            policy.required_chars.sort();
            policy.required_chars.dedup();
        }
        Sent::Null => policy.required_chars.clear(),
        Sent::Absent => {}
    }
}

fn login_rocket(settings: &mut LoginRocket, sent: &mut Fields) {
    set(&mut settings.login, offered(sent, "login"));
    set(&mut settings.signup, offered(sent, "signup"));
    set(&mut settings.signup_mode, word::<SignupMode>(sent, "signup_mode"));
    set(&mut settings.name_field, word::<Visible>(sent, "name_field"));
    set(&mut settings.org_field, word::<Visible>(sent, "org_field"));
    set(&mut settings.password_field, word::<Confirm>(sent, "password_field"));
    set(&mut settings.email_verification, word::<Verification>(sent, "email_verification"));
    set(&mut settings.signup_challenge, word::<SignupChallenge>(sent, "signup_challenge"));
    set(&mut settings.sso, word::<Sso>(sent, "sso"));
    set(&mut settings.verify, sent.boolean("verify"));
    match sent.texts("membership_permissions", 2000, 62) {
        Sent::Value(permissions) => {
            if !permissions.iter().all(|permission| is_permission(permission)) {
                let rule = "Membership permissions may only hold letters a to z, digits and * : ; . _ -";
                sent.error("membership_permissions", "invalid", rule);
            }
            settings.membership_permissions = permissions;
        }
        Sent::Null => settings.membership_permissions.clear(),
        Sent::Absent => {}
    }
}

/// Reads a word, or a boolean from older clients: true means `both`, false means `off`.
fn offered(sent: &mut Fields, name: &'static str) -> Sent<Offered> {
    match sent.flag(name) {
        Some(true) => Sent::Value(Offered::Both),
        Some(false) => Sent::Value(Offered::Off),
        None => word(sent, name),
    }
}

fn set<T>(current: &mut T, sent: Sent<T>) {
    if let Sent::Value(value) = sent {
        *current = value;
    }
}

fn oauth2(settings: &mut Oauth2, sent: &mut Fields) {
    endpoint(&mut settings.issuer, sent, "issuer");
    endpoint(&mut settings.authorization_url, sent, "authorization_url");
    endpoint(&mut settings.token_url, sent, "token_url");
    endpoint(&mut settings.profile_url, sent, "profile_url");
    if settings.issuer.is_none() {
        sent.required("authorization_url", settings.authorization_url.is_some());
        sent.required("token_url", settings.token_url.is_some());
        sent.required("profile_url", settings.profile_url.is_some());
    }
    let mut path = |current: &mut Option<String>, name| {
        *current = sent.line(name, 100).patch(current.take()).filter(|path| !path.is_empty());
    };
    path(&mut settings.id_field, "id_field");
    path(&mut settings.email_field, "email_field");
    path(&mut settings.email_verified_field, "email_verified_field");
    path(&mut settings.name_field, "name_field");
    path(&mut settings.first_name_field, "first_name_field");
    path(&mut settings.last_name_field, "last_name_field");
}

/// Applies an endpoint URL. It receives codes and tokens, so it must be https unless the provider runs on this machine.
fn endpoint(current: &mut Option<String>, sent: &mut Fields, name: &'static str) {
    let url = sent.url(name);
    if let Sent::Value(url) = &url
        && !is_safe(url)
    {
        return sent.error(name, "insecure", format!("{} must be an https address", label(name)));
    }
    *current = url.patch(current.take());
}

/// Returns whether codes and tokens may be sent to this address: https or loopback.
pub fn is_safe(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let loopback = match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost" || domain.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || loopback
}
