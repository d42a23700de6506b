//! Mails: renders a template with values to subject, HTML and plain text. Pure functions; nothing is sent here.
//!
//! A template is trusted with the text of its mail only: it belongs to one tenant of many, so it may use only the
//! syntax that [`syntax`] allows, and is rendered on separate threads (`pool`). Values are not trusted. They are
//! replaced by marks (`values`) while the template language (`fill`) and Markdown are parsed, and are substituted last,
//! escaped for their context (`places`). No filter disables that: `|safe` and `|e` have no effect.

mod address;
mod brand;
mod entities;
mod fill;
mod html_text;
mod layout;
mod markdown;
mod markdown_html;
mod merge;
mod places;
mod pool;
mod render;
mod spoken;
mod syntax;
mod text_flow;
mod values;

#[cfg(test)]
mod bomb_tests;
#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod render_tests;

pub use brand::MailBrand;
pub use merge::Merge;
pub use pool::{MailDraft, check, render};
pub use render::Rendered;
pub use spoken::spoken;
