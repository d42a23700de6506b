//! The calls to the server: get a session, get a user, delete a session.
//!
//! Guarantees that what a browser sends as a token cannot reach another path of the API, and that no call lasts longer
//! than ten seconds.

use std::time::Duration;

use anyhow::{Context, ensure};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use reqwest::{Method, Response, redirect};
use serde_json::Value;
use url::Url;

/// Longer than any login token.
const TOKEN_LIMIT: usize = 16 * 1024;

/// The API as this app may use it.
pub(super) struct Api {
    http: reqwest::Client,
    url: Url,
}

impl Api {
    /// `url` ends in `/v1/`; `key` is `ko_…`, `realm` is `rl_…`.
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

    /// The session behind a login token, with its user; `None` if it is unknown, ended or expired.
    pub(super) async fn session(&self, token: &str) -> anyhow::Result<Option<Value>> {
        if !is_token(token) {
            return Ok(None);
        }
        self.get("sessions", token).await
    }

    /// A user, as it is now; `None` if there is none any more.
    pub(super) async fn user(&self, id: &str) -> anyhow::Result<Option<Value>> {
        self.get("users", id).await
    }

    /// Ends the session behind a login token. One that has ended already is as good.
    pub(super) async fn end_session(&self, token: &str) -> anyhow::Result<()> {
        self.call(Method::DELETE, "sessions", token).await.map(drop)
    }

    async fn get(&self, resource: &str, id: &str) -> anyhow::Result<Option<Value>> {
        match self.call(Method::GET, resource, id).await? {
            Some(answer) => Ok(Some(answer.json().await?)),
            None => Ok(None),
        }
    }

    /// `None` for 404. The errors name no URL, since that may hold a token.
    async fn call(&self, method: Method, resource: &str, id: &str) -> anyhow::Result<Option<Response>> {
        let mut url = self.url.clone();
        url.path_segments_mut().expect("it has a path").pop_if_empty().extend([resource, id]);
        let answer = self.http.request(method, url).send().await.map_err(reqwest::Error::without_url)?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        Ok(Some(answer.error_for_status().map_err(reqwest::Error::without_url)?))
    }
}

/// Whether `text` can be a login token: a JWT or the id of a session. Nothing else goes into a path.
fn is_token(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.len() <= TOKEN_LIMIT
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(plain)
}
