//! Usernames and email addresses, folded so that one spelling stands for one person.
//!
//! A username is PRECIS `UsernameCaseMapped` (RFC 8265) without the characters that paths cannot carry; an email is
//! lower-cased whole, its domain in ASCII (IDNA). The errors are ends of sentences that begin with the field's name.

use email_address::{EmailAddress, Options};
use gantry_crypto::id;
use precis_profiles::UsernameCaseMapped;
use precis_profiles::precis_core::profile::PrecisFastInvocation;
use unicode_normalization::UnicodeNormalization;

/// Stands for "whoever the token belongs to" in paths.
const PLACEHOLDER: &str = "--";

const LONGEST_USERNAME: usize = 255;
const LONGEST_EMAIL: usize = 254;

/// The username as it is stored and compared.
pub fn username(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "has characters that are not allowed";
    let text = text.trim();
    if text.is_empty() {
        return Err("can't be blank");
    }
    if text.chars().count() > LONGEST_USERNAME {
        return Err("is too long (at most 255 characters)");
    }
    if text == PLACEHOLDER || id::is("usr", text) {
        return Err("is reserved");
    }
    let folded = UsernameCaseMapped::enforce(text).map_err(|_| WRONG)?.into_owned();
    if folded.contains(['/', '\\', '?', '#', '%']) {
        return Err(WRONG);
    }
    Ok(folded)
}

/// The email address as it is stored and compared.
pub fn email(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "is not a valid email address";
    let text: String = text.trim().nfc().collect::<String>().to_lowercase();
    let (local, domain) = text.rsplit_once('@').ok_or(WRONG)?;
    let domain = idna::domain_to_ascii_strict(domain).map_err(|_| WRONG)?;
    let address = format!("{local}@{domain}");
    if address.len() > LONGEST_EMAIL {
        return Err("is too long (at most 254 characters)");
    }
    let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
    let plain = !local.contains(['"', '\\', '(', ')', '/', '?', '#', '%']) && !local.contains(char::is_whitespace);
    if !plain || EmailAddress::parse_with_options(&address, options).is_err() {
        return Err(WRONG);
    }
    Ok(address)
}

/// What the person is called; never empty.
pub fn full_name(first: Option<&str>, last: Option<&str>, username: &str) -> String {
    let name = [first, last].into_iter().flatten().collect::<Vec<_>>().join(" ");
    if name.is_empty() { username.to_owned() } else { name }
}
