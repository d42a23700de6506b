//! Base62: the alphabet of ids and tokens, and the encoding of numbers.
//!
//! Guarantees ASCII order (`0-9A-Za-z`), so that fixed-width texts sort bytewise in numeric order.

/// The 62 characters in ASCII order.
pub(crate) const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Characters that hold any 128-bit number: 62^22 > 2^128 > 62^21.
pub(crate) const WIDTH: usize = 22;

/// Appends `number` to `text`, padded with `0` to [`WIDTH`] characters.
pub(crate) fn push_u128(text: &mut String, mut number: u128) {
    let mut digits = [b'0'; WIDTH];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(number % 62) as usize];
        number /= 62;
    }
    text.extend(digits.map(char::from));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: u128) -> String {
        let mut text = String::new();
        push_u128(&mut text, number);
        text
    }

    // Expected values: GMP's base-62 conversion, which uses the same alphabet (`gmpy2.mpz(n).digits(62)`).
    #[test]
    fn agrees_with_gmp() {
        assert_eq!(text(0), "0000000000000000000000");
        assert_eq!(text(61), "000000000000000000000z");
        assert_eq!(text(62), "0000000000000000000010");
        assert_eq!(text(1 << 64), "00000000000LygHa16AHYG");
        assert_eq!(text(u128::MAX), "7n42DGM5Tflk9n8mt7Fhc7");
    }
}
