//! QR codes as inline SVG.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// Minimum width and height in pixels; the picture can be scaled.
const SIZE: u32 = 240;

/// Returns a QR code as SVG element, with the white margin that scanners need; `None` if the text is too long for one.
pub fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(SIZE, SIZE).build();
    // An XML declaration is not allowed within a page.
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
