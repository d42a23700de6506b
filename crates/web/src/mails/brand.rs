//! How the app behind a mail looks: its logo and its color.

use gantry_core::connected_apps::ConnectedApp;

use crate::brand_color::BrandColor;

/// The look of a mail's frame; no field of the template language.
#[derive(Clone, Default)]
pub struct MailBrand {
    /// Address of the logo. It is the one thing that a mail fetches.
    pub logo_url: Option<String>,
    /// Address of the logo in the dark scheme.
    pub logo_dark_url: Option<String>,
    /// The color of buttons and links.
    pub color: BrandColor,
}

impl MailBrand {
    /// The look that the app sets.
    pub fn from_app(app: &ConnectedApp) -> Self {
        Self {
            logo_url: app.logo_url.clone(),
            logo_dark_url: app.logo_dark_url.clone(),
            color: app.accent_color.as_deref().and_then(BrandColor::parse).unwrap_or_default(),
        }
    }
}
