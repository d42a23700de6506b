//! Calls with nothing but what the test puts into them, and what is read of answers again and again.

use gantry_core::actor::Access;
use gantry_core::api_keys::{self, NewKey};
use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::support::{Answer, TestServer};

/// A call with these headers and this body only.
pub async fn send(server: &TestServer, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = server.client.request(method, format!("{}{path}", server.address));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if !body.is_empty() {
        request = request.body(body.to_owned());
    }
    Answer::read(request.send().await.expect("an answer")).await
}

/// Another API key of the account.
pub async fn key(server: &TestServer, access: Access, realms: &[&str]) -> String {
    let core = &server.app.core;
    let realm_ids = realms.iter().map(|&realm| realm.to_owned()).collect();
    let mut tx = core.db.begin().await.expect("a transaction");
    let new = NewKey { realm_ids, ..NewKey::for_account("Test", access) };
    let (_, whole) = api_keys::create(core, &mut tx, &server.made.account, new).await.expect("a key");
    tx.commit().await.expect("committed");
    whole.expose_secret().to_owned()
}

/// Whether this is the prefix and 22 base62 characters.
pub fn is_id(prefix: &str, text: &str) -> bool {
    let rest = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
    rest.is_some_and(|rest| rest.len() == 22 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// One field of every item of a list's answer.
pub fn each<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    let items = list["collection"].as_array().expect("a collection");
    items.iter().map(|item| item[field].as_str().expect("text")).collect()
}

/// A field that is text.
#[track_caller]
pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} in {value}"))
}
