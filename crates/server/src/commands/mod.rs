//! One file per command.

mod demo;
mod doctor;
mod keys;
mod quickstart;
mod run;
mod serve;

pub use run::run;
