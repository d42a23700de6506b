//! Substitutes values in the addresses of links and images.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::values::{Held, Piece, Values};

/// Percent-encodes everything except RFC 3986's unreserved characters.
pub(super) const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// As [`COMPONENT`], but keeps the `@` of an email address.
const MAILBOX: &AsciiSet = &COMPONENT.remove(b'@');

/// Schemes that an address in a value may have.
const SCHEMES: [&str; 4] = ["http://", "https://", "mailto:", "tel:"];

/// Substitutes the values in an address. Returns `None` if the result is empty or if a value at its start has any
/// scheme not in [`SCHEMES`].
pub(super) fn whole(text: &str, values: &Values) -> Option<String> {
    let mut address = String::new();
    for piece in values.pieces(text) {
        match piece {
            Piece::Template(text) => address.push_str(text),
            Piece::Value(held) => address.push_str(&part(&address, held)?),
        }
    }
    (!address.is_empty()).then_some(address)
}

/// Encodes a value for its position in an address. A value at the start must be a whole address; any other is
/// percent-encoded, so that a username cannot add a parameter.
pub(super) fn part(before: &str, held: &Held) -> Option<String> {
    if before.trim().is_empty() {
        return is_address(&held.text).then(|| held.text.clone());
    }
    let set = if starts_with(before.trim_start(), "mailto:") { MAILBOX } else { COMPONENT };
    Some(if held.encoded { held.text.clone() } else { utf8_percent_encode(&held.text, set).to_string() })
}

/// Returns whether a value may be used as a link.
pub(super) fn is_address(text: &str) -> bool {
    let visible = |letter: char| !letter.is_whitespace();
    SCHEMES.iter().any(|scheme| starts_with(text, scheme)) && text.chars().all(visible)
}

pub(super) fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::whole;
    use crate::mails::values::Values;

    fn address(before: &str, value: &str) -> Option<String> {
        let mut values = Values::default();
        let mark = values.hold(value.to_owned(), false);
        whole(&format!("{before}{mark}"), &values)
    }

    #[test]
    fn only_addresses_for_people_begin_with_a_value() {
        for good in ["https://a.test/?x=1&y=2", "HTTP://a.test", "mailto:a@b.test", "tel:+4930123"] {
            assert_eq!(address("", good).as_deref(), Some(good));
        }
        for bad in ["", "javascript:alert(1)", "data:text/html,x", " https://a.test", "//a.test", "https://a.test/ b"] {
            assert_eq!(address("", bad), None, "{bad}");
        }
    }

    #[test]
    fn a_value_inside_an_address_stays_one_part() {
        let expected = "https://a.test/?u=a%20b%26c%3Dd%23%2F%40%C3%BC";
        assert_eq!(address("https://a.test/?u=", "a b&c=d#/@ü").as_deref(), Some(expected));
        assert_eq!(address("mailto:", "a+b@c.test").as_deref(), Some("mailto:a%2Bb@c.test"));
        assert_eq!(address("mailto:", "a@c.test?bcc=x").as_deref(), Some("mailto:a@c.test%3Fbcc%3Dx"));
    }
}
