//! Case folding.

use unicase::UniCase;
use unicode_normalization::UnicodeNormalization as _;

use crate::page::LAST;

/// The text without regard to case, in NFC: what is typed in capitals is what was typed in small letters.
///
/// It is Unicode's full case folding with two exceptions that keep a folded text readable and deliverable, since
/// usernames and addresses are stored folded. A letter that would fold to several keeps its own lower case: `ß` and `ss`
/// are two names in RFC 8265 (section 3.5), in IDNA 2008 and in mailboxes. And a sigma that ends a word is written as a
/// final one, whichever was typed.
pub fn fold_case(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfc() {
        fold_letter(letter, &mut folded);
    }
    final_sigmas(&folded.nfc().collect::<String>())
}

fn fold_letter(letter: char, into: &mut String) {
    if letter.is_ascii() {
        into.push(letter.to_ascii_lowercase());
        return;
    }
    let mut bytes = [0; 4];
    let folded = UniCase::unicode(&*letter.encode_utf8(&mut bytes)).to_folded_case();
    if folded.chars().count() == 1 {
        into.push_str(&folded);
    } else {
        into.extend(letter.to_lowercase());
    }
}

/// With the form of sigma that Greek writes at the end of a word, there and nowhere else.
fn final_sigmas(text: &str) -> String {
    if !text.contains(['σ', 'ς']) {
        return text.to_owned();
    }
    let mut written = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut in_word = false;
    while let Some(letter) = letters.next() {
        let is_sigma = matches!(letter, 'σ' | 'ς');
        let goes_on = letters.peek().is_some_and(|next| next.is_alphabetic());
        written.push(match (is_sigma, in_word && !goes_on) {
            (true, true) => 'ς',
            (true, false) => 'σ',
            (false, _) => letter,
        });
        in_word = letter.is_alphabetic();
    }
    written
}

/// Folds a text for searches: ignores case and replaces compatibility forms with the letters for which they stand.
pub fn fold_name(text: &str) -> String {
    fold_case(&text.nfkc().collect::<String>())
}

/// Range of the folded texts that begin with a prefix.
#[derive(Debug)]
pub struct SearchRange {
    /// Lower bound, inclusive.
    pub from: String,
    /// Upper bound, exclusive.
    pub below: String,
}

impl SearchRange {
    /// Returns the range of this prefix. A sigma at its end may be inside a word or end one.
    pub fn of(beginning: &str) -> Self {
        let folded = fold_name(beginning);
        let Some(before) = folded.strip_suffix(['σ', 'ς']) else {
            return Self { below: format!("{folded}{LAST}"), from: folded };
        };
        // The final sigma comes just before the other one.
        Self { from: format!("{before}ς"), below: format!("{before}σ{LAST}") }
    }

    /// Returns whether the folded text is in the range.
    pub fn contains(&self, folded: &str) -> bool {
        *self.from <= *folded && *folded < *self.below
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{SearchRange, fold_case};

    #[test]
    fn capitals_and_small_letters_are_one() {
        for (typed, folded) in [
            ("ΝΊΚΟΣ", "νίκος"),
            ("Νίκος", "νίκος"),
            ("νίκοσ", "νίκος"),
            ("ΣΊΣΥΦΟΣ-ΣΑΣ", "σίσυφος-σας"),
            ("σ", "σ"),
            ("Ada LOVELACE", "ada lovelace"),
            ("STRASSE", "strasse"),
            ("Straße", "straße"),
            ("STRAẞE", "straße"),
            ("İ", "i\u{307}"),
            ("ı", "ı"),
            ("ǅ", "ǆ"),
            ("Å", "å"),
            ("K", "k"),
            ("ſ", "s"),
        ] {
            assert_eq!(fold_case(typed), folded, "{typed}");
        }
    }

    #[test]
    fn a_search_finds_what_a_beginning_goes_on_to() {
        for (typed, name) in [("κωσ", "Κωστας"), ("ΚΩΣ", "Κωστας"), ("κως", "ΚΩΣ"), ("ﬁ", "Fiona"), ("ＡＤＡ", "ada")]
        {
            let (range, name) = (SearchRange::of(typed), fold_case(name));
            assert!(range.contains(&name), "{typed} {range:?} {name}");
        }
        assert!(!SearchRange::of("κώς").contains("κώτας"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,12}|[σςΣa.-]{1,6}") {
            let once = fold_case(&text);
            prop_assert_eq!(fold_case(&once), once);
        }

        #[test]
        fn a_text_begins_with_its_beginnings(text in "[α-ωΑ-Ωάίςa-z ]{1,10}", length in 1..10_usize) {
            let beginning: String = text.chars().take(length).collect();
            let (range, whole) = (SearchRange::of(&beginning), fold_case(&text));
            prop_assert!(range.contains(&whole), "{:?} {:?}", range, whole);
        }
    }
}
