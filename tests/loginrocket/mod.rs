//! The hosted pages, as a browser without scripts meets them.
