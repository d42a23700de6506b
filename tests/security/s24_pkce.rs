//! Check 24, where we are the client: every login at a provider that takes PKCE begins with a fresh S256 challenge, and its
//! code is exchanged with the verifier that belongs to it, whatever became of the challenge on the way. There is no second
//! try without. Facebook, LinkedIn and Slack take none from apps with a secret (decision 9); there the state's cookie and,
//! at Slack, the nonce tie a code to its login.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gantry_crypto::pkce;
use rstest::rstest;
use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::loginrocket::visit::token;
use crate::social::visit::{Visit, path, query};
use crate::support::{Answer, Browser, Engine, Issuer, START_MS, TestServer};

const TAKERS: [&str; 5] = ["google", "github", "yahoo", "issuer", "custom"];
const SECRET: &str = "a secret: with/odd+characters%";

/// The address without these parameters, and with others in their place.
fn with(address: &str, changed: &[(&str, Option<&str>)]) -> String {
    let mut url = Url::parse(address).expect("an address");
    let kept = url.query_pairs().into_owned().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    let mut query = Serializer::new(String::new());
    query.extend_pairs(kept.collect::<Vec<_>>());
    query.extend_pairs(changed.iter().filter_map(|(name, value)| Some((name, (*value)?))));
    url.set_query(Some(&query.finish()));
    url.into()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_start_has_a_fresh_challenge_by_s256(#[case] engine: Engine) {
    let visit = Visit::start(engine).await;
    let mut keys = Vec::new();
    for name in TAKERS {
        keys.push(Visit::key(&visit.add(name).await));
    }
    let (mut starts, browser) = (Vec::new(), visit.server.browser());
    let api = "redirect_uri=https%3A%2F%2Fapp.example.com%2Fback";
    for _ in 0..4 {
        for key in &keys {
            // In one browser, in another, and through the API.
            starts.push(path(&browser.get(&format!("/auth/{key}")).await));
            starts.push(path(&visit.server.browser().get(&format!("/auth/{key}")).await));
            let one = visit.server.get(&format!("auth_providers/{key}/authorize?{api}")).await.json(200);
            starts.push(one["url"].as_str().expect("an address").to_owned());
        }
        let listed = visit.server.get(&format!("auth_providers/authorize?{api}")).await.json(200);
        let listed = listed["collection"].as_array().expect("a list").iter();
        starts.extend(listed.map(|one| one["url"].as_str().expect("an address").to_owned()));
    }
    assert_eq!(starts.len(), 80);
    let mut seen = HashSet::new();
    for address in &starts {
        let asked = query(address);
        assert_eq!(asked["code_challenge_method"], "S256", "{address}");
        // RFC 7636, section 4.2: 32 bytes in base64url, without padding.
        let challenge = asked["code_challenge"].clone();
        assert!(challenge.len() == 43, "{challenge}");
        assert!(challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{challenge}");
        assert!(!asked.contains_key("code_verifier"), "{address}");
        assert!(seen.insert(challenge), "twice: {address}");
    }
}

/// A retry that the API offers after a refused code is a start as any other.
#[tokio::test]
async fn a_retry_has_its_own_challenge() {
    let visit = Visit::start(Engine::Sqlite).await;
    visit.add("google").await;
    let start = "auth_providers/google/authorize?redirect_uri=https://app.example.com/back";
    let first = visit.server.get(start).await.json(200)["url"].as_str().expect("an address").to_owned();
    let wrong = json!({"code": "wrong", "state": query(&first)["state"]});
    let refused = visit.server.post("auth_providers/authorize", wrong).await.json(422);
    let retry = query(refused["retry_url"].as_str().expect("an address"));
    assert_eq!(retry["code_challenge_method"], "S256");
    assert_ne!(retry["code_challenge"], query(&first)["code_challenge"]);
}

/// Somebody between, or the provider itself, drops the challenge or puts another in its place.
#[rstest]
#[case::google("google")]
#[case::github("github")]
#[case::yahoo("yahoo")]
#[case::issuer("issuer")]
#[case::custom("custom")]
#[tokio::test]
async fn the_verifier_goes_along_whatever_became_of_the_challenge(#[case] name: &str) {
    let visit = Visit::start(Engine::Sqlite).await;
    let key = Visit::key(&visit.add(name).await);
    let other = pkce::challenge("somebody else's verifier, which is long enough for it");
    let dropped = [("code_challenge", None), ("code_challenge_method", None)];
    let replaced = [("code_challenge", Some(&*other))];
    for changed in [&dropped[..], &replaced, &[]] {
        let browser = visit.server.browser();
        let there = path(&browser.get(&format!("/auth/{key}")).await);
        let before = visit.providers.state().asked.len();
        let back = visit.agree(&with(&there, changed)).await;
        let done = browser.get(&back).await;
        let exchanges: Vec<_> = {
            let state = visit.providers.state();
            let asked = state.asked[before..].iter().filter(|asked| asked.form.contains_key("code"));
            asked.map(|asked| asked.form.clone()).collect()
        };
        assert_eq!(exchanges.len(), 1, "one try, and with it: {exchanges:?}");
        assert_eq!(pkce::challenge(&exchanges[0]["code_verifier"]), query(&there)["code_challenge"]);
        // RFC 7636, section 4.1: 43 to 128 unreserved characters.
        assert!((43..=128).contains(&exchanges[0]["code_verifier"].len()));
        if changed.is_empty() {
            token(&done);
        } else {
            assert_eq!(done.status, 422, "{changed:?}: {}", done.text);
            assert!(!browser.cookies().contains_key("gantry_session"));
        }
    }
    assert_eq!(visit.users().await, ["ada@example.com"], "by the last one alone");
}

/// The certified issuer, and a server where people log in by it.
async fn at_real_issuer(engine: Engine) -> (TestServer, Issuer, String) {
    let server = TestServer::start(engine).await;
    let issuer = Issuer::start(&format!("http://acme.localhost:{}/auth/callback", server.port)).await;
    server.clock.advance(issuer.now_ms - START_MS);
    let fields = json!({"provider_type": "oauth2", "name": "Example ID", "issuer": issuer.address, "client_id": "gantry",
        "client_secret": SECRET});
    let provider = server.post("auth_providers", json!({ "auth_provider": fields })).await.json(201);
    let id = provider["id"].as_str().expect("an id").to_owned();
    (server, issuer, id)
}

/// Exchanges a code at the issuer as whoever has stolen it and our secret would.
async fn exchange(server: &TestServer, issuer: &Issuer, code: &str, verifier: Option<&str>) -> Answer {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let basic = STANDARD.encode(format!("{}:{}", encoded("gantry"), encoded(SECRET)));
    let callback = format!("http://acme.localhost:{}/auth/callback", server.port);
    let mut form = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &*callback)];
    form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    let request =
        server.client.post(format!("{}/token", issuer.address)).header("authorization", format!("Basic {basic}"));
    Answer::read(request.form(&form).send().await.expect("an answer")).await
}

/// What our address at the issuer leads back with, changed on the way.
async fn back(
    (server, issuer, browser): (&TestServer, &Issuer, &Browser),
    id: &str,
    changed: &[(&str, Option<&str>)],
) -> (String, Url) {
    let there = browser.get(&format!("/auth/{id}")).await.header("location").to_owned();
    let back = issuer.agree(&server.client, &with(&there, changed)).await;
    (query(&there)["code_challenge"].clone(), back)
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_real_issuer_takes_our_verifier_and_no_other(#[case] engine: Engine) {
    let (server, issuer, id) = at_real_issuer(engine).await;
    let browser = server.browser();
    let at = (&server, &issuer, &browser);
    // A code of ours with no verifier, somebody's, or the challenge itself, as `plain` would have it.
    for wrong in ["none", "somebody's", "plain"] {
        let (challenge, url) = back(at, &id, &[]).await;
        let somebodys = "x".repeat(43);
        let verifier = match wrong {
            "none" => None,
            "plain" => Some(&*challenge),
            _ => Some(&*somebodys),
        };
        let refused = exchange(&server, &issuer, &query(url.as_str())["code"], verifier).await;
        let told: Value = refused.json(400);
        assert_eq!(told["error"], "invalid_grant", "{wrong}: {told}");
    }
    // An address without a challenge, or with `plain`, brings no code at all, and a login comes to nothing.
    for changed in [
        &[("code_challenge", None), ("code_challenge_method", None)][..],
        &[("code_challenge_method", Some("plain"))],
        &[("code_challenge_method", None)],
    ] {
        let (_, url) = back(at, &id, changed).await;
        assert!(!query(url.as_str()).contains_key("code"), "{changed:?}: {url}");
        let told = browser.get(&format!("{}?{}", url.path(), url.query().unwrap_or_default())).await;
        assert!(told.status == 200 && told.text.contains("You are not logged in"), "{changed:?}: {}", told.text);
        assert!(!browser.cookies().contains_key("gantry_session"));
    }
    let (_, url) = back(at, &id, &[]).await;
    token(&browser.get(&format!("{}?{}", url.path(), url.query().unwrap_or_default())).await);
}
