//! HTTP requests to providers: returns JSON or a typed error.

use gantry_core::auth_providers::SocialClient;
use gantry_outbound::Outbound;
use reqwest::header::{ACCEPT, HeaderValue};
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::error::{Error, Result, word};

/// Maximum response size in bytes. The largest known response is a JWK Set of about 10 KB.
const LONGEST_ANSWER: usize = 256 * 1024;

/// HTTP client for provider requests. Cheap to clone.
#[derive(Clone)]
pub struct Http(Outbound);

/// Name-value pairs of a query or a form.
pub type Pairs<'a> = [(&'a str, &'a str)];

impl Http {
    /// Creates a client that sends its requests through `outbound`.
    pub fn new(outbound: Outbound) -> Self {
        Self(outbound)
    }

    /// Sends a GET request, with a bearer token if there is one.
    pub async fn get(&self, url: &str, query: &Pairs<'_>, bearer: Option<&str>) -> Result<Value> {
        let mut request = self.request(Method::GET, url)?;
        if !query.is_empty() {
            request = request.query(query);
        }
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        self.answer(request).await
    }

    /// Sends a form. With `basic`, authenticates with that client's id and secret in the header.
    pub async fn post(&self, url: &str, form: &Pairs<'_>, basic: Option<&SocialClient>) -> Result<Value> {
        let mut request = self.request(Method::POST, url)?.form(form);
        if let Some(client) = basic {
            request = by_basic(request, client);
        }
        self.answer(request).await
    }

    /// Sends JSON, authenticated with our client's id and secret.
    pub async fn post_json(&self, url: &str, body: &Value, client: &SocialClient) -> Result<Value> {
        let request = self.request(Method::POST, url)?.json(body);
        let secret = client.client_secret.expose_secret();
        self.answer(request.basic_auth(&client.client_id, Some(secret))).await
    }

    fn request(&self, method: Method, url: &str) -> Result<RequestBuilder> {
        let url = Url::parse(url).map_err(|_| Error::Unreachable("its address cannot be read".to_owned()))?;
        let request = self.0.request(method, url).map_err(|forbidden| Error::Unreachable(forbidden.to_string()))?;
        Ok(request.header(ACCEPT, HeaderValue::from_static("application/json")))
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Value> {
        let response = request.send().await.map_err(|error| Error::Unreachable(self.0.told(error)))?;
        let status = response.status();
        let body = self.0.read(response, LONGEST_ANSWER).await.map_err(Error::Unreachable)?;
        let json: Option<Value> = serde_json::from_slice(&body).ok();
        if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS && status != StatusCode::REQUEST_TIMEOUT
        {
            return Err(Error::Refused(json.as_ref().and_then(refusal).unwrap_or_else(|| status.as_u16().to_string())));
        }
        if !status.is_success() {
            return Err(Error::Unreachable(format!("it answered {}", status.as_u16())));
        }
        let json = json.ok_or_else(|| Error::Unreachable("it answered with what is no JSON".to_owned()))?;
        match refusal(&json) {
            Some(why) => Err(Error::Refused(why)),
            None => Ok(json),
        }
    }
}

/// Returns the error code of a response, which may have a success status: `error` as text (RFC 6749, GitHub), as an
/// object (Facebook), or next to `ok: false` (Slack).
fn refusal(json: &Value) -> Option<String> {
    match json.get("error")? {
        Value::String(name) => Some(word(name)),
        Value::Object(error) => Some(error.get("type").and_then(Value::as_str).map_or_else(|| word(""), word)),
        _ => None,
    }
}

/// RFC 6749, section 2.3.1: id and secret are form-encoded before Basic authentication.
fn by_basic(request: RequestBuilder, client: &SocialClient) -> RequestBuilder {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    request.basic_auth(encoded(&client.client_id), Some(encoded(client.client_secret.expose_secret())))
}
