//! Time-based one-time codes (RFC 6238): SHA-1, six digits, 30 seconds, as all authenticator apps support.
//!
//! Guarantees that codes are compared in constant time and that the time step of a valid code is returned, so that the
//! caller can accept each step only once.

use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::Random;

const DIGITS: u8 = 6;
const STEP_SECONDS: u64 = 30;
/// Steps before and after the current one that are accepted, for clock skew.
const SKEW: u16 = 1;
/// Number of steps up to which a device's clock skew is detected: ten minutes.
const TOLD: i64 = 20;

/// Generates a secret of the length that RFC 4226 recommends.
pub fn secret(random: &Random) -> [u8; 20] {
    random.array()
}

/// Returns the secret in base32, as users type it.
pub fn base32(secret: &[u8]) -> String {
    Secret::from(secret).to_base32()
}

/// Parses a base32 secret of 16 to 64 bytes. Spaces, padding and case are ignored.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '=').collect();
    let secret = Secret::try_from_base32(text.to_uppercase()).ok()?;
    let bytes = secret.as_bytes().to_vec();
    (16..=64).contains(&bytes.len()).then_some(bytes)
}

/// Returns the `otpauth://totp/…` URI for a QR code. A colon would end the issuer, so colons are replaced by spaces.
pub fn uri(secret: &[u8], issuer: &str, account: &str) -> String {
    let plain = |text: &str| text.replace(':', " ");
    let totp = builder(secret).with_issuer(Some(plain(issuer))).with_account_name(plain(account)).build_noncompliant();
    totp.to_url().unwrap_or_default() // fails only for an empty account, and every user has a name
}

/// Returns the time step of a code, if it is the current step or a neighbour. Spaces are ignored.
pub fn step(secret: &[u8], code: &str, now_ms: i64) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now_ms / 1000).ok()?;
    totp(secret).check(&code, seconds).and_then(|step| i64::try_from(step).ok())
}

/// Finds the time step of a code that is close to the current one but outside the accepted skew, and returns the
/// device's clock drift. Such a code is never accepted; this is only for an error message.
pub fn drift(secret: &[u8], code: &str, now_ms: i64) -> Option<Drift> {
    let step_ms = i64::try_from(STEP_SECONDS * 1000).ok()?;
    // Nearest first. The search time reveals less than the result, which the caller shows anyway.
    let off = (i64::from(SKEW) + 1..=TOLD).flat_map(|off| [-off, off]);
    let found = off.into_iter().find(|off| {
        let then = now_ms / step_ms * step_ms + off * step_ms;
        step(secret, code, then) == Some(then / step_ms)
    })?;
    let minutes = (found.unsigned_abs() * STEP_SECONDS).div_ceil(60);
    Some(if found < 0 { Drift::Behind { minutes } } else { Drift::Ahead { minutes } })
}

/// Drift of a device's clock, in minutes rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    /// The device's clock is slow.
    Behind {
        /// Minutes, rounded up.
        minutes: u64,
    },
    /// The device's clock is fast.
    Ahead {
        /// Minutes, rounded up.
        minutes: u64,
    },
}

fn totp(secret: &[u8]) -> Totp {
    builder(secret).build_noncompliant()
}

fn builder(secret: &[u8]) -> Builder {
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(DIGITS).with_secret(secret);
    builder.with_skew(SKEW).with_step_duration(STEP_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the SHA-1 rows. Its codes have eight digits, of which ours are the last six.
    const VECTORS: [(i64, &str); 6] = [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ];
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (seconds, code) in VECTORS {
            assert_eq!(step(SECRET, &code[2..], seconds * 1000), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn one_step_either_side_counts_and_two_do_not() {
        let (seconds, code) = (1_234_567_890 / 30 * 30, "005924");
        for (late, found) in [(-31, false), (-30, true), (-1, true), (0, true), (29, true), (59, true), (60, false)] {
            let step = step(SECRET, code, (seconds + late) * 1000);
            assert_eq!(step, found.then_some(seconds / 30), "{late} s late");
        }
    }

    /// The code of 1,234,567,890 s, checked at other times.
    #[test]
    fn a_clock_that_is_off_is_told_up_to_ten_minutes() {
        let (step, code) = (1_234_567_890 / 30, "005924");
        for (off, expected) in [
            (0, None),
            (1, None),
            (-1, None),
            (2, Some(Drift::Behind { minutes: 1 })),
            (3, Some(Drift::Behind { minutes: 2 })),
            (20, Some(Drift::Behind { minutes: 10 })),
            (21, None),
            (-2, Some(Drift::Ahead { minutes: 1 })),
            (-20, Some(Drift::Ahead { minutes: 10 })),
            (-21, None),
        ] {
            assert_eq!(drift(SECRET, code, (step + off) * 30_000 + 29_999), expected, "{off} steps later");
        }
        assert_eq!(drift(SECRET, "005925", step * 30_000), None);
        assert_eq!(drift(SECRET, code, 0), None);
    }

    #[test]
    fn only_six_digits_are_a_code() {
        let now = 1_234_567_890_000;
        assert!(step(SECRET, "005 924", now).is_some(), "as apps show it");
        for wrong in ["", "005925", "89005924", "5924", "00592a", "００５９２４", "-05924"] {
            assert_eq!(step(SECRET, wrong, now), None, "{wrong:?}");
        }
        assert_eq!(step(b"another secret of 20", "005924", now), None);
    }

    /// The format that the Google Authenticator wiki documents.
    #[test]
    fn devices_read_the_address() {
        let uri = uri(SECRET, "Acme: Süd", "ada@example.com");
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(base32(SECRET), secret);
        assert_eq!(from_base32("gezd gnbv gy3t qojq GEZD GNBV GY3T QOJQ").as_deref(), Some(SECRET));
        assert!(from_base32("GEZDGNBV").is_none() && from_base32("not base32!").is_none());
        let expected =
            format!("otpauth://totp/Acme%20%20S%C3%BCd:ada%40example.com?secret={secret}&issuer=Acme%20%20S%C3%BCd");
        assert_eq!(uri, expected);
    }
}
