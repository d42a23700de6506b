//! The response header that names sent fields without a meaning: a misspelt name is ignored, as in AuthRocket, but
//! reported.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// An extension of AuthRocket's API.
const HEADER: HeaderName = HeaderName::from_static("x-gantry-ignored");

/// Longest list in bytes; the rest is replaced by `...`.
const LONGEST: usize = 1000;

/// Longest name in the list; the rest of a name is cut off.
const LONGEST_PATH: usize = 100;

/// Writes the header, if there are any paths.
pub fn write(headers: &mut HeaderMap, paths: &[String]) {
    let mut value = String::new();
    for path in paths {
        let separator = if value.is_empty() { "" } else { ", " };
        if value.len() + separator.len() + path.len().min(LONGEST_PATH) > LONGEST {
            value.push_str(", ...");
            break;
        }
        value.push_str(separator);
        value.extend(path.chars().map(header_safe).take(LONGEST_PATH));
    }
    if let Ok(value) = HeaderValue::from_str(&value)
        && !paths.is_empty()
    {
        headers.insert(HEADER, value);
    }
}

/// Replaces what could end or split the header: only letters, digits and a few signs are kept.
fn header_safe(c: char) -> char {
    if c.is_ascii_alphanumeric() || "_.-[]".contains(c) { c } else { '?' }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(paths: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        write(&mut headers, &paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>());
        headers.get(HEADER).map(|value| value.to_str().expect("text").to_owned())
    }

    #[test]
    fn names_are_listed_and_nothing_else_is() {
        assert_eq!(written(&[]), None);
        assert_eq!(written(&["user.frist_name", "users"]).as_deref(), Some("user.frist_name, users"));
        assert_eq!(written(&["a\r\nSet-Cookie: b=1", "ä,b"]).as_deref(), Some("a??Set-Cookie??b?1, ??b"));
    }

    #[test]
    fn the_list_is_bounded() {
        let name = "x".repeat(5000);
        let many = vec![name.as_str(); 500];
        let value = written(&many).expect("a value");
        assert!(value.len() <= LONGEST + ", ...".len() && value.ends_with("x, ..."), "{}", value.len());
        assert_eq!(value.split(", ").next().map(str::len), Some(LONGEST_PATH));
    }
}
