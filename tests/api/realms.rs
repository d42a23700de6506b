//! `/v1/realms` (api-v1 §17, decisions §3).

use gantry_core::actor::Access;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, key, text};
use crate::support::{Engine, TestServer};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn make(server: &TestServer, realm: Value) -> Value {
    server.post("realms", json!({ "realm": realm })).await.json(201)
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_one_has_the_documented_defaults(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let realm = make(&server, json!({"name": "Shop"})).await;
    assert!(is_id("rl", text(&realm, "id")));
    let defaults = json!({
        "object": "realm", "name": "Shop", "state": "active", "reference": null, "custom": {},
        "username_validation_human": "standard", "require_unique_emails": true, "api_key_prefix": null,
        "api_key_policy": "hash", "jwt_algo": "hs256", "jwt_fields": [], "session_type": "managed",
        "session_minutes": 360, "api_key_minutes": 0, "resource_links": [],
    });
    for (name, value) in defaults.as_object().expect("fields") {
        assert_eq!(&realm[name], value, "{name}");
    }
    assert_eq!(realm["created_at"].as_f64(), Some(1_767_225_600.0));
    let secret = text(&realm, "jwt_key");
    assert!(secret.starts_with("jsk_") && secret.len() == 4 + 43, "an HS256 secret is jsk_ and 43 characters");
    assert_eq!(realm["jwt_secret"], realm["jwt_key"], "its older name");

    let path = format!("realms/{}", text(&realm, "id"));
    assert_eq!(server.get(&path).await.json(200), realm);
    let events = format!("events?realm_id={}&event_type=realm.created", text(&realm, "id"));
    assert_eq!(each(&server.get(&events).await.json(200), "event_type"), ["realm.created"]);
    // Its password provider works at once, with at least 8 characters.
    let mut user = json!({"user": {"user_type": "human", "username": "ada", "email": "ada@example.com",
        "realm_id": realm["id"], "password": "gl4ss-x"}});
    assert!(!server.post("users", user.clone()).await.refusals("password").is_empty(), "7 characters");
    user["user"]["password"] = json!("gl4ss-xq");
    server.post("users", user).await.json(201);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn settings_are_taken_and_changed_one_by_one(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let wanted = json!({"name": "Shop", "reference": "R-1", "custom": {"plan": "gold", "seats": 3, "tags": ["a", "b"]},
        "username_validation_human": "email", "jwt_fields": ["custom", "memberships", "orgs"],
        "session_type": "unmanaged", "session_minutes": 0, "api_key_minutes": 5});
    let realm = make(&server, wanted.clone()).await;
    for (name, value) in wanted.as_object().expect("fields") {
        assert_eq!(&realm[name], value, "{name}");
    }
    let path = format!("realms/{}", text(&realm, "id"));
    let put = async |fields: Value| server.put(&path, json!({ "realm": fields })).await.json(200);
    let changed = put(json!({"name": "Store"})).await;
    let mut expected = realm.clone();
    expected["name"] = json!("Store");
    assert_eq!(changed, expected, "what was not sent stays");
    assert_eq!(put(json!({"custom": {"plan": "silver"}})).await["custom"], json!({"plan": "silver"}), "replaced whole");
    let cleared = put(json!({"custom": null, "reference": null})).await;
    assert_eq!((&cleared["custom"], &cleared["reference"]), (&json!({}), &json!(null)));
    let events = format!("events?realm_id={}&event_type=realm.updated", text(&realm, "id"));
    assert_eq!(each(&server.get(&events).await.json(200), "event_type").len(), 3);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn wrong_settings_are_refused_together(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let wrong = json!({"realm": {"name": " ", "state": "closed", "jwt_algo": "none", "session_type": "eternal",
        "session_minutes": -1, "jwt_fields": ["orgs"], "username_validation_human": "any", "custom": {"a": {"b": 1}},
        "require_unique_emails": "perhaps"}});
    let answer = server.post("realms", wrong.clone()).await;
    for (field, _) in wrong["realm"].as_object().expect("fields") {
        assert!(!answer.refusals(field).is_empty(), "{field}: {}", answer.text);
    }
    assert!(!server.post("realms", json!({})).await.refusals("name").is_empty());
    // 0 minutes is a token without end, which a managed session cannot be.
    let path = format!("realms/{}", server.realm());
    assert!(!server.put(&path, json!({"realm": {"name": null}})).await.refusals("name").is_empty());
    let endless = json!({"realm": {"session_minutes": 0}});
    assert!(!server.put(&path, endless).await.refusals("session_minutes").is_empty());
    // A custom hash has at most 50 keys and 8 KiB.
    let keys = |count: usize| (0..count).map(|at| (format!("k{at}"), json!(at))).collect::<serde_json::Map<_, _>>();
    server.put(&path, json!({"realm": {"custom": keys(50)}})).await.json(200);
    assert!(!server.put(&path, json!({"realm": {"custom": keys(51)}})).await.refusals("custom").is_empty());
    let long = json!({"realm": {"custom": {"k": "x".repeat(8 * 1024)}}});
    assert!(!server.put(&path, long).await.refusals("custom").is_empty());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn unique_emails_cannot_come_back(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let path = format!("realms/{}", server.realm());
    let set = async |unique: bool| server.put(&path, json!({"realm": {"require_unique_emails": unique}})).await;
    set(true).await.json(200);
    assert_eq!(set(false).await.json(200)["require_unique_emails"], false);
    assert!(!set(true).await.refusals("require_unique_emails").is_empty());
    assert_eq!(server.get(&path).await.json(200)["require_unique_emails"], false);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn another_algorithm_brings_another_key_in_the_same_answer(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let path = format!("realms/{}", server.realm());
    let before = server.get(&path).await.json(200);
    let set = async |algo: &str| server.put(&path, json!({"realm": {"jwt_algo": algo}})).await.json(200);
    let rs256 = set("rs256").await;
    assert!(text(&rs256, "jwt_key").starts_with("-----BEGIN PUBLIC KEY-----"), "{rs256}");
    assert_eq!(server.get(&path).await.json(200), rs256);
    assert_eq!(set("rs256").await["jwt_key"], rs256["jwt_key"], "the same algorithm keeps its key");
    let back = set("hs256").await;
    assert!(text(&back, "jwt_key").starts_with("jsk_"));
    assert_ne!(back["jwt_key"], before["jwt_key"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn keys_are_shown_to_those_who_manage_realms(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let path = format!("realms/{}", server.realm());
    for (access, shown) in
        [(Access::Read, false), (Access::Write, false), (Access::AdminRealm, true), (Access::AdminAccount, true)]
    {
        let key = key(&server, access, &[]).await;
        let realm = server.call_as(&key, None, Method::GET, &path, None).await.json(200);
        assert_eq!((realm["jwt_key"].is_string(), realm["jwt_secret"].is_string()), (shown, shown), "{access:?}");
        let list = server.call_as(&key, None, Method::GET, "realms", None).await;
        assert!(!list.text.contains("jsk_"), "{}", list.text);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_deleted_one_is_gone_and_may_be_deleted_again_for_a_day(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let realm = make(&server, json!({"name": "Shop"})).await;
    let id = text(&realm, "id");
    let path = format!("realms/{id}");
    let user = json!({"user": {"user_type": "human", "username": "ada", "email": "ada@example.com", "realm_id": id,
        "password": "tr0mbone-under-glass"}});
    let user = server.post("users", user).await.json(201);
    let session = json!({"session": {"user_id": user["id"], "realm_id": id}});
    let session = server.post("sessions", session).await.json(201);

    let answer = server.delete(&path).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    for query in ["", "?state=active"] {
        server.get(&format!("{path}{query}")).await.json(404);
    }
    server.put(&path, json!({"realm": {"name": "Back"}})).await.json(404);
    server.get(&format!("users?realm_id={id}")).await.json(404);
    for path in [format!("users/{}", text(&user, "id")), format!("sessions/{}", text(&session, "token"))] {
        server.call_as(&server.key, None, Method::GET, &path, None).await.json(404);
    }
    assert_eq!(each(&server.get("realms").await.json(200), "id"), [server.realm()]);

    server.clock.advance(DAY_MS - 1);
    assert_eq!(server.delete(&path).await.status, 204);
    server.clock.advance(1);
    server.delete(&path).await.json(404);
    server.delete("realms/rl_0000000000000000000000").await.json(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_inactive_one_ends_its_sessions_and_lets_nobody_in(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let token = text(&server.authenticate("ada").await, "token").to_owned();
    let path = format!("realms/{}", server.realm());
    server.put(&path, json!({"realm": {"state": "inactive"}})).await.json(200);
    server.get(&format!("sessions/{token}")).await.json(404);
    let password = json!({"password": "tr0mbone-under-glass"});
    server.post("users/ada/authenticate", password).await.json(401);
    server.get("users/ada").await.json(200);
    server.get(&format!("{path}?state=active")).await.json(404);
    // Its data is kept, its ended sessions stay ended.
    server.put(&path, json!({"realm": {"state": "active"}})).await.json(200);
    server.get(&format!("sessions/{token}")).await.json(404);
    server.clock.advance(1000);
    server.authenticate("ada").await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_list_is_paged_sorted_and_filtered(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for name in ["Zoo", "bar", "Bar", "Mid"] {
        server.clock.advance(1);
        make(&server, json!({"name": name, "reference": format!("R-{name}"), "custom": {"k": name}})).await;
    }
    let get = async |query: &str| server.get(&format!("realms?{query}")).await.json(200);
    let by_name = get("").await;
    assert_eq!(each(&by_name, "name"), ["Acme", "Bar", "Mid", "Zoo", "bar"], "by name, as bytes");
    assert_eq!(by_name["more_results"], false);
    assert!(by_name["collection"][1].get("custom").is_none());
    assert_eq!(get("expand=custom").await["collection"][1]["custom"], json!({"k": "Bar"}));
    assert_eq!(get("expands=custom").await["collection"][1]["custom"], json!({"k": "Bar"}), "its older spelling");
    assert_eq!(each(&get("sort=id").await, "name"), ["Acme", "Zoo", "bar", "Bar", "Mid"], "as they were made");
    assert_eq!(each(&get("sort=id&direction=desc").await, "name"), ["Mid", "Bar", "bar", "Zoo", "Acme"]);
    assert_eq!(each(&get("reference=R-Mid").await, "name"), ["Mid"]);
    assert_eq!(each(&get("reference=r-mid").await, "name"), Vec::<&str>::new(), "exact");

    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let page = get(&format!("max_results=2&after={after}")).await;
        names.extend(each(&page, "name").into_iter().map(str::to_owned));
        if page["more_results"] == false {
            break;
        }
        assert_eq!(each(&page, "id").len(), 2);
        after = each(&page, "id")[1].to_owned();
    }
    assert_eq!(names, ["Acme", "Bar", "Mid", "Zoo", "bar"]);

    let mid = get("reference=R-Mid").await;
    let path = format!("realms/{}", each(&mid, "id")[0]);
    server.put(&path, json!({"realm": {"state": "inactive"}})).await.json(200);
    assert_eq!(each(&get("state=inactive").await, "name"), ["Mid"]);
    assert_eq!(each(&get("state=active").await, "name"), ["Acme", "Bar", "Zoo", "bar"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn resource_links_are_kept_whole_or_refused_whole(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let links = json!([
        {"title": "Runbook", "link_url": "https://wiki.example.com/shop?page=1"},
        {"resource_type": "dashboard", "title": "Графики 🦀", "link_url": "http://localhost:3000"},
    ]);
    let realm = make(&server, json!({"name": "Shop", "resource_links": links})).await;
    assert_eq!(realm["resource_links"], links);
    let path = format!("realms/{}", text(&realm, "id"));
    let link = |title: &str, url: &str| json!({"title": title, "link_url": url});
    let wrong = [
        json!("https://example.com"),
        json!(["https://example.com"]),
        json!({"title": "A", "link_url": "https://example.com"}),
        json!([{"title": "A"}]),
        json!([{"link_url": "https://example.com"}]),
        json!([link("A", "javascript:alert(1)")]),
        json!([link("A", "//example.com")]),
        json!([link(&"x".repeat(256), "https://example.com")]),
        json!([link("A", "https://example.com"), link("B", "data:text/html,x")]),
        json!(vec![link("A", "https://example.com"); 21]),
    ];
    for links in wrong {
        let answer = server.put(&path, json!({"realm": {"resource_links": links}})).await;
        assert!(!answer.refusals("resource_links").is_empty(), "{links}: {}", answer.text);
    }
    assert_eq!(server.get(&path).await.json(200)["resource_links"], links, "nothing of these was kept");
    let cleared = server.put(&path, json!({"realm": {"resource_links": []}})).await.json(200);
    assert_eq!(cleared["resource_links"], json!([]));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_account_has_so_many_and_no_more(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("realms_per_account", "3")]).await;
    let second = make(&server, json!({"name": "Second"})).await;
    make(&server, json!({"name": "Third"})).await;
    let refused = server.post("realms", json!({"realm": {"name": "Fourth"}})).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(refused.text.contains("already has 3 realms"), "{}", refused.text);
    assert_eq!(server.delete(&format!("realms/{}", text(&second, "id"))).await.status, 204);
    make(&server, json!({"name": "Fourth"})).await;
}
