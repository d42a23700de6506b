//! The address of whoever sent a request, as the listener made it out: behind a trusted proxy it is the proxy's word.

use std::net::IpAddr;

/// Put into each request's extensions by the listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Put into each request's extensions by the listener: whether the browser's connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encrypted(pub bool);
