//! Black-box tests of login tokens: tokens of other implementations verify, and every known forgery is refused.

mod forge;
mod interop;
mod refusals;
