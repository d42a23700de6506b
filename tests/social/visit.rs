//! A server with providers beside it, and a person who goes from one to the other.

use std::collections::HashMap;

use serde_json::{Value, json};
use url::Url;

use crate::support::{Answer, Browser, Engine, Providers, TestServer};

/// What Gantry is called at every provider of these tests.
pub const CLIENT: &str = "client-of-acme";

/// Both.
pub struct Visit {
    pub server: TestServer,
    pub providers: Providers,
}

impl Visit {
    pub async fn start(engine: Engine) -> Self {
        Self::with(engine, &[]).await
    }

    pub async fn with(engine: Engine, settings: &[(&'static str, &str)]) -> Self {
        let providers = Providers::start().await;
        let server = TestServer::among(engine, settings, providers.whereabouts()).await;
        Self { server, providers }
    }

    /// Switches a provider on: `google`, or `issuer` and `custom`, which are `oauth2` ones.
    pub async fn add(&self, name: &str) -> Value {
        let at = |path: &str| format!("{}/{path}", self.providers.address);
        let mut fields = json!({"provider_type": name, "client_id": CLIENT, "client_secret": "s3cret"});
        let more = match name {
            "issuer" => json!({"provider_type": "oauth2", "name": "Example ID", "issuer": at("issuer")}),
            "custom" => json!({
                "provider_type": "oauth2", "name": "Intranet", "authorization_url": at("custom/authorize?tenant=a"),
                "token_url": at("custom/token"), "profile_url": at("custom/profile"), "scopes": "people",
                "id_field": "data.uid", "email_field": "data.mail", "email_verified_field": "data.ok",
                "name_field": "data.label",
            }),
            _ => json!({}),
        };
        fields.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        self.server.post("auth_providers", json!({ "auth_provider": fields })).await.json(201)
    }

    /// What the provider is called in addresses.
    pub fn key(provider: &Value) -> String {
        let name = if provider["provider_type"] == "oauth2" { "id" } else { "provider_type" };
        provider[name].as_str().expect("a text").to_owned()
    }

    /// The person agrees at the provider: the path to which that sends their browser back.
    pub async fn agree(&self, address: &str) -> String {
        let answer = self.server.client.get(address).send().await.expect("an answer");
        assert_eq!(answer.status(), 302, "the provider takes {address}");
        let back = Url::parse(answer.headers()["location"].to_str().expect("text")).expect("an address");
        format!("{}?{}", back.path(), back.query().unwrap_or_default())
    }

    /// From the button to the provider and back: what the callback answers.
    pub async fn come(&self, browser: &Browser, path: &str) -> Answer {
        let there = browser.get(path).await;
        assert_eq!(there.status, 302, "{}", there.text);
        let back = browser.get(&self.agree(there.header("location")).await).await;
        browser.settle(back).await
    }

    /// The same with a fresh browser.
    pub async fn come_anew(&self, path: &str) -> Answer {
        self.come(&self.server.browser(), path).await
    }

    /// Sets the clocks of both.
    pub fn advance(&self, milliseconds: i64) {
        self.server.advance(milliseconds);
        self.providers.state().now += milliseconds / 1000;
    }

    /// Makes ada's address a proven one.
    pub async fn verify(&self, username: &str) {
        let fields = json!({"user": {"email_verification": "verified"}});
        self.server.put(&format!("users/{username}"), fields).await.json(200);
    }

    /// All users' names.
    pub async fn users(&self) -> Vec<String> {
        let list = self.server.get("users").await.json(200);
        let names = list["collection"].as_array().expect("a list").iter();
        names.map(|user| user["username"].as_str().expect("a name").to_owned()).collect()
    }

    /// The types of a user's credentials.
    pub async fn credentials(&self, username: &str) -> Vec<String> {
        let user = self.server.get(&format!("users/{username}")).await.json(200);
        let credentials = user["credentials"].as_array().expect("a list").iter();
        credentials.map(|one| one["credential_type"].as_str().expect("a type").to_owned()).collect()
    }

    /// Whose login the redirect to the app is.
    pub async fn who(&self, answer: &Answer) -> String {
        let token = crate::loginrocket::visit::token(answer);
        let session = self.server.get(&format!("sessions/{token}")).await.json(200);
        session["user"]["username"].as_str().expect("a name").to_owned()
    }
}

/// The query of an address.
pub fn query(address: &str) -> HashMap<String, String> {
    Url::parse(address).expect("an address").query_pairs().into_owned().collect()
}

/// Where a redirect within the site leads.
#[track_caller]
pub fn path(answer: &Answer) -> String {
    assert_eq!(answer.status, 302, "{}", answer.text);
    answer.header("location").to_owned()
}
