//! Calls to the server: verify a session, end a session. Both need only a key with access `verify`.
//!
//! Guarantees that a token sent by a browser cannot reach another path of the API, that only a session object is
//! accepted as a session, and that no call takes longer than ten seconds.

use std::time::Duration;

use anyhow::{Context, ensure};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use reqwest::{RequestBuilder, Response, redirect};
use serde_json::{Value, json};
use url::Url;

/// Longer than any login token.
const TOKEN_LIMIT: usize = 16 * 1024;

/// Client for the part of the API that this app uses.
pub(super) struct Api {
    http: reqwest::Client,
    url: Url,
}

impl Api {
    /// Creates a client. `url` ends in `/v1/`, `key` is `ko_…`, and `realm` is `rl_…`.
    pub(super) fn new(url: &str, key: &str, realm: &str) -> anyhow::Result<Self> {
        let url = Url::parse(url).context("the API's URL")?;
        ensure!(!url.cannot_be_a_base(), "the API's URL has no path");
        let mut key = HeaderValue::try_from(key)?;
        key.set_sensitive(true);
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([
            (HeaderName::from_static("x-authrocket-api-key"), key),
            (HeaderName::from_static("x-authrocket-realm"), HeaderValue::try_from(realm)?),
            (header::ACCEPT, json.clone()),
            (header::CONTENT_TYPE, json),
        ]);
        let http = reqwest::Client::builder()
            .default_headers(headers)
            .timeout(Duration::from_secs(10))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { http, url })
    }

    /// Returns the session of a login token, with its user; `None` if it is unknown, ended or expired.
    pub(super) async fn session(&self, token: &str) -> anyhow::Result<Option<Value>> {
        if !is_token(token) {
            return Ok(None);
        }
        let request = self.http.post(self.address(&["sessions", "verify"])).json(&json!({ "token": token }));
        let Some(answer) = answered(request).await? else { return Ok(None) };
        let session: Value = answer.json().await.map_err(reqwest::Error::without_url)?;
        Ok(Some(session).filter(|session| session["object"] == "session"))
    }

    /// Ends the session of a login token. Succeeds also if it has already ended.
    pub(super) async fn end_session(&self, token: &str) -> anyhow::Result<()> {
        if !is_token(token) {
            return Ok(());
        }
        answered(self.http.delete(self.address(&["sessions", token]))).await.map(drop)
    }

    /// Returns the URL with these path segments, each of which is percent-encoded.
    fn address(&self, segments: &[&str]) -> Url {
        let mut url = self.url.clone();
        url.path_segments_mut().expect("it has a path").pop_if_empty().extend(segments);
        url
    }
}

/// Sends the request. Returns `None` for 404. Errors do not contain the URL, which may hold a token.
async fn answered(request: RequestBuilder) -> anyhow::Result<Option<Response>> {
    let answer = request.send().await.map_err(reqwest::Error::without_url)?;
    if answer.status() == StatusCode::NOT_FOUND {
        return Ok(None);
    }
    Ok(Some(answer.error_for_status().map_err(reqwest::Error::without_url)?))
}

/// Returns whether `text` has the form of a JWT: three parts of base64url. Other text is never sent to the server.
fn is_token(text: &str) -> bool {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let parts: Vec<&str> = text.split('.').collect();
    text.len() <= TOKEN_LIMIT
        && parts.len() == 3
        && parts.iter().all(|part| !part.is_empty() && part.bytes().all(is_base64url))
}
