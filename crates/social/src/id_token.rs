//! Validates the claims of an ID token (OpenID Connect Core 1.0, section 3.1.3.7) after its signature was verified.

use gantry_crypto::token::same;
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Allowed clock skew of the issuer, in seconds.
const LEEWAY: i64 = 60;

/// Expected values of an ID token's claims.
pub struct Expected<'a> {
    /// Accepted issuers (`iss`).
    pub issuers: &'a [String],
    /// Our client id, which must be in the audience.
    pub client_id: &'a str,
    /// Nonce that we sent, if the provider returns it.
    pub nonce: Option<&'a str>,
    /// Current time in epoch milliseconds.
    pub now_ms: i64,
}

/// Refuses a token that is from another issuer, for another client, from another login, expired or issued in the
/// future.
pub fn check(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<()> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if !text("iss").is_some_and(|iss| expected.issuers.iter().any(|issuer| issuer == iss)) {
        return Err(Error::Distrusted("the ID token is from another issuer"));
    }
    audience(claims, expected.client_id)?;
    let now = expected.now_ms / 1000;
    let seconds = |name: &str| claims.get(name).and_then(whole_seconds);
    if seconds("exp").is_none_or(|exp| now >= exp.saturating_add(LEEWAY)) {
        return Err(Error::Distrusted("the ID token has expired"));
    }
    if seconds("iat").is_none_or(|iat| iat > now + LEEWAY) || seconds("nbf").is_some_and(|nbf| nbf > now + LEEWAY) {
        return Err(Error::Distrusted("the ID token is from the future, or says nothing of when it was issued"));
    }
    if let Some(nonce) = expected.nonce
        && !text("nonce").is_some_and(|told| same(told.as_bytes(), nonce.as_bytes()))
    {
        return Err(Error::Distrusted("the ID token belongs to another login"));
    }
    if text("sub").is_none_or(str::is_empty) {
        return Err(Error::Distrusted("the ID token tells of nobody"));
    }
    Ok(())
}

/// Accepts our client as the only audience, or as one of several if `azp` names it.
fn audience(claims: &Map<String, Value>, client_id: &str) -> Result<()> {
    let (ours, several) = match claims.get("aud") {
        Some(Value::String(one)) => (one == client_id, false),
        Some(Value::Array(all)) => (all.iter().any(|one| one.as_str() == Some(client_id)), all.len() > 1),
        _ => (false, false),
    };
    let issued_to = claims.get("azp");
    let azp_is_ours = issued_to.map_or(!several, |azp| azp.as_str() == Some(client_id));
    if ours && azp_is_ours { Ok(()) } else { Err(Error::Distrusted("the ID token is for another client")) }
}

/// Reads a `NumericDate` (RFC 7519) and drops its fraction.
fn whole_seconds(value: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "bounded before")]
    let rounded = |seconds: f64| (seconds.abs() < 1e15).then_some(seconds as i64);
    value.as_i64().or_else(|| value.as_f64().and_then(rounded))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_311_281_000;

    fn refused(change: impl FnOnce(&mut Map<String, Value>)) -> bool {
        // OpenID Connect Core 1.0, section 2.
        let claims = json!({
            "iss": "https://server.example.com", "sub": "24400320", "aud": "s6BhdRkqt3", "nonce": "n-0S6_WzA2Mj",
            "exp": 1_311_281_970, "iat": 1_311_280_970, "auth_time": 1_311_280_969,
        });
        let Value::Object(mut claims) = claims else { unreachable!("an object") };
        change(&mut claims);
        let issuers = ["https://server.example.com".to_owned()];
        let expected =
            Expected { issuers: &issuers, client_id: "s6BhdRkqt3", nonce: Some("n-0S6_WzA2Mj"), now_ms: NOW * 1000 };
        check(&claims, &expected).is_err()
    }

    fn with(name: &'static str, value: Value) -> bool {
        refused(move |claims| {
            claims.insert(name.to_owned(), value);
        })
    }

    #[test]
    fn the_token_of_the_specification_is_taken() {
        assert!(!refused(|_| ()));
        assert!(!with("aud", json!(["s6BhdRkqt3"])));
        assert!(!with("azp", json!("s6BhdRkqt3")));
        assert!(!with("exp", json!(NOW - 59)), "clocks differ");
        assert!(!with("iat", json!(NOW + 60)));
        assert!(!with("exp", json!(1_311_281_970.5)));
    }

    #[test]
    fn each_claim_is_looked_at() {
        for name in ["iss", "sub", "aud", "exp", "iat", "nonce"] {
            assert!(
                refused(|claims| {
                    claims.remove(name);
                }),
                "{name} is missing"
            );
            for odd in [json!(null), json!(""), json!({}), json!([]), json!("x"), json!(-1)] {
                assert!(name == "sub" && odd == json!("x") || name == "iat" && odd == json!(-1) || with(name, odd));
            }
        }
        assert!(with("iss", json!("https://server.example.com/")));
        assert!(with("aud", json!(["other", "s6BhdRkqt3"])), "several, and not issued to us");
        assert!(with("azp", json!("other")));
        assert!(with("azp", json!(null)));
        assert!(with("exp", json!(NOW - 60)));
        assert!(with("iat", json!(NOW + 61)));
        assert!(with("nbf", json!(NOW + 61)));
    }
}
