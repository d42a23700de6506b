//! Walks through lists while they change (decisions §3: `after`): an item that was there throughout, and kept its place in
//! the order, is seen exactly once.

use std::collections::{BTreeMap, BTreeSet};

use gantry_crypto::Random;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, text};
use crate::support::{Engine, TestServer};

/// One page and the `after` of the next one.
async fn page(server: &TestServer, path: &str, after: &str) -> (Value, Option<String>) {
    let joint = if path.contains('?') { '&' } else { '?' };
    let page = server.get(&format!("{path}{joint}after={after}")).await.json(200);
    let next = page["next"].as_str().map(str::to_owned);
    assert_eq!(next.is_some(), page["more_results"] == true, "{page}");
    (page, next)
}

fn below(random: &Random, most: usize) -> usize {
    let mut byte = [0; 1];
    random.fill(&mut byte);
    usize::from(byte[0]) % most
}

/// Users as a walk among changes needs them: who is there, who was there all the time, and whose key has changed.
struct People<'a> {
    server: &'a TestServer,
    random: Random,
    made: usize,
    there: BTreeMap<String, String>,
    gone: BTreeSet<String>,
    moved: BTreeSet<String>,
}

impl People<'_> {
    async fn join(&mut self) -> String {
        self.made += 1;
        let name =
            format!("{}{}", char::from(b'a' + u8::try_from(below(&self.random, 26)).expect("a letter")), self.made);
        let user = self.server.user(&name).await;
        let id = text(&user, "id").to_owned();
        self.there.insert(id.clone(), name);
        id
    }

    /// Deletes, renames or logs in this user.
    async fn change(&mut self, id: &str) {
        let path = format!("users/{id}");
        match below(&self.random, 3) {
            0 => {
                assert_eq!(self.server.delete(&path).await.status, 204);
                self.there.remove(id);
                self.gone.insert(id.to_owned());
            }
            1 => {
                self.made += 1;
                let letter = char::from(b'a' + u8::try_from(below(&self.random, 26)).expect("a letter"));
                let name = format!("{letter}{}", self.made);
                let fields = json!({"user": {"username": name, "email": format!("{name}@example.com")}});
                self.server.put(&path, fields).await.json(200);
                self.moved.insert(id.to_owned());
            }
            _ => {
                self.server.clock.advance(1000);
                let password = json!({"password": "tr0mbone-under-glass"});
                self.server.post(&format!("{path}/authenticate"), password).await.json(200);
                self.moved.insert(id.to_owned());
            }
        }
    }

    /// Any of those who are there.
    fn any(&self) -> Option<String> {
        let at = below(&self.random, self.there.len().max(1));
        self.there.keys().nth(at).cloned()
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_user_is_seen_once_whatever_happens_to_the_others(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let orders = ["username", "email", "id", "last_login_at"];
    for (seed, sort) in (0..16_u64).zip(orders.into_iter().cycle()) {
        let random = Random::seeded(seed);
        let (there, gone, moved) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        let mut people =
            People { server: &server, random, made: usize::try_from(seed).expect("few") * 1000, there, gone, moved };
        server.post(&format!("realms/{}/reset", server.realm()), json!({})).await.json(200);
        for _ in 0..7 {
            people.join().await;
        }
        let listed = server.get("users?max_results=1000").await.json(200);
        let before: BTreeSet<String> = each(&listed, "id").into_iter().map(str::to_owned).collect();
        let direction = if seed % 8 < 4 { "asc" } else { "desc" };
        let path = format!("users?sort={sort}&direction={direction}&max_results={}", 1 + below(&people.random, 3));
        let (mut seen, mut after) = (Vec::<String>::new(), Some(String::new()));
        while let Some(place) = after {
            let (page, next) = page(&server, &path, &place).await;
            seen.extend(each(&page, "id").into_iter().map(str::to_owned));
            assert!(seen.len() < 300, "{path} never ends");
            after = next;
            // What the walk has just seen is what a cursor could lose.
            let last = seen.last().filter(|last| people.there.contains_key(*last)).cloned();
            if let Some(last) = last.filter(|_| below(&people.random, 2) == 0) {
                people.change(&last).await;
            } else if below(&people.random, 3) == 0 {
                people.join().await;
            } else if let Some(other) = people.any() {
                people.change(&other).await;
            }
            if seen.len() > 60 {
                break; // Logins go on moving users behind the walk; the others have been seen.
            }
        }
        for id in before.difference(&people.gone).filter(|id| sort == "id" || !people.moved.contains(*id)) {
            let times = seen.iter().filter(|seen| *seen == id).count();
            assert_eq!(times, 1, "{id} in {path}, seed {seed}");
        }
    }
}

/// A search has an order of its own, in which usernames, addresses and names follow one another.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_search_goes_on_behind_who_is_gone(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for (username, email, first_name) in [
        ("ada1", "x1@example.com", "X"),
        ("ada2", "x2@example.com", "X"),
        ("y1", "ada3@example.com", "X"),
        ("y2", "ada4@example.com", "X"),
        ("z1", "z1@example.com", "Ada"),
        ("z2", "z2@example.com", "Ada"),
    ] {
        let user = json!({"user": {"user_type": "human", "username": username, "email": email, "first_name": first_name,
            "password": "tr0mbone-under-glass"}});
        server.post("users", user).await.json(201);
    }
    let (mut seen, mut after) = (Vec::new(), Some(String::new()));
    while let Some(place) = after {
        let (page, next) = page(&server, "users?q=ADA&max_results=1", &place).await;
        seen.extend(each(&page, "username").into_iter().map(str::to_owned));
        server.delete(&format!("users/{}", text(&page["collection"][0], "id"))).await;
        after = next;
    }
    assert_eq!(seen, ["ada1", "ada2", "y1", "y2", "z1", "z2"]);
}

/// Every other list, each item deleted as soon as it was seen.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_list_goes_on_behind_what_is_gone(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let ada = server.user("ada").await;
    let user = text(&ada, "id").to_owned();
    let org = server.post("orgs", json!({"org": {"name": "Zed"}})).await.json(201);
    for at in 0..4 {
        let name = format!("Name {at}");
        let org = server.post("orgs", json!({"org": {"name": name}})).await.json(201);
        server.post("memberships", json!({"membership": {"user_id": user, "org_id": org["id"]}})).await.json(201);
        server.post("sessions", json!({"session": {"user_id": user}})).await.json(201);
        let hook = json!({"app_hook": {"hook_type": "webhook", "event_type": "user.created", "destination": "https://app.example.com/hook"}});
        server.post("app_hooks", hook).await.json(201);
        let provider = json!({"auth_provider": {"provider_type": "oauth2", "name": name, "client_id": "x",
            "client_secret": "y", "issuer": "https://issuer.example.com"}});
        server.post("auth_providers", provider).await.json(201);
        let app = json!({"login_policy": {"name": name, "login_handler": "https://app.example.com/login"}});
        server.post("login_policies", app).await.json(201);
        server.call(Method::POST, "realms", Some(json!({"realm": {"name": name}}))).await.json(201);
    }
    let member = server.user("bob").await;
    server.post("memberships", json!({"membership": {"user_id": member["id"], "org_id": org["id"]}})).await.json(201);
    let sessions = format!("sessions?user_id={user}");
    let memberships = format!("memberships?user_id={user}");
    let of_org = format!("memberships?org_id={}", text(&org, "id"));
    for (path, single) in [
        (&*memberships, "memberships"),
        (&of_org, "memberships"),
        (&sessions, "sessions"),
        ("app_hooks", "app_hooks"),
        ("auth_providers", "auth_providers"),
        ("login_policies", "login_policies"),
        ("login_policies?sort=id&direction=desc", "login_policies"),
        ("orgs", "orgs"),
        ("orgs?sort=id&direction=desc", "orgs"),
        ("realms?sort=id", "realms"),
        ("realms", "realms"),
    ] {
        let joint = if path.contains('?') { '&' } else { '?' };
        let whole = server.get(&format!("{path}{joint}max_results=100")).await.json(200);
        assert_eq!((&whole["more_results"], &whole["next"]), (&json!(false), &Value::Null));
        let expected: Vec<String> = each(&whole, "id").into_iter().map(str::to_owned).collect();
        let (mut seen, mut after, mut at) = (Vec::new(), Some(String::new()), 0);
        while let Some(place) = after {
            let (page, next) = page(&server, &format!("{path}{joint}max_results=1"), &place).await;
            for id in each(&page, "id") {
                seen.push(id.to_owned());
                // The realm in which the rest of the test happens stays; so do a few of the others.
                at += 1;
                if id != server.realm() && at % 2 == 1 {
                    server.delete(&format!("{single}/{id}")).await;
                }
            }
            after = next;
        }
        assert_eq!(seen, expected, "{path}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_place_of_another_list_is_refused(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for name in ["ada", "bob"] {
        server.user(name).await;
    }
    let (_, by_email) = page(&server, "users?sort=email&max_results=1", "").await;
    let by_email = by_email.expect("more");
    for path in ["users?sort=username", "users?sort=last_login_at", "users?q=a"] {
        let refused = server.get(&format!("{path}&after={by_email}")).await.json(400);
        assert!(text(&refused, "error").starts_with("after "), "{refused}");
    }
    // `{"s":"username","k":"\u0000","i":"x"}`, `{"s":"last_login_at","k":"x","i":"x"}`, and no JSON.
    for hostile in [
        "~eyJzIjoidXNlcm5hbWUiLCJrIjoiXHUwMDAwIiwiaSI6IngifQ",
        "~eyJzIjoibGFzdF9sb2dpbl9hdCIsImsiOiJ4IiwiaSI6IngifQ",
        "~x",
        "~",
    ] {
        for sort in ["username", "last_login_at", "id"] {
            server.get(&format!("users?sort={sort}&after={hostile}")).await.json(400);
        }
    }
    // A plain id, as clients of v1 send it.
    let first = server.get("users?max_results=1").await.json(200);
    let rest = server.get(&format!("users?after={}", each(&first, "id")[0])).await.json(200);
    assert_eq!(each(&rest, "username"), ["bob"]);
}
