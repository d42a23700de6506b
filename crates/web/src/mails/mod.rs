//! Mails, from template and values to subject, HTML and plain text. Pure functions: nothing is sent from here.
//!
//! Whoever writes templates is trusted with the mail; the values are not trusted by anybody. So values are kept outside
//! the text (`values`) while the template language (`fill`) and Markdown are read, and are written in last, in the way
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
mod render;
mod spoken;
mod text_flow;
mod values;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod render_tests;

pub use brand::MailBrand;
pub use fill::check;
pub use merge::Merge;
pub use render::{Rendered, render};
pub use spoken::spoken;
