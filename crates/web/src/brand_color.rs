//! An app's brand color on pages and in mails.
//!
//! A button has the brand color itself, with black or white text, whichever has the higher contrast. Links, focus rings
//! and thin lines are drawn on the page background, so their color is shifted towards black or white until it has the
//! contrast of WCAG 2.2 AA in both schemes.

use std::fmt::Write;

/// Minimum contrast of text (WCAG 2.2, 1.4.3).
const TEXT_CONTRAST: f64 = 4.5;

/// Minimum contrast of the edge of a control (WCAG 2.2, 1.4.11).
const EDGE_CONTRAST: f64 = 3.0;

/// `--surface` and `--page` of the stylesheet, light and dark: the backgrounds of links and focus rings.
const LIGHT: [Rgb; 2] = [Rgb([0xff, 0xfe, 0xfb]), Rgb([0xf3, 0xf2, 0xed])];
const DARK: [Rgb; 2] = [Rgb([0x1b, 0x20, 0x1d]), Rgb([0x0f, 0x12, 0x10])];

const BLACK: Rgb = Rgb([0, 0, 0]);
const WHITE: Rgb = Rgb([255, 255, 255]);

/// Number of steps from a color to black or white.
const STEPS: u16 = 40;

/// Steps by which a hovered button moves away from the color of its text.
const HOVER_STEP: u16 = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rgb([u8; 3]);

/// The colors derived from one brand color.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandColor {
    /// Colors of the light scheme.
    pub light: BrandShades,
    /// Colors of the dark scheme.
    pub dark: BrandShades,
}

/// The colors of one scheme, each as `#17594a`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandShades {
    /// The background of buttons: the unchanged brand color.
    pub accent: String,
    /// The text on buttons.
    pub on_accent: String,
    /// The background of a hovered button.
    pub hover: String,
    /// The edge of buttons, visible on the page even if the brand color is not.
    pub edge: String,
    /// The color of links and focus rings.
    pub link: String,
}

impl Default for BrandColor {
    /// The colors of the hosted pages' stylesheet, for apps that set none.
    fn default() -> Self {
        let shades = |accent: &str, on_accent: &str, link: &str| BrandShades {
            accent: accent.to_owned(),
            on_accent: on_accent.to_owned(),
            hover: accent.to_owned(),
            edge: accent.to_owned(),
            link: link.to_owned(),
        };
        Self { light: shades("#17594a", "#ffffff", "#17594a"), dark: shades("#86d3b8", "#08271d", "#93dbc2") }
    }
}

impl BrandColor {
    /// Derives the colors from text such as `#17594a`; returns `None` for any other format.
    pub fn parse(text: &str) -> Option<Self> {
        let brand = Rgb::parse(text)?;
        Some(Self { light: BrandShades::derive(brand, BLACK, LIGHT), dark: BrandShades::derive(brand, WHITE, DARK) })
    }

    /// Returns the CSS variables for the hosted pages' stylesheet.
    pub fn to_css(&self) -> String {
        let mut css = String::new();
        // Does not override the forced colors of a user's browser.
        let (light, dark) = (self.light.to_css(), self.dark.to_css());
        let _ = write!(css, "@media (forced-colors:none){{:root{{{light}}}}}");
        let _ = write!(css, "@media (forced-colors:none) and (prefers-color-scheme:dark){{:root{{{dark}}}}}");
        css
    }
}

impl BrandShades {
    fn derive(brand: Rgb, towards: Rgb, behind: [Rgb; 2]) -> Self {
        let on_accent = if brand.contrast(WHITE) >= brand.contrast(BLACK) { WHITE } else { BLACK };
        let away = if on_accent == WHITE { BLACK } else { WHITE };
        Self {
            accent: brand.to_hex(),
            on_accent: on_accent.to_hex(),
            hover: brand.mix(away, HOVER_STEP).to_hex(),
            edge: move_to_contrast(brand, towards, behind, EDGE_CONTRAST).to_hex(),
            link: move_to_contrast(brand, towards, behind, TEXT_CONTRAST).to_hex(),
        }
    }

    fn to_css(&self) -> String {
        let Self { accent, on_accent, hover, edge, link } = self;
        format!(
            "--accent:{accent};--on-accent:{on_accent};--accent-hover:{hover};--accent-edge:{edge};\
             --link:{link};--focus:{link}"
        )
    }
}

/// Returns the nearest color towards `towards` that has the contrast `least` with each color in `behind`.
fn move_to_contrast(color: Rgb, towards: Rgb, behind: [Rgb; 2], least: f64) -> Rgb {
    let fits = |color: &Rgb| behind.iter().all(|behind| color.contrast(*behind) >= least);
    (0..=STEPS).map(|step| color.mix(towards, step)).find(fits).unwrap_or(towards)
}

impl Rgb {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    fn to_hex(self) -> String {
        let Self([red, green, blue]) = self;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    fn mix(self, towards: Self, step: u16) -> Self {
        let mix = |at: usize| {
            let mixed = u16::from(self.0[at]) * (STEPS - step) + u16::from(towards.0[at]) * step;
            u8::try_from(mixed / STEPS).unwrap_or(u8::MAX)
        };
        Self([mix(0), mix(1), mix(2)])
    }

    /// Returns the relative luminance as defined by WCAG 2.2.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Returns the contrast ratio as defined by WCAG 2.2.
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }
}

#[cfg(test)]
mod tests {
    use super::{BLACK, BrandColor, DARK, LIGHT, Rgb, WHITE};

    fn rgb(text: &str) -> Rgb {
        Rgb::parse(text).expect("a color")
    }

    #[test]
    fn contrast_matches_webaim() {
        assert!((BLACK.contrast(WHITE) - 21.0).abs() < 1e-9);
        // Expected values from WebAIM's contrast checker.
        for (one, other, expected) in
            [("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59), ("#ff0000", "#000000", 5.25)]
        {
            let contrast = rgb(one).contrast(rgb(other));
            assert!((contrast - expected).abs() < 0.01, "{one} on {other}: {contrast}");
        }
    }

    #[test]
    fn buttons_keep_the_brand_color_and_every_text_is_legible() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let brand = Rgb([red, green, blue]).to_hex();
                    let color = BrandColor::parse(&brand).expect("a color");
                    for (shades, behind) in [(&color.light, LIGHT), (&color.dark, DARK)] {
                        assert_eq!(shades.accent, brand);
                        let text = rgb(&shades.on_accent);
                        assert!(rgb(&shades.accent).contrast(text) >= 4.5, "{brand}: button");
                        assert!(rgb(&shades.hover).contrast(text) >= 4.5, "{brand}: button under the pointer");
                        for behind in behind {
                            assert!(rgb(&shades.link).contrast(behind) >= 4.5, "{brand}: link");
                            assert!(rgb(&shades.edge).contrast(behind) >= 3.0, "{brand}: edge");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_legible_color_stays_as_it_is() {
        let own = BrandColor::parse("#17594a").expect("a color").light;
        assert_eq!((own.edge.as_str(), own.link.as_str(), own.on_accent.as_str()), ("#17594a", "#17594a", "#ffffff"));
    }

    #[test]
    fn yellow_stays_yellow_on_buttons_with_black_text() {
        let css = BrandColor::parse("#FFD400").expect("a color").to_css();
        assert!(css.contains(":root{--accent:#ffd400;--on-accent:#000000;"), "{css}");
    }

    #[test]
    fn anything_but_six_hexadecimal_digits_is_refused() {
        for text in ["", "#", "#fff", "#12345g", "#1234567", "red", "#ffffff;}", "#\u{e9}\u{e9}\u{e9}", "#+1+2+3"] {
            assert!(BrandColor::parse(text).is_none(), "{text}");
        }
    }
}
