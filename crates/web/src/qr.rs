//! QR codes as pictures that a page can hold as they are.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// Smallest width and height, in pixels of the page; the picture can be scaled.
const SIZE: u32 = 240;

/// The text as an SVG element, with the white edge that readers need. `None` for a text longer than a QR code holds.
pub fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(SIZE, SIZE).build();
    // Inside a page a declaration of XML has no place.
    picture.find("<svg").map(|at| picture[at..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_bare_elements() {
        let picture =
            svg("otpauth://totp/Acme:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme").expect("short");
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>"), "{picture}");
        assert!(!picture.contains("script") && !picture.contains("otpauth"), "{picture}");
        assert!(svg(&"a".repeat(3000)).is_none(), "longer than the standard allows");
    }
}
