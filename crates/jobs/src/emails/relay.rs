//! The mail server's URL: host, port, encryption, user and password.
//!
//! Guarantees that a password is only accepted for an encrypted connection or for a loopback host. [`Relay`] has no
//! `Debug`, since it holds a secret.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS: the connection begins unencrypted, and no mail is sent if the upgrade fails.
    StartTls,
    /// No encryption.
    Open,
}

/// A mail server, parsed from its URL.
pub struct Relay {
    /// Host name or IP address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How a connection to it is encrypted.
    pub security: Security,
    login: Option<Login>,
}

struct Login {
    user: String,
    password: SecretString,
}

impl Relay {
    /// Parses `smtps://…`, `smtp://…` or `smtp://…?tls=none`. The error is a predicate to follow the setting's name,
    /// and does not contain the URL.
    pub fn parse(text: &str) -> Result<Self, String> {
        let should = "has to be an address such as smtps://user:password@mail.example.com; characters like @ : / # % in \
                      user and password are written as %40 %3A %2F %23 %25";
        let url = Url::parse(text).map_err(|_| should.to_owned())?;
        let (host, local) = host(&url).ok_or(should)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(should.to_owned());
        }
        let (security, usual_port) = security(&url)?;
        let login = login(&url)?;
        if login.is_some() && security == Security::Open && !local {
            return Err("would send its password unencrypted: leave out tls=none, or user and password".to_owned());
        }
        Ok(Self { host, port: url.port().unwrap_or(usual_port), security, login })
    }

    pub(super) fn credentials(&self) -> Option<Credentials> {
        let login = self.login.as_ref()?;
        Some(Credentials::new(login.user.clone(), login.password.expose_secret().to_owned()))
    }

    /// Masks the password in a text, plain and as encoded on the wire: some servers echo what they reject.
    pub(super) fn without_secrets(&self, text: &str) -> String {
        let Some(login) = &self.login else { return text.to_owned() };
        let password = login.password.expose_secret();
        let plain = STANDARD.encode(format!("\0{}\0{password}", login.user));
        [plain.as_str(), &STANDARD.encode(password), password]
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
    }
}

/// Returns the host, and whether it is this machine.
fn host(url: &Url) -> Option<(String, bool)> {
    // The parser does not validate the host of an `smtp://` URL; the rules for web URLs do.
    Some(match Host::parse(url.host_str()?).ok()? {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_owned();
            let local = name == "localhost";
            (name, local)
        }
        Host::Ipv4(address) => (address.to_string(), IpAddr::from(address).is_loopback()),
        Host::Ipv6(address) => (address.to_string(), IpAddr::from(address).is_loopback()),
    })
}

/// Returns the encryption and its default port.
fn security(url: &Url) -> Result<(Security, u16), String> {
    let options: Vec<_> = url.query_pairs().collect();
    let open = match options.as_slice() {
        [] => false,
        [(name, value)] if name == "tls" && value == "none" => true,
        _ => return Err("may end in ?tls=none, and in no other option".to_owned()),
    };
    match (url.scheme(), open) {
        ("smtps", false) => Ok((Security::Tls, 465)),
        ("smtp", false) => Ok((Security::StartTls, 587)),
        ("smtp", true) => Ok((Security::Open, 25)),
        ("smtps", true) => Err("asks for TLS by smtps:// and against it by tls=none".to_owned()),
        _ => Err("has to begin with smtps:// or smtp://".to_owned()),
    }
}

fn login(url: &Url) -> Result<Option<Login>, String> {
    let decoded = |text: &str| match percent_decode_str(text).decode_utf8() {
        // In SASL PLAIN the zero byte separates the user from the password.
        Ok(text) if !text.contains('\0') => Ok(text.into_owned()),
        _ => Err("has a user or password that is no text".to_owned()),
    };
    match (decoded(url.username())?, decoded(url.password().unwrap_or_default())?) {
        (user, password) if user.is_empty() && password.is_empty() => Ok(None),
        (user, password) if user.is_empty() || password.is_empty() => {
            Err("has to hold both a user and a password, or neither".to_owned())
        }
        (user, password) => Ok(Some(Login { user, password: password.into() })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        Relay::parse(url).err().unwrap_or_else(|| panic!("{url} is taken"))
    }

    #[test]
    fn each_form_has_its_encryption_and_port() {
        for (url, host, port, security) in [
            ("smtps://mail.example.com", "mail.example.com", 465, Security::Tls),
            ("smtps://u:p@Mail.Example.com.:2465/", "mail.example.com", 2465, Security::Tls),
            ("smtp://u:p@mail.example.com", "mail.example.com", 587, Security::StartTls),
            ("smtp://u:p@[2001:db8::1]:25", "2001:db8::1", 25, Security::StartTls),
            ("smtp://bücher.example?tls=none", "xn--bcher-kva.example", 25, Security::Open),
            ("smtp://10.0.0.1:2525?tls=none", "10.0.0.1", 2525, Security::Open),
        ] {
            let relay = Relay::parse(url).unwrap_or_else(|why| panic!("{url} {why}"));
            assert_eq!((relay.host.as_str(), relay.port, relay.security), (host, port, security), "{url}");
        }
    }

    #[test]
    fn user_and_password_are_decoded() {
        let relay = Relay::parse("smtps://me%40example.com:p%3A%2F%23%25%C3%A4@mail.example.com").expect("a relay");
        let expected = Credentials::new("me@example.com".to_owned(), "p:/#%ä".to_owned());
        assert!(relay.credentials() == Some(expected));
        assert!(Relay::parse("smtps://mail.example.com").expect("a relay").credentials().is_none());
    }

    #[test]
    fn a_password_in_the_clear_stays_on_this_machine() {
        for host in ["mail.example.com", "10.0.0.1", "[::2]", "localhost.example.com", "127.0.0.1.example.com"] {
            let why = refusal(&format!("smtp://u:hunter2@{host}?tls=none"));
            assert!(why.starts_with("would send its password unencrypted"), "{host}: {why}");
        }
        for host in ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(Relay::parse(&format!("smtp://u:hunter2@{host}:25?tls=none")).is_ok(), "{host}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_the_password() {
        for (url, why) in [
            ("mail.example.com", "has to be an address"),
            ("smtp://", "has to be an address"),
            ("smtp://u:hunter2@mail.example.com/path", "has to be an address"),
            ("smtp://u:hunter#2@mail.example.com", "has to be an address"),
            ("https://mail.example.com", "has to begin with smtps:// or smtp://"),
            ("smtp://mail.example.com?tls=opportunistic", "may end in ?tls=none"),
            ("smtp://mail.example.com?tls=none&tls=none", "may end in ?tls=none"),
            ("smtps://mail.example.com?tls=none", "asks for TLS by smtps://"),
            ("smtps://user@mail.example.com", "has to hold both"),
            ("smtps://:hunter2@mail.example.com", "has to hold both"),
            ("smtps://u:%FFhunter2@mail.example.com", "has a user or password that is no text"),
            ("smtps://u:a%00hunter2@mail.example.com", "has a user or password that is no text"),
        ] {
            let told = refusal(url);
            assert!(told.starts_with(why) && !told.contains("hunter"), "{url}: {told}");
        }
    }

    #[test]
    fn what_a_server_repeats_is_masked() {
        let relay = Relay::parse("smtps://me:hunter2@mail.example.com").expect("a relay");
        // The base64 of RFC 4616's message for these two, and of the password alone.
        let text = "no AG1lAGh1bnRlcjI= and no aHVudGVyMg== and no hunter2 for me";
        assert_eq!(relay.without_secrets(text), "no *** and no *** and no *** for me");
    }
}
