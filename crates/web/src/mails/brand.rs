//! Logo and color of the app that a mail is about.

use gantry_core::connected_apps::ConnectedApp;

use crate::brand_color::BrandColor;

/// Design of a mail's frame; not available to templates.
#[derive(Clone, Default)]
pub struct MailBrand {
    /// URL of the logo, the only external resource of a mail.
    pub logo_url: Option<String>,
    /// URL of the logo for the dark scheme.
    pub logo_dark_url: Option<String>,
    /// The color of buttons and links.
    pub color: BrandColor,
}

impl MailBrand {
    /// Returns the app's design, with the default colors if it sets none.
    pub fn from_app(app: &ConnectedApp) -> Self {
        Self {
            logo_url: app.logo_url.clone(),
            logo_dark_url: app.logo_dark_url.clone(),
            color: app.accent_color.as_deref().and_then(BrandColor::parse).unwrap_or_default(),
        }
    }
}
