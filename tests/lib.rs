//! Nothing to import: the package is its one test binary, `main.rs`.
