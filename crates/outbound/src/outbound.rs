//! The one client for requests to addresses that others choose.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, redirect};
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use crate::guard::{Forbidden, Guard};

/// Connections kept open to one server.
const IDLE: usize = 16;
/// Longest wait for a connection.
const CONNECTING: Duration = Duration::from_secs(5);

/// Makes requests. Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    client: Client,
    guard: Guard,
    timeout: Duration,
}

impl Outbound {
    /// Reaches what the guard allows; a request with its answer takes `timeout` at most.
    ///
    /// # Errors
    /// When the system gives no TLS, which a test would have noticed first.
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

    /// A request, still to be filled and sent.
    ///
    /// # Errors
    /// When the address names a host by a number that is not allowed; names are looked at when they are resolved.
    pub fn request(&self, method: Method, url: Url) -> Result<RequestBuilder, Forbidden> {
        self.guard.check(&url)?;
        Ok(self.client.request(method, url))
    }

    /// What went wrong, without the address and what secrets it may hold.
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

    /// The answer's body, of at most so many bytes.
    ///
    /// # Errors
    /// Why it is not to be had whole, in words.
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
