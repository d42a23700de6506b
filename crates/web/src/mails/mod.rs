//! Mails, from template and values to subject, HTML and plain text. Pure functions: nothing is sent from here.
//!
//! A template is trusted with the words of its mail, and with nothing else: it belongs to one tenant of many, so it may
//! hold only what [`syntax`] lets through, and is rendered beside the requests (`pool`). Values are not trusted at all.
//! They are kept outside the text (`values`) while the template language (`fill`) and Markdown are read, and are written in last, in the way
//! of the place where they land (`places`). No filter lifts that: `|safe` and `|e` change nothing.

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
