//! What an app is configured with, as lines that a shell and most tools for environments read.

use std::borrow::Cow;

use url::Url;

use crate::config::Config;

/// What an app must know.
pub(super) struct Integration<'a> {
    pub account: &'a str,
    pub api_key: &'a str,
    pub realm: &'a str,
    pub jwt_secret: &'a str,
    pub addresses: Addresses,
}

/// Where the app finds the server.
pub(super) struct Addresses {
    /// The API, with a slash at the end.
    pub api: Url,
    /// The login pages of the Connected App.
    pub login: Url,
}

impl Addresses {
    /// Those of the Connected App with this subdomain.
    pub(super) fn of(config: &Config, subdomain: &str) -> anyhow::Result<Self> {
        let mut login = config.base_url.clone();
        login.set_host(Some(&format!("{subdomain}.{}", config.login_domain)))?;
        Ok(Self { api: config.base_url.join("v1/")?, login })
    }
}

impl Integration<'_> {
    /// A line `NAME=value` for each, quoted where a shell would read it otherwise.
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

/// The text as one word of a POSIX shell: as it is where every shell and tool agrees on it, else in single quotes.
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

    /// A shell is the other implementation.
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
