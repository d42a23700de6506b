//! Human-readable times.

use mail_parser::DateTime;

/// Formats epoch milliseconds as `2027-01-31T12:00:00Z`, and `None` as an empty string.
pub(super) fn utc(ms: Option<i64>) -> String {
    ms.map(|ms| DateTime::from_timestamp(ms.div_euclid(1000)).to_rfc3339()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_in_utc() {
        assert_eq!(utc(Some(1_767_225_600_999)), "2026-01-01T00:00:00Z");
        assert_eq!(utc(Some(0)), "1970-01-01T00:00:00Z");
        assert_eq!(utc(None), "");
    }
}
