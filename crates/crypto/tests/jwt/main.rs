//! Login tokens from outside: what other implementations sign verifies, and every known forgery is refused.

mod forge;
mod interop;
mod refusals;
