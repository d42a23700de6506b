//! One attempt of a webhook.
//!
//! Guarantees: one address, no redirect, no proxy, a verified certificate, a bounded time and a bounded answer; and that
//! neither the password in the address nor the secrets are told to anybody but the receiver.

use std::sync::Arc;
use std::time::Duration;

use gantry_core::app_hooks::Delivering;
use gantry_core::notifications::Outcome;
use gantry_crypto::standard_webhooks;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, StatusCode, redirect};
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret as _;
use url::Url;

use super::guard::{Forbidden, Guard};
use crate::deliveries::{Health, Sent};

/// Longest part of an answer's body that is read; it means nothing, but a connection that is read to its end is kept.
const LONGEST_ANSWER: usize = 64 * 1024;
/// Connections kept open to one receiver.
const IDLE: usize = 16;

/// Posts events. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    client: Client,
    guard: Guard,
    timeout: Duration,
}

impl Webhooks {
    /// Reaches what the guard allows; an attempt takes `timeout` at most.
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
            .connect_timeout(timeout.min(Duration::from_secs(5)))
            .timeout(timeout)
            .user_agent(concat!("Gantry/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, guard, timeout })
    }

    /// Posts the event. The id is the event's, so that a receiver knows a repetition.
    pub async fn send(&self, hook: &Delivering, event: &str, timestamp: i64, body: Vec<u8>) -> Sent {
        let destination = hook.destination.as_ref().and_then(|to| Url::parse(to.expose_secret()).ok());
        let Some(url) = destination else {
            return Sent::new(Outcome::Impossible, Health::Unknown, "the hook has no destination");
        };
        if let Err(forbidden) = self.guard.check(&url) {
            return Sent::new(Outcome::Refused, Health::Trouble, forbidden.to_string());
        }
        let headers = headers(hook, event, timestamp, &body);
        match self.client.post(url).headers(headers).body(body).send().await {
            Ok(response) => self.judged(response).await,
            Err(error) => Sent::new(Outcome::Refused, Health::Trouble, self.told(error)),
        }
    }

    async fn judged(&self, mut response: reqwest::Response) -> Sent {
        let status = response.status();
        let mut read = 0;
        while let Ok(Some(part)) = response.chunk().await {
            read += part.len();
            if read > LONGEST_ANSWER {
                break;
            }
        }
        let result = status.to_string();
        if status.is_success() {
            return Sent::new(Outcome::Delivered, Health::Well, result);
        }
        let troubled = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        Sent::new(Outcome::Refused, if troubled { Health::Trouble } else { Health::Well }, result)
    }

    /// What went wrong, without the address and its password.
    fn told(&self, error: reqwest::Error) -> String {
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
}

fn headers(hook: &Delivering, event: &str, timestamp: i64, body: &[u8]) -> HeaderMap {
    let signatures = hook
        .secrets
        .iter()
        .filter_map(|secret| standard_webhooks::sign(secret.expose_secret(), event, timestamp, body));
    let signature = signatures.collect::<Vec<_>>().join(" ");
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in
        [("webhook-id", event), ("webhook-timestamp", &timestamp.to_string()), ("webhook-signature", &signature)]
    {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    headers
}
