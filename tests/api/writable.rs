//! Each resource in each of its kinds, made through the API with any of its writable fields set: what tests of fields
//! share.

use gantry_api::reference::{Field, Kind, Sent, resources};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::raw::text;
use crate::support::{Answer, Engine, TestServer};

/// 2026-01-02T00:00:00Z, a day after the tests' clock.
const TOMORROW: i64 = 1_767_312_000;

/// A resource as it is made in one of its kinds.
pub struct Variant {
    pub resource: &'static str,
    pub kind: &'static str,
    path: &'static str,
    /// Which of the resource's fields it has; none: all.
    fields: &'static str,
}

pub const VARIANTS: &[Variant] = &[
    Variant { resource: "realm", kind: "", path: "realms", fields: "" },
    Variant { resource: "org", kind: "", path: "orgs", fields: "" },
    Variant {
        resource: "user",
        kind: "human",
        path: "users",
        fields: "realm_id user_type state username email email_verification first_name last_name reference custom token \
            password password_confirmation keep_sessions",
    },
    Variant {
        resource: "user",
        kind: "api",
        path: "users",
        fields: "user_type state username email reference custom name api_key",
    },
    Variant { resource: "membership", kind: "", path: "memberships", fields: "" },
    Variant { resource: "session", kind: "", path: "sessions", fields: "" },
    Variant { resource: "user_token", kind: "", path: "user_tokens", fields: "" },
    Variant { resource: "login_policy", kind: "", path: "login_policies", fields: "" },
    Variant {
        resource: "app_hook",
        kind: "webhook",
        path: "app_hooks",
        fields: "realm_id state hook_type event_type delay destination",
    },
    Variant {
        resource: "app_hook",
        kind: "email",
        path: "app_hooks",
        fields: "state hook_type event_type delay email_from email_from_name email_renderer email_subject \
            email_template email_to user_type",
    },
    Variant {
        resource: "credential",
        kind: "password",
        path: "credentials",
        fields: "user_id credential_type password password_confirmation keep_sessions",
    },
    Variant { resource: "credential", kind: "api_key", path: "credentials", fields: "user_id credential_type api_key" },
    Variant {
        resource: "credential",
        kind: "totp",
        path: "credentials",
        fields: "user_id credential_type auth_provider_id name",
    },
    Variant {
        resource: "credential",
        kind: "google",
        path: "credentials",
        fields: "user_id credential_type auth_provider_id provider_user_id access_token token_expires_at",
    },
    Variant { resource: "jwt_key", kind: "", path: "jwt_keys", fields: "" },
    Variant {
        resource: "auth_provider",
        kind: "oauth2",
        path: "auth_providers",
        fields: "realm_id provider_type state name issuer authorization_url token_url profile_url id_field email_field \
            email_verified_field name_field first_name_field last_name_field client_id client_secret scopes",
    },
    Variant {
        resource: "auth_provider",
        kind: "login_rocket",
        path: "auth_providers",
        fields: "provider_type state login signup signup_mode name_field org_field password_field email_verification \
            signup_challenge sso verify membership_permissions",
    },
    Variant {
        resource: "auth_provider",
        kind: "password",
        path: "auth_providers",
        fields: "provider_type state min_length min_complexity required_chars",
    },
];

/// A server with what the variants need, and a count for what has to be unique.
pub struct Bench {
    server: TestServer,
    made: u32,
    totp: String,
    google: String,
    org: String,
}

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Encoding {
    Json,
    Form,
}

impl Bench {
    pub async fn start(engine: Engine) -> Self {
        let server = TestServer::with(engine, &[("realms_per_account", "0")]).await;
        let provider = async |body: Value| {
            let made = server.post("auth_providers", json!({ "auth_provider": body })).await.json(201);
            text(&made, "id").to_owned()
        };
        let totp = provider(json!({"provider_type": "totp"})).await;
        let google = json!({"provider_type": "google", "client_id": "id", "client_secret": "secret"});
        let google = provider(google).await;
        let org = server.post("orgs", json!({"org": {"name": "Engines"}})).await.json(201);
        let org = text(&org, "id").to_owned();
        Self { server, made: 0, totp, google, org }
    }

    async fn user(&mut self, user_type: &str) -> Value {
        self.made += 1;
        let mut user = json!({"user_type": user_type, "username": format!("someone{}", self.made)});
        if user_type == "human" {
            user["email"] = json!(format!("someone{}@example.com", self.made));
            user["password"] = json!("tr0mbone-under-glass");
        }
        self.server.post("users", json!({ "user": user })).await.json(201)
    }

    /// What has to be sent to make one, fresh each time.
    pub async fn base(&mut self, variant: &Variant) -> Map<String, Value> {
        self.made += 1;
        let n = self.made;
        let base = match (variant.resource, variant.kind) {
            ("realm" | "org", _) => json!({"name": "Name"}),
            ("user", "human") => json!({"user_type": "human", "username": format!("user{n}"),
                "email": format!("user{n}@example.com"), "password": "tr0mbone-under-glass"}),
            ("user", _) => json!({"user_type": "api"}),
            ("membership" | "session", _) => json!({"user_id": self.user("human").await["id"]}),
            ("user_token", _) => json!({"username": format!("user{n}"), "email": format!("user{n}@example.com"),
                "password": "tr0mbone-under-glass"}),
            ("login_policy", _) => json!({"name": "App", "login_handler": "https://a.example/login"}),
            ("app_hook", "webhook") => json!({"destination": "https://a.example/hook"}),
            ("app_hook", _) => json!({"hook_type": "email", "event_type": ["user.created"], "email_subject": "Hello",
                "email_template": "Hello"}),
            ("credential", "password") => {
                let user = self.user("human").await;
                self.server.delete(&format!("credentials/{}", text(&user["credentials"][0], "id"))).await;
                json!({"user_id": user["id"], "credential_type": "password", "password": "tr0mbone-under-glass"})
            }
            ("credential", "api_key") => json!({"user_id": self.user("api").await["id"], "credential_type": "api_key"}),
            ("credential", "totp") => json!({"user_id": self.user("human").await["id"], "credential_type": "totp",
                "auth_provider_id": self.totp, "name": "Phone"}),
            ("credential", _) => json!({"user_id": self.user("human").await["id"], "credential_type": "google",
                "auth_provider_id": self.google, "provider_user_id": format!("{n}")}),
            ("jwt_key", _) => json!({}),
            ("auth_provider", "oauth2") => json!({"provider_type": "oauth2", "name": "Ours", "client_id": "id",
                "client_secret": "secret", "authorization_url": "https://a.example/auth",
                "token_url": "https://a.example/token", "profile_url": "https://a.example/profile"}),
            ("auth_provider", kind) => {
                // A realm has one of these.
                self.server.delete(&format!("auth_providers/{kind}")).await;
                json!({ "provider_type": kind })
            }
            other => panic!("tell this test how {other:?} is made"),
        };
        base.as_object().cloned().expect("an object")
    }

    /// A fresh body with a value of the field that is not its default, and that value.
    pub async fn with_sample(&mut self, variant: &Variant, field: &Field) -> (Map<String, Value>, Value) {
        let mut body = self.base(variant).await;
        let names_what_exists = field.name.ends_with("_id")
            || ["user_type", "credential_type", "provider_type", "hook_type"].contains(&field.name);
        let value = match body.get(field.name) {
            Some(value) if names_what_exists && field.name != "provider_user_id" => value.clone(),
            _ => self.sample(variant, field, &mut body),
        };
        body.insert(field.name.to_owned(), value.clone());
        (body, value)
    }

    /// Such a value; what has to stand beside it goes into the body.
    pub fn sample(&mut self, variant: &Variant, field: &Field, body: &mut Map<String, Value>) -> Value {
        self.made += 1;
        let n = self.made;
        match (variant.resource, field.name) {
            (_, "username") => json!(format!("name{n}")),
            (_, "email") => json!(format!("name{n}@example.com")),
            (_, "password") => json!("another-tr0mbone"),
            (_, "password_confirmation") => {
                body.insert("password".to_owned(), json!("another-tr0mbone"));
                json!("another-tr0mbone")
            }
            (_, "realm_id") => json!(self.server.realm()),
            (_, "api_key") => json!(format!("a-key-of-our-own-{n}")),
            ("jwt_key", "key") => json!("a s3cr3t of 32 bytes: qX7-vM2_kT9."),
            ("jwt_key", "algo") | ("realm", "jwt_algo") => json!("hs256"),
            ("realm", "session_type") => json!("managed"),
            ("realm", "jwt_fields") => json!(["custom"]),
            ("realm", "resource_links") => json!([{"title": "Wiki", "link_url": "https://a.example/"}]),
            ("realm", "require_unique_emails") => json!(true),
            ("membership", "org_id") => json!(self.org),
            ("app_hook", "hook_type") => json!("webhook"),
            ("login_policy", "subdomain") => json!(format!("sub{n}")),
            ("login_policy", "accent_color") => json!("#17594a"),
            ("login_policy", "redirect_uris") => json!(["https://a.example/back"]),
            ("login_policy", "allowed_origins") => json!(["https://a.example"]),
            ("login_policy", "custom_domains") => json!([format!("login{n}.a.example")]),
            ("login_policy", "primary_domain") => {
                body.insert("custom_domains".to_owned(), json!([format!("login{n}.a.example")]));
                json!(format!("login{n}.a.example"))
            }
            ("app_hook", "destination") => json!("https://a.example/another"),
            ("app_hook", "event_type") => json!(["user.updated"]),
            ("auth_provider", "name_field") if variant.kind == "login_rocket" => json!("hidden"),
            ("credential", "provider_user_id") => json!(format!("at-google-{n}")),
            _ => match field.kind {
                Kind::Text(most) => {
                    json!("Some text".chars().take(if most == 0 { 9 } else { most }).collect::<String>())
                }
                Kind::Email => json!(format!("mail{n}@example.com")),
                Kind::Link => json!("https://a.example/x"),
                Kind::Time => json!(TOMORROW),
                Kind::Whole(from, to) => json!((from + 3).min(to)),
                Kind::Flag => json!(field.name != "verify"),
                Kind::Word(words) => json!(words.last().expect("a word")),
                Kind::Words(words) => json!([words[0]]),
                Kind::Texts(_) => json!(["a", "b"]),
                Kind::Custom => json!({"plan": "gold"}),
                other => panic!("tell this test a {other:?} for {}", field.name),
            },
        }
    }

    async fn send(&self, encoding: Encoding, method: Method, path: &str, body: Value) -> Answer {
        match encoding {
            Encoding::Json => self.server.call(method, path, Some(body)).await,
            Encoding::Form => {
                let mut pairs = Vec::new();
                flatten(&mut pairs, String::new(), &body);
                let request = self.server.client.request(method, format!("{}/v1/{path}", self.server.address));
                let request = request
                    .header("X-Authrocket-Api-Key", &self.server.key)
                    .header("X-Authrocket-Realm", self.server.realm())
                    .form(&pairs);
                Answer::read(request.send().await.expect("an answer")).await
            }
        }
    }

    pub async fn create(&self, encoding: Encoding, variant: &Variant, fields: &Map<String, Value>) -> Answer {
        self.send(encoding, Method::POST, variant.path, json!({ variant.resource: fields })).await
    }

    pub async fn update(&self, encoding: Encoding, variant: &Variant, id: &str, fields: Value) -> Answer {
        let path = format!("{}/{id}", variant.path);
        self.send(encoding, Method::PUT, &path, json!({ variant.resource: fields })).await
    }
}

/// Names and values as Rails nests them.
fn flatten(pairs: &mut Vec<(String, String)>, name: String, value: &Value) {
    match value {
        Value::Object(map) if map.is_empty() => pairs.push((format!("{name}[]"), String::new())),
        Value::Object(map) => {
            for (key, value) in map {
                let name = if name.is_empty() { key.clone() } else { format!("{name}[{key}]") };
                flatten(pairs, name, value);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| flatten(pairs, format!("{name}[]"), item)),
        Value::String(text) => pairs.push((name, text.clone())),
        Value::Null => panic!("a form has no null"),
        other => pairs.push((name, other.to_string())),
    }
}

/// The fields of this kind that may be sent.
pub fn writable(variant: &Variant) -> Vec<Field> {
    let own: Vec<&str> = variant.fields.split_whitespace().collect();
    let resource = resources().into_iter().find(|resource| resource.name == variant.resource).expect("a resource");
    let is_own = |field: &Field| field.sent != Sent::Never && (own.is_empty() || own.contains(&field.name));
    resource.fields.into_iter().filter(is_own).collect()
}
