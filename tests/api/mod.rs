//! The v1 API, one file per resource, from the tables of its documentation.

mod sessions;
