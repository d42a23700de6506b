//! `/v1/login_policies`, the Connected Apps (api-v1 §13).

use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, text};
use crate::support::{Engine, TestServer};

async fn make(server: &TestServer, app: Value) -> Value {
    server.post("login_policies", json!({ "login_policy": app })).await.json(201)
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_is_made_with_little_and_read_whole(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let little = make(&server, json!({"name": "Shop", "login_handler": "https://shop.example/login"})).await;
    assert!(is_id("lpl", text(&little, "id")));
    let expected = json!({"object": "login_policy", "realm_id": server.realm(), "name": "Shop",
        "login_handler": "https://shop.example/login", "signup_handler": null, "redirect_uris": [],
        "custom_domains": [], "primary_domain": null, "header": null, "footer": null, "external_css": null});
    for (name, value) in expected.as_object().expect("fields") {
        assert_eq!(&little[name], value, "{name}");
    }
    let subdomain = text(&little, "subdomain");
    assert!(!subdomain.is_empty(), "made where it was left blank");
    let base = text(&little, "base_domain");
    assert_eq!(little["domains"], json!([format!("{subdomain}.{base}")]));
    assert_eq!(server.get(&format!("login_policies/{}", text(&little, "id"))).await.json(200), little);

    let whole = json!({"name": "Store", "login_handler": "https://store.example/login", "subdomain": "store",
        "signup_handler": "https://store.example/signup", "redirect_uris": ["https://store.example/", "http://localhost:3000/x"],
        "custom_domains": ["login.store.example"], "primary_domain": "login.store.example",
        "header": "<h1>Store</h1>", "footer": "<p>Bye</p>", "external_css": "https://store.example/a.css"});
    let made = make(&server, whole.clone()).await;
    for (name, value) in whole.as_object().expect("fields") {
        assert_eq!(&made[name], value, "{name}");
    }
    assert_eq!(made["domains"], json!([format!("store.{base}"), "login.store.example"]));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn broken_rules_are_told_together(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let empty = server.post("login_policies", json!({})).await;
    assert!(!empty.refusals("name").is_empty() && !empty.refusals("login_handler").is_empty(), "{}", empty.text);
    let wrong = json!({"name": "x".repeat(256), "login_handler": "javascript:alert(1)", "signup_handler": "nonsense",
        "redirect_uris": ["ftp://x.example/"], "subdomain": "a b", "external_css": "data:text/css,x",
        "custom_domains": ["not a host"]});
    let answer = server.post("login_policies", json!({ "login_policy": wrong })).await;
    for (field, _) in wrong.as_object().expect("fields") {
        assert!(!answer.refusals(field).is_empty(), "{field}: {}", answer.text);
    }
    // A subdomain belongs to one app of the whole server, whatever its case.
    let twice = json!({"login_policy": {"name": "X", "login_handler": "https://x.example/", "subdomain": "ACME"}});
    let twice = server.post("login_policies", twice).await;
    assert!(!twice.refusals("subdomain").is_empty(), "{}", twice.text);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn changes_are_partial(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let made = make(
        &server,
        json!({"name": "Shop", "login_handler": "https://shop.example/login", "subdomain": "shop",
        "signup_handler": "https://shop.example/signup", "redirect_uris": ["https://shop.example/"],
        "custom_domains": ["login.shop.example"]}),
    )
    .await;
    let path = format!("login_policies/{}", text(&made, "id"));
    let put = async |fields: Value| server.put(&path, json!({ "login_policy": fields })).await;
    let mut expected = made.clone();
    expected["name"] = json!("Store");
    assert_eq!(put(json!({"name": "Store"})).await.json(200), expected);
    expected["signup_handler"] = json!(null);
    expected["redirect_uris"] = json!([]);
    assert_eq!(put(json!({"signup_handler": null, "redirect_uris": []})).await.json(200), expected);
    for (field, blank) in
        [("name", json!("")), ("name", json!(null)), ("login_handler", json!("")), ("login_handler", json!(null))]
    {
        let answer = put(json!({ field: blank })).await;
        assert!(!answer.refusals(field).is_empty(), "{field}: {}", answer.text);
    }
    assert!(!put(json!({"subdomain": "acme"})).await.refusals("subdomain").is_empty());
    assert_eq!(server.get(&path).await.json(200), expected);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_deleted_one_is_gone_and_its_name_free(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let app = json!({"name": "Shop", "login_handler": "https://shop.example/", "subdomain": "shop",
        "custom_domains": ["login.shop.example"]});
    let path = format!("login_policies/{}", text(&make(&server, app.clone()).await, "id"));
    let answer = server.delete(&path).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    server.delete(&path).await.json(404);
    server.get(&path).await.json(404);
    server.put(&path, json!({"login_policy": {"name": "Back"}})).await.json(404);
    make(&server, app).await;
    let events = server.get("events?event_type=login_policy").await.json(200);
    let mut types = each(&events, "event_type");
    types.sort_unstable();
    assert_eq!(types, ["login_policy.created", "login_policy.created", "login_policy.created", "login_policy.deleted"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_list_is_by_name_or_id(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for name in ["Zoo", "Bar", "Mid"] {
        server.clock.advance(1);
        make(&server, json!({"name": name, "login_handler": "https://x.example/"})).await;
    }
    let get = async |query: &str| server.get(&format!("login_policies?{query}")).await.json(200);
    assert_eq!(each(&get("").await, "name"), ["Acme", "Bar", "Mid", "Zoo"]);
    assert_eq!(each(&get("direction=desc").await, "name"), ["Zoo", "Mid", "Bar", "Acme"]);
    assert_eq!(each(&get("sort=id").await, "name"), ["Acme", "Zoo", "Bar", "Mid"]);
    let first = get("max_results=3").await;
    assert_eq!((each(&first, "name"), &first["more_results"]), (vec!["Acme", "Bar", "Mid"], &json!(true)));
    let rest = get(&format!("max_results=3&after={}", each(&first, "id")[2])).await;
    assert_eq!((each(&rest, "name"), &rest["more_results"]), (vec!["Zoo"], &json!(false)));
    server.get("login_policies?sort=subdomain").await.json(400);
}
