//! The only HTTP client for requests to URLs that Gantry does not control.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, redirect};
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use crate::guard::{Forbidden, Guard};

/// Idle connections kept open per server.
const IDLE: usize = 16;
/// Timeout for opening a connection.
const CONNECTING: Duration = Duration::from_secs(5);

/// HTTP client restricted by a [`Guard`]. Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    client: Client,
    guard: Guard,
    timeout: Duration,
}

impl Outbound {
    /// Creates a client that reaches only what the guard allows. A request with its response takes `timeout` at most.
    ///
    /// # Errors
    /// When TLS cannot be set up, which tests would have shown first.
    pub fn new(guard: Guard, timeout: Duration) -> Result<Self, reqwest::Error> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(guard.clone()))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .http1_only()
            .pool_max_idle_per_host(IDLE)
            .connect_timeout(timeout.min(CONNECTING))
            .timeout(timeout)
            .user_agent(concat!("Gantry/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, guard, timeout })
    }

    /// Creates a request, still to be filled and sent.
    ///
    /// # Errors
    /// When the URL's host is an IP address that is not allowed; host names are checked when they are resolved.
    pub fn request(&self, method: Method, url: Url) -> Result<RequestBuilder, Forbidden> {
        self.guard.check(&url)?;
        Ok(self.client.request(method, url))
    }

    /// Describes an error without the URL, which may contain secrets.
    pub fn told(&self, error: reqwest::Error) -> String {
        if error.is_timeout() {
            return format!("timed out after {} s", self.timeout.as_secs_f32());
        }
        let error = error.without_url();
        let mut cause: &dyn std::error::Error = &error;
        while let Some(deeper) = cause.source() {
            if deeper.is::<Forbidden>() {
                return deeper.to_string();
            }
            cause = deeper;
        }
        let what = if error.is_connect() { "cannot connect" } else { "no answer" };
        format!("{what}: {cause}")
    }

    /// Reads the response body, of at most `most` bytes.
    ///
    /// # Errors
    /// A sentence that says why the body could not be read in full.
    pub async fn read(&self, mut response: Response, most: usize) -> Result<Vec<u8>, String> {
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| self.told(error))? {
            if body.len() + part.len() > most {
                return Err(format!("the answer is longer than {most} bytes"));
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }
}
