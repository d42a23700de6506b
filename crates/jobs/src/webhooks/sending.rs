//! One attempt of a webhook.
//!
//! Guarantees: one address, no redirect, no proxy, a verified certificate, a deadline and a size limit for the
//! response. The password in the URL and the secrets are revealed to the receiver only.

use gantry_core::app_hooks::Delivering;
use gantry_core::notifications::Outcome;
use gantry_crypto::standard_webhooks;
use gantry_outbound::Outbound;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret as _;
use url::Url;

use crate::deliveries::{Health, Sent};

/// Maximum bytes of a response body that are read. The body is ignored, but a connection read to its end can be reused.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Posts events. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    outbound: Outbound,
}

impl Webhooks {
    /// Creates a sender that uses this HTTP client.
    pub fn new(outbound: Outbound) -> Self {
        Self { outbound }
    }

    /// Posts the event. `event` is the event's id, sent as `webhook-id`, so that a receiver can detect duplicates.
    pub async fn send(&self, hook: &Delivering, event: &str, timestamp: i64, body: Vec<u8>) -> Sent {
        let destination = hook.destination.as_ref().and_then(|to| Url::parse(to.expose_secret()).ok());
        let Some(url) = destination else {
            return Sent::new(Outcome::Impossible, Health::Unknown, "the hook has no destination");
        };
        let request = match self.outbound.request(Method::POST, url) {
            Ok(request) => request,
            Err(forbidden) => return Sent::new(Outcome::Refused, Health::Trouble, forbidden.to_string()),
        };
        let headers = headers(hook, event, timestamp, &body);
        match request.headers(headers).body(body).send().await {
            Ok(response) => self.judged(response).await,
            Err(error) => Sent::new(Outcome::Refused, Health::Trouble, self.outbound.told(error)),
        }
    }

    async fn judged(&self, response: reqwest::Response) -> Sent {
        let status = response.status();
        // The content is ignored, even if it never ends.
        let _ = self.outbound.read(response, LONGEST_ANSWER).await;
        let result = status.to_string();
        if status.is_success() {
            return Sent::new(Outcome::Delivered, Health::Well, result);
        }
        let troubled = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        Sent::new(Outcome::Refused, if troubled { Health::Trouble } else { Health::Well }, result)
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
