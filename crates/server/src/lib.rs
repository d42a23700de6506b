//! The binary `gantry`: command line, configuration, listener, lifecycle, and the dispatch of hosts and paths to
//! surfaces. [`app::App`] is the whole server without a socket; `main` and the tests build it the same way.

pub mod app;
mod canonical;
pub mod cli;
pub mod commands;
pub mod config;
mod connections;
pub mod database_state;
pub mod dispatch;
pub mod flags;
pub mod lifecycle;
pub mod listener;
pub mod master_key;
pub mod metrics;
pub mod private_file;
pub mod proxy;
pub mod records;
pub mod sample_app;
pub mod telemetry;
mod watched;
