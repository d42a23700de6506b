//! An app's configuration as environment variables, in lines that shells and most dotenv tools read.

use std::borrow::Cow;

use url::Url;

use crate::config::Config;

/// Configuration of an app.
pub(super) struct Integration<'a> {
    pub account: &'a str,
    pub api_key: &'a str,
    pub realm: &'a str,
    pub jwt_secret: &'a str,
    pub addresses: Addresses,
}

/// Addresses at which the app reaches the server.
pub(super) struct Addresses {
    /// Base URL of the API, with a trailing slash.
    pub api: Url,
    /// Base URL of the Connected App's login pages.
    pub login: Url,
}

impl Addresses {
    /// Returns the addresses for the Connected App with this subdomain.
    pub(super) fn of(config: &Config, subdomain: &str) -> anyhow::Result<Self> {
        let mut login = config.base_url.clone();
        login.set_host(Some(&format!("{subdomain}.{}", config.login_domain)))?;
        Ok(Self { api: config.base_url.join("v1/")?, login })
    }
}

impl Integration<'_> {
    /// Returns one line `NAME=value` per variable, quoted where a shell would otherwise change the value.
    pub(super) fn environment(&self) -> String {
        let lines = [
            ("AUTHROCKET_URL", self.addresses.api.as_str()),
            ("AUTHROCKET_ACCOUNT", self.account),
            ("AUTHROCKET_API_KEY", self.api_key),
            ("AUTHROCKET_REALM", self.realm),
            ("AUTHROCKET_JWT_SECRET", self.jwt_secret),
            ("AUTHROCKET_LOGIN_URL", self.addresses.login.as_str()),
        ];
        lines.map(|(name, value)| format!("{name}={}\n", shell_word(value))).concat()
    }
}

/// Returns the text as one word of a POSIX shell: unchanged if all shells and tools read it alike, else in single
/// quotes.
fn shell_word(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@%+,".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Uses a real shell as the reference implementation.
    #[test]
    fn a_shell_reads_what_was_meant() {
        for text in [
            "",
            "a b",
            "it's",
            "$HOME",
            "`id`",
            "a\"b",
            "a\\b",
            "a\nb",
            "#x",
            "~",
            "a;b&c|d",
            "*",
            "ü",
            "http://x/?a=b",
        ] {
            let script = format!("VALUE={}\nprintf %s \"$VALUE\"", shell_word(text));
            let output = Command::new("sh").args(["-eu", "-c", &script]).output().expect("a shell");
            assert!(output.status.success(), "{text:?}");
            assert_eq!(String::from_utf8_lossy(&output.stdout), text);
        }
    }

    #[test]
    fn what_needs_no_quotes_has_none() {
        for text in ["http://acme.localhost:8000/", "ko_0YTIbM4Da9ezu1JaQzZbpK-a_b", "jsk_a-b"] {
            assert_eq!(shell_word(text), text);
        }
    }
}
