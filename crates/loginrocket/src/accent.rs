//! An app's accent colour, made legible: whatever colour is set, text on it, text in it and the ring around what has the
//! focus keep the contrast of WCAG 2.2 AA in both schemes.

use std::fmt::Write;

/// Text against what is behind it (WCAG 2.2, 1.4.3).
const LEAST_CONTRAST: f64 = 4.5;

/// `--surface` and `--page` of the stylesheet, light and dark: links and rings lie on either.
const LIGHT: [Colour; 2] = [Colour([0xff, 0xfe, 0xfb]), Colour([0xf3, 0xf2, 0xed])];
const DARK: [Colour; 2] = [Colour([0x1b, 0x20, 0x1d]), Colour([0x0f, 0x12, 0x10])];

const BLACK: Colour = Colour([0, 0, 0]);
const WHITE: Colour = Colour([255, 255, 255]);

/// Steps from a colour to black or white.
const STEPS: u16 = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Colour([u8; 3]);

/// The variables of the stylesheet for this colour (`#17594a`); none where it is none.
pub fn style(accent: &str) -> Option<String> {
    let accent = Colour::read(accent)?;
    let mut css = String::new();
    let light = legible(accent, BLACK, LIGHT);
    let dark = legible(accent, WHITE, DARK);
    let _ = write!(css, ":root{{{}}}", variables(light));
    let _ = write!(css, "@media (prefers-color-scheme:dark){{:root{{{}}}}}", variables(dark));
    Some(css)
}

fn variables(accent: Colour) -> String {
    let on_accent = if accent.contrast(WHITE) >= accent.contrast(BLACK) { WHITE } else { BLACK };
    let (accent, on_accent) = (accent.hex(), on_accent.hex());
    format!("--accent:{accent};--on-accent:{on_accent};--link:{accent};--focus:{accent}")
}

/// The colour, moved towards the other as far as it has to be.
fn legible(colour: Colour, towards: Colour, behind: [Colour; 2]) -> Colour {
    let moved = (0..=STEPS).map(|step| colour.moved(towards, step));
    let fits = |colour: &Colour| behind.iter().all(|behind| colour.contrast(*behind) >= LEAST_CONTRAST);
    moved.into_iter().find(fits).unwrap_or(towards)
}

impl Colour {
    fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    fn hex(self) -> String {
        let Self([red, green, blue]) = self;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    fn moved(self, towards: Self, step: u16) -> Self {
        let mix = |at: usize| {
            let mixed = u16::from(self.0[at]) * (STEPS - step) + u16::from(towards.0[at]) * step;
            u8::try_from(mixed / STEPS).unwrap_or(u8::MAX)
        };
        Self([mix(0), mix(1), mix(2)])
    }

    /// WCAG 2.2's relative luminance.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// WCAG 2.2's contrast ratio.
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }
}

#[cfg(test)]
mod tests {
    use super::{BLACK, Colour, DARK, LIGHT, WHITE, legible, style, variables};

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((BLACK.contrast(WHITE) - 21.0).abs() < 1e-9);
        // As WebAIM's contrast checker tells them.
        for (one, other, expected) in
            [("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59), ("#ff0000", "#000000", 5.25)]
        {
            let contrast = Colour::read(one).expect("a colour").contrast(Colour::read(other).expect("a colour"));
            assert!((contrast - expected).abs() < 0.01, "{one} on {other}: {contrast}");
        }
    }

    #[test]
    fn every_colour_becomes_legible_and_a_legible_one_stays() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let colour = Colour([red, green, blue]);
                    for (towards, behind) in [(BLACK, LIGHT), (WHITE, DARK)] {
                        let legible = legible(colour, towards, behind);
                        assert!(behind.iter().all(|behind| legible.contrast(*behind) >= 4.5), "{colour:?}");
                        assert!(legible.contrast(WHITE).max(legible.contrast(BLACK)) >= 4.5, "{colour:?}");
                    }
                }
            }
        }
        let own = Colour::read("#17594a").expect("a colour");
        assert_eq!(legible(own, BLACK, LIGHT), own);
        assert!(variables(own).starts_with("--accent:#17594a;--on-accent:#ffffff;"));
    }

    #[test]
    fn what_is_no_colour_styles_nothing() {
        for text in ["", "#", "#fff", "#12345g", "#1234567", "red", "#ffffff;}", "#\u{e9}\u{e9}\u{e9}"] {
            assert!(style(text).is_none(), "{text}");
        }
        assert!(style("#FFD400").expect("a colour").starts_with(":root{--accent:#"));
    }
}
