//! Usernames and email addresses, folded so that one spelling stands for one person.
//!
//! A username is PRECIS `UsernameCaseMapped` (RFC 8265) with the case folding of [`text::fold_case`], without the
//! characters that paths cannot carry: letters and digits of any script and the punctuation of ASCII. An email has the
//! same fold before its `@`, where RFC 5322 and RFC 6531 allow more punctuation, and an ASCII domain (IDNA) behind it.
//! A username that is an email address is folded as one, so for every address `username(address) == email(address)`.
//! Folding twice changes nothing. The errors are ends of sentences that begin with the field's name.

use email_address::{EmailAddress, Options};
use gantry_crypto::id;
use precis_profiles::UsernameCasePreserved;
use precis_profiles::precis_core::profile::PrecisFastInvocation;
use unicode_normalization::UnicodeNormalization;

use crate::text;

/// Names that a path cannot carry, because URLs give them a meaning (RFC 3986, section 6.2.2.3) or a route of the API
/// stands in their place; `--` stands for the user to whom a token belongs.
const NOT_IN_PATHS: [&str; 4] = ["--", ".", "..", "authenticate_key"];

/// Error for a reserved name.
pub const RESERVED: &str = "is reserved, please choose another one";
/// Error for a name with more characters than [`LONGEST_USERNAME`].
pub const TOO_LONG: &str = "is too long (at most 255 characters)";

const LONGEST_USERNAME: usize = 255;
const LONGEST_EMAIL: usize = 254;

/// Returns the username as it is stored and compared.
pub fn username(text: &str) -> Result<String, &'static str> {
    const WRONG: &str =
        "can have letters, digits and punctuation such as . _ - + @, but no spaces and none of / \\ ? # %";
    let text = text::line(text);
    if text.is_empty() {
        return Err("can't be blank");
    }
    // Checked before folding too, because its cost grows with the length.
    let too_long = |text: &str| text.chars().count() > LONGEST_USERNAME;
    if too_long(&text) {
        return Err(TOO_LONG);
    }
    if let Ok(address) = email(&text) {
        return Ok(address);
    }
    let folded = fold(&text).ok_or(WRONG)?;
    // An address may appear only after folding, for example from full-width characters.
    if let Ok(address) = email(&folded) {
        return Ok(address);
    }
    if too_long(&folded) {
        return Err(TOO_LONG);
    }
    // Checked after folding, which can turn `－－` and `USR_…` into reserved names.
    if NOT_IN_PATHS.contains(&&*folded) || id::is("usr", &folded) {
        return Err(RESERVED);
    }
    if folded.contains(['/', '\\', '?', '#', '%']) {
        return Err(WRONG);
    }
    Ok(folded)
}

/// Returns the email address as it is stored and compared: folded before the `@`, a non-ASCII domain as `xn--…`.
pub fn email(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "is not a valid email address";
    let text = text::line(text).replace('\u{FF20}', "@");
    let (local, domain) = text.rsplit_once('@').ok_or(WRONG)?;
    if text.len() > 8 * LONGEST_EMAIL {
        return Err("is too long (at most 254 characters)");
    }
    let domain = idna::domain_to_ascii_strict(&domain.nfc().collect::<String>()).map_err(|_| WRONG)?;
    let local = fold(local).ok_or(WRONG)?;
    let address = format!("{local}@{domain}");
    if address.len() > LONGEST_EMAIL {
        return Err("is too long (at most 254 characters)");
    }
    let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
    let is_dot_atom = !local.contains(['"', '\\', '(', ')']) && !local.contains(char::is_whitespace);
    if !is_dot_atom || EmailAddress::parse_with_options(&address, options).is_err() {
        return Err(WRONG);
    }
    Ok(address)
}

/// Applies the PRECIS fold and requires that folding again changes nothing (RFC 8264, section 7). The lower case of a
/// few letters is refused by the profile, so such a name could be stored but never found.
fn fold(text: &str) -> Option<String> {
    let once = |text: &str| {
        let prepared = UsernameCasePreserved::enforce(text).ok()?;
        let folded = text::fold_case(&prepared);
        UsernameCasePreserved::enforce(&*folded).is_ok_and(|again| again == folded).then_some(folded)
    };
    let folded = once(text)?;
    (once(&folded)? == folded).then_some(folded)
}

/// Returns the full name, or the username if there is none.
pub fn full_name(first: Option<&str>, last: Option<&str>, username: &str) -> String {
    let parts = [first, last].into_iter().flatten().map(str::trim).filter(|part| !part.is_empty());
    let name = parts.collect::<Vec<_>>().join(" ");
    if name.is_empty() { username.to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALLOWED: &str =
        "can have letters, digits and punctuation such as . _ - + @, but no spaces and none of / \\ ? # %";

    /// What the refusal says is what holds: of ASCII, and of what is no letter elsewhere.
    #[test]
    fn usernames_have_what_their_refusal_says() {
        for character in '!'..='~' {
            let name = format!("a{character}b");
            let expected = if "/\\?#%".contains(character) { Err(ALLOWED) } else { Ok(name.to_lowercase()) };
            assert_eq!(username(&name), expected, "{name}");
        }
        for name in ["a b", "a\u{20ac}b", "a\u{1f600}b", "a\u{2014}b"] {
            assert_eq!(username(name), Err(ALLOWED), "{name}");
        }
        for name in ["\u{5d0}\u{5d1}", "\u{4e2d}\u{6587}9", "\u{e9}\u{142}", "\u{627}\u{664}"] {
            assert_eq!(username(name).as_deref(), Ok(name));
        }
    }

    #[test]
    fn usernames_are_folded_as_rfc_8265_says() {
        for (text, expected) in [
            ("JamesMoriarty", "jamesmoriarty"),
            (" bob ", "bob"),
            ("juliet@example.com", "juliet@example.com"), // RFC 8265, section 3.5, table 1
            ("fussball", "fussball"),
            ("fu\u{df}ball", "fu\u{df}ball"),
            ("\u{3c0}", "\u{3c0}"),
            ("\u{3a3}", "\u{3c3}"),
            ("\u{3c3}", "\u{3c3}"),
            ("\u{3c2}", "\u{3c3}"), // the RFC keeps them apart, and leaves it to the server to make them one
            ("\u{13a0}", "\u{13a0}"), // Cherokee folds to capitals
            ("Νίκος", "νίκος"),
            ("ΝΊΚΟΣ", "νίκος"),
            ("νίκοσ", "νίκος"),
            ("\u{200b}ada\u{feff}", "ada"),
            ("\u{202e}ada\u{202c}", "ada"),
            ("a\u{308}", "\u{e4}"),              // NFC
            ("\u{ff41}\u{ff42}\u{ff43}", "abc"), // width mapping
            ("ada+test.1_x-y'z", "ada+test.1_x-y'z"),
            ("---", "---"),
            ("usr_short", "usr_short"),
        ] {
            assert_eq!(username(text).as_deref(), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn usernames_that_would_mislead_are_refused() {
        assert_eq!(username("  "), Err("can't be blank"));
        // RFC 8265, section 3.5, table 2: a space, a ligature, a Roman numeral, a symbol.
        for text in [
            "foo bar",
            "henry\u{2163}",
            "\u{265a}",
            "a/b",
            "a\\b",
            "a?b",
            "a#b",
            "a%b",
            "a\u{0}b",
            "a\nb",
            "a\u{200b}b",
        ] {
            assert_eq!(username(text), Err(ALLOWED), "{text:?}");
        }
        for text in [".", "..", "\u{ff0e}\u{ff0e}", "authenticate_key", "Authenticate_Key\u{200b}"] {
            assert_eq!(username(text), Err(RESERVED), "{text:?}");
        }
        let ids = ["usr_0123456789abcdefghijkl", "usr_0123456789ABCDEFGHIJKL", "USR_0123456789ABCDEFGHIJKL"];
        for text in ["--", "\u{ff0d}\u{ff0d}", " -- ", "\u{ff55}sr_0123456789abcdefghijkl"].into_iter().chain(ids) {
            assert_eq!(username(text), Err(RESERVED), "{text:?}");
        }
        assert_eq!(username(&"ä".repeat(255)).as_deref(), Ok(&*"ä".repeat(255)));
        assert_eq!(username(&"ä".repeat(256)), Err("is too long (at most 255 characters)"));
    }

    #[test]
    fn emails_are_folded_whole() {
        for (text, expected) in [
            ("Ada.Lovelace+x@Example.COM", "ada.lovelace+x@example.com"),
            (" ada@example.com ", "ada@example.com"),
            ("o'brien@example.co.uk", "o'brien@example.co.uk"),
            ("ada@B\u{dc}CHER.example", "ada@xn--bcher-kva.example"),
            ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
            ("ada@bu\u{308}cher.example", "ada@xn--bcher-kva.example"),
            ("J\u{f6}RG@example.com", "j\u{f6}rg@example.com"),
            ("jo\u{308}rg@example.com", "j\u{f6}rg@example.com"),
            ("\u{ff41}da@example.com", "ada@example.com"),
            ("ada\u{ff20}example.com", "ada@example.com"),
            ("\u{200e}ada@example.com\u{200b}", "ada@example.com"),
            ("ΝΊΚΟΣ@example.com", "νίκος@example.com"),
            ("Groß@example.com", "groß@example.com"), // another mailbox than gross@
            ("ann/dept=x@example.com", "ann/dept=x@example.com"),
            ("ann#1@example.com", "ann#1@example.com"),
            ("50%off@example.com", "50%off@example.com"),
            ("!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"), // RFC 5322, section 3.2.3
            ("\u{5e9}\u{5dc}\u{5d5}\u{5dd}@example.com", "\u{5e9}\u{5dc}\u{5d5}\u{5dd}@example.com"),
        ] {
            assert_eq!(email(text).as_deref(), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_plain_email_address_is_refused() {
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "a@b@example.com",
            "ada@[127.0.0.1]",
            "a..b@example.com",
            ".a@example.com",
            "a.@example.com",
            "a b@example.com",
            "\"a\"@example.com",
            "Ada <ada@example.com>",
            "ada@example.com.",
            "ada@-example.com",
            "ada@exa_mple.com",
            "ada@exa mple.com",
            "ada@example.com\nBcc: eve@example.com",
            "ada\r@example.com",
            "a\u{0}@example.com",
            "a,b@example.com",
            "a;b@example.com",
            "ada@example..com",
            "a\u{200b}b@example.com",
        ] {
            assert_eq!(email(text), Err("is not a valid email address"), "{text:?}");
        }
        let domain = ["d".repeat(60), "d".repeat(60), "d".repeat(60), "e".repeat(10)].join(".");
        assert_eq!(email(&format!("{}@{domain}", "a".repeat(64))), Err("is too long (at most 254 characters)"));
        assert!(email(&format!("{}@{domain}", "a".repeat(60))).is_ok(), "254 characters");
        assert!(email(&format!("{}@example.com", "a".repeat(65))).is_err(), "RFC 5321 has 64 before the @");
    }

    /// A name that is another user's address in any spelling has to be found equal to it.
    #[test]
    fn a_username_that_is_an_address_is_folded_like_the_address() {
        for (name, address) in [
            ("Ada@Example.com", "ada@EXAMPLE.com"),
            ("ada@b\u{fc}cher.example", "ada@xn--bcher-kva.example"),
            ("ada@B\u{dc}CHER.example", "ada@bu\u{308}cher.example"),
            ("ada\u{ff20}b\u{fc}cher.example", "ada@b\u{fc}cher.example"),
            ("\u{5e9}\u{5dc}@example.com", "\u{5e9}\u{5dc}@EXAMPLE.com"), // right to left, then left to right
            ("ada\u{ff0f}x@example.com", "ada/x@example.com"),
            ("\u{ff41}da@example.com", "ada@example.com"),
            ("ada@example.com", "\u{ff41}da@example.com"),
            ("J\u{d6}RG@example.com", "jo\u{308}rg@example.com"),
        ] {
            assert_eq!(username(name), email(address), "{name:?} and {address:?}");
        }
    }

    /// Pieces of names whose folds meet: cases, widths, sigmas, directions, dots, invisible characters.
    fn any_name() -> impl Strategy<Value = String> {
        let pieces = vec![
            "a", "Z", "\u{df}", "\u{1e9e}", "\u{130}", "\u{131}", "\u{3a3}", "\u{3c2}", "\u{3c3}", "\u{3b1}",
            "\u{308}", "@", ".com", "example", "-", "\u{ff20}", "\u{ff21}", "usr_", "\u{5d0}", "\u{1c5}", "9", ".",
            "\u{3002}", "\u{ff0e}", "\u{fb01}", " ", "\u{212a}", "\u{1f88}", "\u{200b}", "\u{feff}", "\u{202e}", "/",
            "%", "\u{ff0f}", "\u{13a0}", "\u{ab70}", "xn--", "\u{661}", "\u{17f}",
        ];
        let name = prop::collection::vec(prop::sample::select(pieces), 1..8).prop_map(|pieces| pieces.concat());
        (name, any::<bool>()).prop_map(|(name, is_address)| name + if is_address { "@Example.com" } else { "" })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn folding_twice_changes_nothing(text in any_name()) {
            if let Ok(folded) = username(&text) {
                prop_assert_eq!(username(&folded), Ok(folded));
            }
            if let Ok(folded) = email(&text) {
                prop_assert_eq!(email(&folded), Ok(folded));
            }
        }

        #[test]
        fn an_address_is_the_same_as_a_username(text in any_name().prop_map(|name| name + "@Example.com")) {
            if let Ok(address) = email(&text) {
                prop_assert_eq!(username(&text), Ok(address.clone()));
                prop_assert_eq!(username(&address), Ok(address));
            }
        }

        #[test]
        fn neither_case_nor_what_is_invisible_tells_names_apart(text in any_name()) {
            if let Ok(folded) = username(&text) {
                prop_assert_eq!(username(&format!("\u{feff} {text}\u{200e}\u{200b}")), Ok(folded.clone()));
                // Letters whose capital is several letters, or another letter's, have no way back.
                if !folded.contains(['\u{df}', '\u{131}', '\u{1f80}', '\u{307}', '\u{308}', '\u{1c6}']) {
                    prop_assert_eq!(username(&folded.to_uppercase()), Ok(folded));
                }
            }
        }
    }

    #[test]
    fn a_name_is_made_of_what_there_is() {
        assert_eq!(full_name(Some("Ada"), Some("Lovelace"), "ada"), "Ada Lovelace");
        assert_eq!(full_name(Some("Ada"), None, "ada"), "Ada");
        assert_eq!(full_name(None, Some("Lovelace"), "ada"), "Lovelace");
        assert_eq!(full_name(Some(" "), Some(""), "ada"), "ada");
        assert_eq!(full_name(None, None, "ada"), "ada");
    }
}
