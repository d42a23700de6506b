//! Client address of a request, as determined by the listener. From a trusted proxy, it is the address that the proxy
//! reports.

use std::net::IpAddr;

/// Client address, added to each request's extensions by the listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Whether the browser's connection is encrypted, added to each request's extensions by the listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encrypted(pub bool);
