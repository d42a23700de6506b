//! JSON for scripts: the objects that the API returns, one document per command.

use std::fmt::Write as _;

use serde::Serialize;

use super::printable::is_unprintable;
use crate::commands::say::say;

/// Prints the value as one line of JSON.
pub(in crate::commands) fn say_json(value: &impl Serialize) -> anyhow::Result<()> {
    say(json(value)?)
}

/// Serializes the value. JSON itself escapes only some terminal control characters; the others occur only inside
/// strings, where every character can be escaped.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<String> {
    let text = serde_json::to_string(value)?;
    if !text.contains(is_unprintable) {
        return Ok(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unprintable(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    Ok(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_texts_stay_the_same_texts() {
        let text = "a\u{1b}\u{9b}\u{7f}\u{202e}\u{e0041}\"\\\n\u{1f600}";
        let written = json(&text).expect("JSON");
        assert!(!written.contains(is_unprintable), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).expect("JSON"), text);
    }
}
