//! `gantry users`: manages the users of a realm.

mod create;
mod list;
mod options;
mod reset_password;
mod show;
mod unlock;

pub use options::{Users, UsersAction, run};
