//! The database falls silent, is cut off, takes no writes, or has no room: what is answered meanwhile, and how soon all
//! is well again without a restart. Deadlines are real ones, so a few of these tests take seconds.

mod deadlines;
mod file;
mod read_only;
mod server;
mod silent;
mod unreachable;
mod url;
