//! The settings of `gantry`: where they may come from, what they may be, and how to see them.
//!
//! * [`reference`]: every setting with its comment and default, read from the compiled-in `config.default.toml`.
//! * `layers`: defaults, then a file, then `GANTRY_*` variables, then flags. The only place that reads the environment.
//! * `settings`: the typed, checked [`Config`].
//! * `mail`: the way out for mails.
//! * `reader`: from a layered value to a typed one; collects every mistake instead of stopping at the first.
//! * `show`: what `gantry config show` prints.
//!
//! Guarantees: a setting or variable that does not exist is an error, with the nearest name that does; every value
//! knows where it comes from; no secret is printed, in an error or elsewhere.

mod layers;
mod mail;
mod reader;
pub mod reference;
mod settings;
mod show;
#[cfg(test)]
mod tests;

pub use layers::{Origin, Sources};
pub use reader::{Problem, Problems};
pub use settings::{Config, LogFormat, LogLevel};
pub use show::{Loaded, load};
