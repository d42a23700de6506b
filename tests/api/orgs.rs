//! `/v1/orgs` (api-v1 §5).

use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, text};
use crate::support::{Engine, TestServer};

async fn org(server: &TestServer, fields: Value) -> Value {
    server.post("orgs", json!({ "org": fields })).await.json(201)
}

/// Types of the events about this org, the oldest first.
async fn raised(server: &TestServer, org: &str) -> Vec<String> {
    let listed = server.get(&format!("events?org_id={org}&direction=asc")).await.json(200);
    each(&listed, "event_type").into_iter().map(str::to_owned).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_is_made_with_little_and_read_whole(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let little = org(&server, json!({"name": "Acme"})).await;
    let expected = json!({"object": "org", "realm_id": server.realm(), "name": "Acme", "state": "active",
        "reference": null, "custom": {}});
    for (name, value) in expected.as_object().expect("fields") {
        assert_eq!(&little[name], value, "{name}");
    }
    assert!(is_id("org", text(&little, "id")), "{little}");
    assert_eq!(little["created_at"].as_f64(), Some(1_767_225_600.0));

    let custom = json!({"Tier": "gold", "seats": 3, "tags": ["a"]});
    let all = json!({"name": "Globex", "state": "inactive", "reference": "R-1", "custom": custom});
    let all = org(&server, all).await;
    assert_eq!((&all["state"], &all["reference"], &all["custom"]), (&json!("inactive"), &json!("R-1"), &custom));
    assert_eq!(server.get(&format!("orgs/{}", text(&all, "id"))).await.json(200), all);
    // A name need not be unique.
    org(&server, json!({"name": "Acme"})).await;
    server.get("orgs/org_0000000000000000000000").await.json(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn changes_are_partial_and_null_clears(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let made = org(&server, json!({"name": "Acme", "reference": "R-1", "custom": {"a": 1}})).await;
    let path = format!("orgs/{}", text(&made, "id"));
    let renamed =
        server.put(&path, json!({"org": {"name": "Acme 2", "id": "org_x", "user_id": "usr_x"}})).await.json(200);
    assert_eq!((&renamed["name"], &renamed["reference"]), (&json!("Acme 2"), &json!("R-1")));
    assert_eq!(renamed["id"], made["id"], "read-only fields are ignored");
    let cleared = json!({"org": {"reference": null, "custom": null, "state": "inactive"}});
    let cleared = server.put(&path, cleared).await.json(200);
    assert_eq!((&cleared["reference"], &cleared["custom"]), (&Value::Null, &json!({})));
    let replaced = server.put(&path, json!({"org": {"custom": {"b": 2}}})).await.json(200);
    assert_eq!(replaced["custom"], json!({"b": 2}));
    assert_eq!(replaced["state"], "inactive");
    assert_eq!(raised(&server, text(&made, "id")).await, ["org.created", "org.updated", "org.updated", "org.updated"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn broken_rules_are_told_together(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let wrong =
        json!({"org": {"name": "", "state": "closed", "reference": "x".repeat(256), "custom": {"a": {"b": 1}}}});
    let answer = server.post("orgs", wrong.clone()).await;
    for (field, _) in wrong["org"].as_object().expect("fields") {
        assert!(!answer.refusals(field).is_empty(), "{field}: {}", answer.text);
    }
    for name in [json!(7), json!(["a"]), json!("x".repeat(256)), json!("a\u{0}b"), json!(null)] {
        let answer = server.post("orgs", json!({"org": {"name": name}})).await;
        assert!(!answer.refusals("name").is_empty(), "{name}");
    }
    let listed = server.get("orgs").await.json(200);
    assert_eq!(listed["collection"], json!([]), "nothing was half done");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn lists_are_by_name_or_id_with_filters_and_pages(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for (name, state, reference) in
        [("b", "active", "R"), ("a", "inactive", "R"), ("c", "active", "S"), ("a", "active", "R")]
    {
        org(&server, json!({"name": name, "state": state, "reference": reference, "custom": {"k": 1}})).await;
    }
    let names = async |query: &str| {
        let listed = server.get(&format!("orgs?{query}")).await.json(200);
        each(&listed, "name").join("")
    };
    assert_eq!(names("").await, "aabc");
    assert_eq!(names("direction=desc").await, "cbaa");
    assert_eq!(names("sort=id").await, "baca");
    assert_eq!(names("sort=id&direction=desc").await, "acab");
    assert_eq!(names("reference=R").await, "aab");
    assert_eq!(names("reference=R&direction=desc").await, "baa");
    assert_eq!(names("reference=R&sort=id").await, "baa");
    assert_eq!(names("reference=R&sort=id&direction=desc").await, "aab");
    assert_eq!(names("reference=r").await, "", "exact");
    assert_eq!(names("state=inactive").await, "a");
    assert_eq!(names("state=active&reference=R").await, "ab");

    let item = &server.get("orgs?max_results=1").await.json(200)["collection"][0];
    let keys: Vec<&String> = item.as_object().expect("an org").keys().collect();
    assert_eq!(keys.len(), 7, "id, realm_id, name, state, reference, object, created_at: {keys:?}");
    assert_eq!(server.get("orgs?expand=custom").await.json(200)["collection"][0]["custom"], json!({"k": 1}));

    for sort in ["name", "id"] {
        let (mut seen, mut after) = (String::new(), String::new());
        loop {
            let page = server.get(&format!("orgs?max_results=1&sort={sort}&after={after}")).await.json(200);
            seen.push_str(text(&page["collection"][0], "name"));
            after = text(&page["collection"][0], "id").to_owned();
            if page["more_results"] == false {
                break;
            }
        }
        assert_eq!(seen, if sort == "name" { "aabc" } else { "baca" });
    }
    for wrong in ["sort=state", "direction=up", "max_results=many", "after=org_nothing", "state=gone"] {
        server.get(&format!("orgs?{wrong}")).await.json(400);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn memberships_are_told_if_expanded_and_go_with_the_org(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let made = org(&server, json!({"name": "Acme"})).await;
    let id = text(&made, "id").to_owned();
    let (ada, bob) = (server.user("ada").await, server.user("bob").await);
    for user in [&ada, &bob] {
        let membership = json!({"membership": {"user_id": user["id"], "org_id": id, "permissions": "owner"}});
        server.post("memberships", membership).await.json(201);
    }
    let expanded = server.get(&format!("orgs/{id}?expand=memberships")).await.json(200);
    let members = expanded["memberships"].as_array().expect("a list");
    assert_eq!(members.len(), 2);
    assert_eq!(members[0]["object"], "membership");
    assert_eq!((&members[0]["user"]["username"], &members[1]["user"]["username"]), (&json!("ada"), &json!("bob")));
    assert!(members[0].get("org").is_none(), "{expanded}");
    assert!(server.get(&format!("orgs/{id}")).await.json(200).get("memberships").is_none(), "only when asked for");

    let gone = server.delete(&format!("orgs/{id}")).await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    server.get(&format!("orgs/{id}")).await.json(404);
    assert_eq!(server.get("orgs").await.json(200)["collection"], json!([]));
    assert_eq!(server.delete(&format!("orgs/{id}")).await.status, 404);
    assert_eq!(server.get("users/ada").await.json(200)["membership_count"], 0);
    let raised = raised(&server, &id).await;
    assert_eq!(raised[raised.len() - 3..], ["membership.deleted", "membership.deleted", "org.deleted"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn changes_of_different_fields_are_all_kept(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let made = org(&server, json!({"name": "Acme"})).await;
    let path = format!("orgs/{}", text(&made, "id"));
    let changes =
        [json!({"name": "New"}), json!({"reference": "R"}), json!({"state": "inactive"}), json!({"custom": {"a": 1}})];
    let puts = changes.iter().map(|change| server.put(&path, json!({ "org": change })));
    for answer in futures_util::future::join_all(puts).await {
        answer.json(200);
    }
    let org = server.get(&path).await.json(200);
    for (name, value) in changes.iter().flat_map(|change| change.as_object().expect("fields")) {
        assert_eq!(&org[name], value, "{name}");
    }
}

/// The system realm's orgs are the accounts themselves.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_own_account_is_no_org_that_the_key_sees(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (account, system) = (&server.made.account, &server.app.system_realm.id);
    for path in [
        format!("orgs/{account}"),
        format!("orgs/{account}?realm_id={system}"),
        format!("orgs?realm_id={system}"),
        format!("users/{}?realm_id={system}", server.made.owner.id),
        format!("memberships?org_id={account}"),
        format!("memberships?user_id={}", server.made.owner.id),
    ] {
        for realm in [Some(server.realm()), Some(system.as_str()), None] {
            let answer = server.call_as(&server.key, realm, reqwest::Method::GET, &path, None).await;
            let empty = answer.status == 200 && answer.json(200)["collection"] == json!([]);
            assert!(answer.status == 404 || empty, "{path} in {realm:?}: {} {}", answer.status, answer.text);
        }
    }
    let changed = server.put(&format!("orgs/{account}"), json!({"org": {"name": "Mine"}})).await;
    assert_eq!(changed.status, 404);
    assert_eq!(server.delete(&format!("orgs/{account}")).await.status, 404);
}
