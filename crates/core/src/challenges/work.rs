//! Proof of work: numbers whose hashes begin with zero bits.
//!
//! For each of eight pieces, the browser searches for a number `n` such that SHA-256 of `SEED.PIECE.n` begins with
//! fifteen zero bits: 262,144 hashes on average, a few hundred milliseconds in a browser. Eight pieces are used instead
//! of one harder piece, because the time for a single one varies without bound; few users wait twice the average.

use gantry_crypto::token;

/// Pieces of one challenge.
pub(super) const PIECES: usize = 8;
/// Required zero bits per piece.
pub(super) const BITS: u32 = 15;
/// Maximum digits of a number.
const DIGITS: usize = 12;

/// Returns whether `solution`, a list of numbers separated by dots, solves the seed.
pub(super) fn is_done(seed: &str, solution: &str) -> bool {
    let numbers: Vec<&str> = solution.split('.').collect();
    numbers.len() == PIECES && numbers.iter().enumerate().all(|(piece, number)| is_piece(seed, piece, number))
}

fn is_piece(seed: &str, piece: usize, number: &str) -> bool {
    let is_number = (1..=DIGITS).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && zeros(&token::hash(&format!("{seed}.{piece}.{number}"))) >= BITS
}

fn zeros(hash: &[u8; 32]) -> u32 {
    let mut zeros = 0;
    for byte in hash {
        zeros += byte.leading_zeros();
        if *byte != 0 {
            break;
        }
    }
    zeros
}

#[cfg(test)]
mod tests {
    use super::*;

    // Computed with Python's hashlib.
    const SEED: &str = "0123456789abcdef0123456789abcdef";
    const SOLUTION: &str = "125745.40191.10100.45463.449.24317.18759.19333";

    #[test]
    fn work_that_another_implementation_did_counts() {
        assert!(is_done(SEED, SOLUTION));
        let numbers: Vec<&str> = SOLUTION.split('.').collect();
        for wrong in [
            String::new(),
            "0.0.0.0.0.0.0.0".to_owned(),
            numbers[..7].join("."),
            format!("{SOLUTION}.{}", numbers[0]),
            SOLUTION.replacen(numbers[0], &format!("+{}", numbers[0]), 1),
            SOLUTION.replacen(numbers[0], &format!("0{}", numbers[0]), 1),
            numbers.iter().rev().copied().collect::<Vec<_>>().join("."),
        ] {
            assert!(!is_done(SEED, &wrong), "{wrong}");
        }
        assert!(!is_done("0123456789abcdef0123456789abcdee", SOLUTION));
    }

    #[test]
    fn zeros_are_counted_over_bytes() {
        let mut hash = [0; 32];
        assert_eq!(zeros(&hash), 256);
        hash[1] = 1;
        assert_eq!(zeros(&hash), 15);
        hash[0] = 0x80;
        assert_eq!(zeros(&hash), 0);
    }
}
