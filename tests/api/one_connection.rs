//! A server with one connection to its database makes every write of the API, of the pages and of the jobs: nothing
//! waits for a second connection while it holds the first. The routes are the router's own.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use gantry_db::{Query, Sql, params};
use gantry_jobs::upkeep;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::raw::text;
use super::two_factor::{STEP_MS, code};
use crate::loginrocket::visit::{PASSWORD, RESET, VERIFICATION, log_in};
use crate::social::visit::{CLIENT, Visit, query};
use crate::support::{Engine, Person, TestServer};

const NEW: &str = "violin-over-marble-7";
const ONE: Sql<()> = Sql::constant("ONE", "SELECT id FROM realms LIMIT 0", "SELECT id FROM realms LIMIT 0");

/// Makes calls, and notes which routes they were of.
struct Writer<'a> {
    server: &'a TestServer,
    tried: Mutex<BTreeSet<(Method, String)>>,
}

impl Writer<'_> {
    /// A call that succeeds. What is in braces in the route is taken from `ids`, in order.
    async fn call(&self, method: Method, route: &str, ids: &[&str], body: Value) -> Value {
        self.tried.lock().expect("no panic under the lock").insert((method.clone(), format!("/v1/{route}")));
        let mut ids = ids.iter();
        let part = |part: &str| if part.starts_with('{') { ids.next().expect("an id") } else { part }.to_owned();
        let path = route.split('/').map(part).collect::<Vec<_>>().join("/");
        let answer = self.server.call(method.clone(), &path, Some(body)).await;
        assert!(answer.status < 300, "{method} {path}: {} {}", answer.status, answer.text);
        if answer.text.is_empty() { Value::Null } else { serde_json::from_str(&answer.text).expect("JSON") }
    }

    async fn post(&self, route: &str, ids: &[&str], body: Value) -> Value {
        self.call(Method::POST, route, ids, body).await
    }

    async fn put(&self, route: &str, id: &str, body: Value) -> Value {
        self.call(Method::PUT, route, &[id], body).await
    }

    async fn delete(&self, route: &str, id: &str) {
        self.call(Method::DELETE, route, &[id], json!({})).await;
    }

    async fn realms(&self) {
        let realm = self.post("realms", &[], json!({"realm": {"name": "Second"}})).await;
        let id = text(&realm, "id");
        self.put("realms/{id}", id, json!({"realm": {"name": "Other"}})).await;
        self.post("realms/{id}/reset", &[id], json!({})).await;
        self.delete("realms/{id}", id).await;
    }

    async fn users(&self) {
        let user = json!({"user": {"user_type": "human", "username": "bob", "email": "bob@example.com",
            "password": PASSWORD}});
        self.post("users", &[], user).await;
        self.put("users/{key}", "bob", json!({"user": {"first_name": "Bob"}})).await;
        self.post("users/{key}/authenticate", &["bob"], json!({"password": PASSWORD})).await;
        let passwords = json!({"user": {"current_password": PASSWORD, "password": NEW}});
        self.put("users/{key}/update_password", "bob", passwords).await;
        let token = self.post("users/{key}/generate_password_token", &["bob"], json!({})).await;
        let reset = json!({"user": {"token": token["token"], "password": PASSWORD}});
        self.post("users/{key}/reset_password_with_token", &["bob"], reset).await;
        let token = self.post("users/{key}/request_email_verification", &["bob"], json!({})).await;
        let proof = json!({"user": {"token": token["token"]}});
        self.post("users/{key}/verify_email", &["bob"], proof).await;
        self.delete("users/{key}/known_browsers", "bob").await;
        self.delete("users/{key}", "bob").await;
        let robot = self.post("users", &[], json!({"user": {"user_type": "api"}})).await;
        self.post("users/authenticate_key", &[], json!({"api_key": robot["api_key"]})).await;
        let signup = json!({"user_token": {"username": "eve", "email": "eve@example.com", "password": PASSWORD}});
        let signup = self.post("user_tokens", &[], signup).await;
        self.post("users", &[], json!({"user": {"token": signup["id"]}})).await;
    }

    /// A device, its codes, and a login with one.
    async fn credentials(&self, ada: &Value) {
        let provider = self.post("auth_providers", &[], json!({"auth_provider": {"provider_type": "totp"}})).await;
        let device = json!({"credential": {"user_id": ada["id"], "auth_provider_id": provider["id"],
            "credential_type": "totp", "name": "Phone"}});
        let device = self.post("credentials", &[], device).await;
        let digits = || code(text(&device, "otp_secret"), self.server.clock.now_ms());
        let id = text(&device, "id");
        self.post("credentials/{id}/verify", &[id], json!({"credential": {"code": digits()}})).await;
        self.post("users/{key}/recovery_codes", &["ada"], json!({})).await;
        self.server.clock.advance(STEP_MS);
        let pending = self.post("users/{key}/authenticate", &["ada"], json!({"password": PASSWORD})).await;
        let second = json!({"user": {"token": pending["token"], "code": digits()}});
        self.post("users/{key}/authenticate_code", &["ada"], second).await;
        self.put("credentials/{id}", id, json!({"credential": {"name": "Tablet"}})).await;
        self.delete("credentials/{id}", id).await;
        let provider = text(&provider, "id");
        self.put("auth_providers/{id}", provider, json!({"auth_provider": {"state": "inactive"}})).await;
        self.delete("auth_providers/{id}", provider).await;
    }

    async fn orgs(&self, ada: &Value) {
        let org = self.post("orgs", &[], json!({"org": {"name": "Acme"}})).await;
        let membership = json!({"membership": {"user_id": ada["id"], "org_id": org["id"]}});
        let membership = self.post("memberships", &[], membership).await;
        let id = text(&membership, "id");
        self.put("memberships/{id}", id, json!({"membership": {"permissions": ["a"]}})).await;
        self.delete("memberships/{id}", id).await;
        self.put("orgs/{id}", text(&org, "id"), json!({"org": {"name": "Other"}})).await;
        self.delete("orgs/{id}", text(&org, "id")).await;
    }

    /// Hooks of one realm and of all realms.
    async fn hooks(&self) {
        for realm in [json!(self.server.realm()), json!(null)] {
            let hook = json!({"app_hook": {"destination": "https://hook.example/", "realm_id": realm}});
            let hook = self.post("app_hooks", &[], hook).await;
            let id = text(&hook, "id");
            self.put("app_hooks/{id}", id, json!({"app_hook": {"delay": 5}})).await;
            self.post("app_hooks/{id}/ping", &[id], json!({})).await;
            self.post("app_hooks/{id}/rotate_secret", &[id], json!({})).await;
            self.post("app_hooks/{id}/replay", &[id], json!({"from": 0})).await;
            self.delete("app_hooks/{id}", id).await;
        }
        let mail = json!({"app_hook": {"hook_type": "email", "event_type": ["user.created"], "email_subject": "Hello",
            "email_template": "Hello", "realm_id": self.server.realm()}});
        let mail = self.post("app_hooks", &[], mail).await;
        self.post("app_hooks/{id}/preview", &[text(&mail, "id")], json!({})).await;
    }

    async fn apps_and_keys(&self, ada: &Value) {
        let app = json!({"login_policy": {"name": "Second", "login_handler": "https://second.example/"}});
        let app = self.post("login_policies", &[], app).await;
        self.put("login_policies/{id}", text(&app, "id"), json!({"login_policy": {"name": "Other"}})).await;
        self.delete("login_policies/{id}", text(&app, "id")).await;
        let listed = self.server.get("jwt_keys").await.json(200);
        self.post("jwt_keys", &[], json!({"jwt_key": {"algo": "hs256", "use": "sign"}})).await;
        self.delete("jwt_keys/{id}", text(&listed["collection"][0], "id")).await;
        let session = self.post("sessions", &[], json!({"session": {"user_id": ada["id"]}})).await;
        self.delete("sessions/{id}", text(&session, "id")).await;
    }

    async fn social_logins(&self, visit: &Visit) {
        let google = visit.add("google").await;
        visit.providers.is(Person::new("2002", Some("grace@example.com"), Some(true)));
        let start = "auth_providers/google/authorize?redirect_uri=https%3A%2F%2Fapp.example.com%2Fback";
        let started = self.server.get(start).await.json(200);
        let back = visit.agree(text(&started, "url")).await;
        let sent = query(&format!("https://app.example.com{back}"));
        let sent = json!({"code": sent["code"], "state": sent["state"]});
        self.post("auth_providers/authorize", &[], sent).await;
        let native = json!({"access_token": visit.providers.native_token(CLIENT)});
        self.post("auth_providers/{id}/authorize", &[text(&google, "id")], native).await;
    }

    /// Every other write that there is, about a thing that is not there.
    async fn whatever_else(&self) {
        for (method, route) in gantry_api::listed() {
            let method: Method = method.parse().expect("a method");
            let is_tried =
                self.tried.lock().expect("no panic under the lock").contains(&(method.clone(), route.to_owned()));
            if method == Method::GET || is_tried {
                continue;
            }
            let part = |part: &str| if part.starts_with('{') { "nothing" } else { part }.to_owned();
            let path = route.split('/').map(part).collect::<Vec<_>>().join("/");
            let answer = self.server.call(method.clone(), path.trim_start_matches("/v1/"), Some(json!({}))).await;
            assert!(answer.status < 500, "{method} {path}: {} {}", answer.status, answer.text);
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_connection_makes_every_write_of_the_api(#[case] engine: Engine) {
    let visit = Visit::with(engine, &[("postgres.connections", "1")]).await;
    let writer = Writer { server: &visit.server, tried: Mutex::default() };
    writer.realms().await;
    let ada = visit.server.user("ada").await;
    writer.users().await;
    writer.credentials(&ada).await;
    writer.orgs(&ada).await;
    writer.hooks().await;
    writer.apps_and_keys(&ada).await;
    writer.social_logins(&visit).await;
    writer.whatever_else().await;
    let known = gantry_api::listed();
    for (method, route) in writer.tried.into_inner().expect("no panic under the lock") {
        assert!(known.contains(&(method.as_str(), &*route)), "no such route: {method} {route}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_connection_serves_pages_and_jobs(#[case] engine: Engine) {
    let visit = Visit::with(engine, &[("postgres.connections", "1")]).await;
    let server = &visit.server;
    visit.add("google").await;
    server.user("ada").await;
    let browser = server.browser();
    let grace = [("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)];
    assert_eq!(browser.submit("/signup", &grace).await.status, 302);
    assert_eq!(browser.submit("/logout", &[]).await.status, 302);
    assert_eq!(log_in(&browser, "/login", "ada", "wrong").await.status, 422);
    assert_eq!(log_in(&browser, "/login", "ada", PASSWORD).await.status, 302);
    browser.submit("/password/forgot", &[("username", "ada")]).await;
    let token = server.mailed_token(RESET).await;
    let reset = [("token", &*token), ("password", NEW)];
    assert!(browser.submit(&format!("/password/reset?token={token}"), &reset).await.status < 400);
    server.post("users/grace/request_email_verification", json!({})).await.json(200);
    let token = server.mailed_token(VERIFICATION).await;
    assert!(browser.submit(&format!("/email/verify?token={token}"), &[("token", &token)]).await.status < 400);
    assert_eq!(visit.come_anew("/auth/google").await.status, 302);
    // Whatever form there is, without its fields.
    for (method, path) in gantry_loginrocket::listed() {
        if method == "POST" {
            let fresh = server.browser();
            let page = fresh.get("/login").await;
            let answer = fresh.submit_from(&page, &path, &[]).await;
            assert!(answer.status < 500, "{path}: {} {}", answer.status, answer.text);
        }
    }
    server.advance(40 * 24 * 60 * 60 * 1000);
    let (core, stop) = (Arc::clone(&server.app.core), CancellationToken::new());
    let upkeep = tokio::spawn(async move {
        upkeep::expired(&core, &stop).await;
        upkeep::of_realms(&core, &stop).await;
    });
    upkeep.await.expect("upkeep asks for one connection at a time");
    assert_eq!(browser.get("/login").await.status, 200);
}

/// The rule itself: it is broken where a second connection is asked for, and not only where the pool has none left.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_second_connection_in_one_task_is_a_fault(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let db = server.app.core.db.clone();
    let read = tokio::spawn(async move {
        let _open = db.begin().await.expect("a transaction");
        db.rows(&ONE, params![]).await.map(|_| ())
    });
    assert!(read.await.expect_err("refused").is_panic());
    let db = server.app.core.db.clone();
    let one_after_the_other = tokio::spawn(async move {
        db.begin().await.expect("a transaction").commit().await.expect("committed");
        drop(db.begin().await.expect("a transaction"));
        db.rows(&ONE, params![]).await.map(|_| ())
    });
    one_after_the_other.await.expect("allowed").expect("read");
}
