//! Normalization of typed codes.

use unicode_normalization::UnicodeNormalization as _;

use super::clean::is_invisible;

/// The zero of every script that writes decimal numbers (Unicode 16, general category Nd); its other digits follow it.
/// Digits that are compatibility forms of those of ASCII, as mathematical ones are, are left to NFKC.
const ZEROS: [char; 70] = [
    '\u{30}',
    '\u{660}',
    '\u{6F0}',
    '\u{7C0}',
    '\u{966}',
    '\u{9E6}',
    '\u{A66}',
    '\u{AE6}',
    '\u{B66}',
    '\u{BE6}',
    '\u{C66}',
    '\u{CE6}',
    '\u{D66}',
    '\u{DE6}',
    '\u{E50}',
    '\u{ED0}',
    '\u{F20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17E0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19D0}',
    '\u{1A80}',
    '\u{1A90}',
    '\u{1B50}',
    '\u{1BB0}',
    '\u{1C40}',
    '\u{1C50}',
    '\u{A620}',
    '\u{A8D0}',
    '\u{A900}',
    '\u{A9D0}',
    '\u{A9F0}',
    '\u{AA50}',
    '\u{ABF0}',
    '\u{FF10}',
    '\u{104A0}',
    '\u{10D30}',
    '\u{10D40}',
    '\u{11066}',
    '\u{110F0}',
    '\u{11136}',
    '\u{111D0}',
    '\u{112F0}',
    '\u{11450}',
    '\u{114D0}',
    '\u{11650}',
    '\u{116C0}',
    '\u{116D0}',
    '\u{116DA}',
    '\u{11730}',
    '\u{118E0}',
    '\u{11950}',
    '\u{11BF0}',
    '\u{11C50}',
    '\u{11D50}',
    '\u{11DA0}',
    '\u{11F50}',
    '\u{16A60}',
    '\u{16AC0}',
    '\u{16B50}',
    '\u{16D70}',
    '\u{1CCF0}',
    '\u{1E140}',
    '\u{1E2F0}',
    '\u{1E4F0}',
    '\u{1E5F1}',
    '\u{1E950}',
    '\u{1FBF0}',
];

/// Normalizes a typed code: applies NFKC, converts decimal digits of every script to ASCII, and removes white space,
/// hyphens, dashes, dots and invisible characters. Letters are unchanged.
pub fn code(text: &str) -> String {
    let is_separator = |letter: char| {
        letter.is_whitespace()
            || is_invisible(letter)
            || matches!(letter, '-' | '.' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
    };
    text.nfkc().filter(|letter| !is_separator(*letter)).map(decimal).collect()
}

/// Returns the ASCII digit of equal value; returns other characters unchanged.
fn decimal(letter: char) -> char {
    if letter.is_ascii() {
        return letter;
    }
    let after = ZEROS.partition_point(|zero| *zero <= letter);
    let value = after.checked_sub(1).map(|at| u32::from(letter) - u32::from(ZEROS[at]));
    value.and_then(|value| char::from_digit(value, 10)).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn digits_of_every_script_are_digits() {
        for typed in [
            "470476",
            "\u{ff14}\u{ff17}\u{ff10}\u{ff14}\u{ff17}\u{ff16}", // full width
            "470-476",
            " 470 476\u{200b}",
            "470\u{2011}476",
            "470.476",
            "\u{664}\u{667}\u{660}\u{664}\u{667}\u{666}", // Arabic
            "\u{6f4}\u{6f7}\u{6f0}\u{6f4}\u{6f7}\u{6f6}", // Persian
            "\u{96a}\u{96d}\u{966}\u{96a}\u{96d}\u{96c}", // Hindi
            "\u{9ea}\u{9ed}\u{9e6}\u{9ea}\u{9ed}\u{9ec}", // Bengali
            "\u{e54}\u{e57}\u{e50}\u{e54}\u{e57}\u{e56}", // Thai
            "\u{1d7d2}\u{1d7d5}\u{1d7ce}\u{1d7d2}\u{1d7d5}\u{1d7d4}", // mathematical
        ] {
            assert_eq!(code(typed), "470476", "{typed:?}");
        }
    }

    #[test]
    fn what_is_no_digit_stays() {
        for text in ["4704", "abcd", "47047\u{e9}", "\u{bd}x", "\u{66a}", "\u{665e}"] {
            assert_ne!(code(text), "470476");
        }
        assert_eq!(code("abcd-efgh-jkmn"), "abcdefghjkmn");
        assert_eq!(code("\u{66a}\u{65f}\u{e5a}"), "\u{66a}\u{65f}\u{e5a}", "neighbours of digits");
    }
}
