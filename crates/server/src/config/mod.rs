//! The settings of `gantry`: their sources, their validation and their display.
//!
//! * [`reference`]: every setting with its comment and default, read from the compiled-in `config.default.toml`.
//! * `layers`: defaults, then a file, then `GANTRY_*` variables, then flags. The only place that reads the environment.
//! * `settings`: the typed, checked [`Config`].
//! * `mail`: the settings for sending mails.
//! * `reader`: converts layered values to typed ones; collects every mistake instead of stopping at the first.
//! * `show`: what `gantry config show` prints.
//!
//! Guarantees: an unknown setting or variable is an error that suggests the nearest name; every value keeps its origin;
//! no secret is printed, in an error or elsewhere.

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
