//! `/v1/memberships` (api-v1 §6).

use gantry_core::memberships;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, text};
use crate::support::{Answer, Engine, START_MS, TestServer};

async fn create(server: &TestServer, fields: Value) -> Answer {
    server.post("memberships", json!({ "membership": fields })).await
}

async fn org(server: &TestServer, name: &str) -> String {
    let org = server.post("orgs", json!({"org": {"name": name}})).await.json(201);
    text(&org, "id").to_owned()
}

async fn user(server: &TestServer, name: &str) -> String {
    text(&server.user(name).await, "id").to_owned()
}

/// Types of the events about this membership, the oldest first.
async fn raised(server: &TestServer, id: &str) -> Vec<String> {
    let listed = server.get(&format!("events?membership_id={id}&direction=asc")).await.json(200);
    each(&listed, "event_type").into_iter().map(str::to_owned).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_is_made_in_an_org_or_without(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (ada, acme) = (user(&server, "ada").await, org(&server, "Acme").await);
    let custom = json!({"Role": "boss"});
    let expires = START_MS / 1000 + 3600;
    let all = json!({"user_id": ada, "org_id": acme, "permissions": ["ar:owner", "Read"], "custom": custom,
        "expires_at": expires});
    let made = create(&server, all).await.json(201);
    let expected = json!({"object": "membership", "user_id": ada, "org_id": acme, "permissions": ["ar:owner", "Read"],
        "custom": custom});
    for (name, value) in expected.as_object().expect("fields") {
        assert_eq!(&made[name], value, "{name}");
    }
    assert!(is_id("mb", text(&made, "id")), "{made}");
    assert_eq!(made["expires_at"].as_f64(), Some(f64::from(u32::try_from(expires).expect("seconds"))));
    assert_eq!((&made["user"]["username"], &made["org"]["name"]), (&json!("ada"), &json!("Acme")));
    assert_eq!(server.get(&format!("memberships/{}", text(&made, "id"))).await.json(200), made);
    assert_eq!(server.get("users/ada").await.json(200)["membership_count"], 1);

    let own = create(&server, json!({"user_id": ada})).await.json(201);
    let empty = (&own["org_id"], &own["permissions"], &own["expires_at"], &own["custom"], &own["org"]);
    assert_eq!(empty, (&Value::Null, &json!([]), &Value::Null, &json!({}), &Value::Null));

    let event = &server.get(&format!("events?membership_id={}", text(&made, "id"))).await.json(200)["collection"][0];
    let told = (&event["event_type"], &event["user_id"], &event["org_id"], &event["membership_id"]);
    assert_eq!(told, (&json!("membership.created"), &json!(ada), &json!(acme), &made["id"]));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_realm_may_be_left_out_where_the_user_tells_it(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let ada = user(&server, "ada").await;
    let body = json!({"membership": {"user_id": ada}});
    let made = server.call_as(&server.key, None, reqwest::Method::POST, "memberships", Some(body)).await.json(201);
    let path = format!("memberships/{}?user_id={ada}", text(&made, "id"));
    server.call_as(&server.key, None, reqwest::Method::GET, &path, None).await.json(200);
    let listed = format!("memberships?user_id={ada}");
    server.call_as(&server.key, None, reqwest::Method::GET, &listed, None).await.json(200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn permissions_are_one_text_or_several_and_keep_the_rule(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let ada = user(&server, "ada").await;
    let made = create(&server, json!({"user_id": ada, "permissions": "one"})).await.json(201);
    assert_eq!(made["permissions"], json!(["one"]));
    let path = format!("memberships/{}", text(&made, "id"));
    let put = async |permissions: Value| server.put(&path, json!({"membership": {"permissions": permissions}})).await;
    let longest = "p".repeat(62);
    for (sent, read) in [
        (json!(["A-z", "a*:;._-9"]), json!(["A-z", "a*:;._-9"])),
        (json!(["a", "b", "a"]), json!(["a", "b"])),
        (json!([longest]), json!([longest])),
        (json!(""), json!([])),
        (json!(["x"]), json!(["x"])),
        (json!([""]), json!([])),
        (json!(["", " a ", " "]), json!(["a"])),
        (json!(null), json!([])),
        (
            json!((0..20).map(|n| format!("p{n}")).collect::<Vec<_>>()),
            json!((0..20).map(|n| format!("p{n}")).collect::<Vec<_>>()),
        ),
    ] {
        assert_eq!(put(sent.clone()).await.json(200)["permissions"], read, "{sent}");
    }
    for wrong in [
        json!(["a b"]),
        json!(["ä"]),
        json!(["a/b"]),
        json!(["p".repeat(63)]),
        json!([7]),
        json!({"a": 1}),
        json!((0..21).map(|n| format!("p{n}")).collect::<Vec<_>>()),
    ] {
        assert!(!put(wrong.clone()).await.refusals("permissions").is_empty(), "{wrong}");
    }
    // The realm may allow more.
    server.put(&format!("realms/{}", server.realm()), json!({"realm": {"permission_limit": 21}})).await.json(200);
    put(json!((0..21).map(|n| format!("p{n}")).collect::<Vec<_>>())).await.json(200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn broken_rules_are_told_together(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let ada = user(&server, "ada").await;
    let none = create(&server, json!({})).await;
    assert_eq!(none.refusals("user_id"), ["User id can't be blank"]);
    let wrong = json!({"user_id": "usr_0000000000000000000000", "org_id": "org_0000000000000000000000",
        "permissions": ["a b"], "expires_at": START_MS / 1000, "custom": 7});
    let answer = create(&server, wrong.clone()).await;
    for (field, _) in wrong.as_object().expect("fields") {
        assert!(!answer.refusals(field).is_empty(), "{field}: {}", answer.text);
    }
    for expires in [json!("soon"), json!(-1), json!(1e18)] {
        let answer = create(&server, json!({"user_id": ada, "expires_at": expires})).await;
        assert!(!answer.refusals("expires_at").is_empty(), "{expires}");
    }
    assert_eq!(server.get(&format!("memberships?user_id={ada}")).await.json(200)["collection"], json!([]));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn lists_embed_the_other_side(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (ada, bob) = (user(&server, "ada").await, user(&server, "bob").await);
    let (acme, globex) = (org(&server, "Acme").await, org(&server, "Globex").await);
    for (user, org) in [(&ada, Some(&acme)), (&bob, Some(&acme)), (&ada, Some(&globex)), (&ada, None)] {
        create(&server, json!({"user_id": user, "org_id": org})).await.json(201);
    }
    let list = async |query: &str| server.get(&format!("memberships?{query}")).await.json(200);
    let of_user = list(&format!("user_id={ada}")).await;
    let orgs: Vec<_> = of_user["collection"].as_array().expect("items").iter().map(|one| &one["org"]["name"]).collect();
    assert_eq!(orgs, [&json!("Acme"), &json!("Globex"), &Value::Null]);
    assert!(of_user["collection"][0].get("user").is_none());
    let of_org = list(&format!("org_id={acme}")).await;
    let users: Vec<_> =
        of_org["collection"].as_array().expect("items").iter().map(|one| &one["user"]["username"]).collect();
    assert_eq!(users, ["ada", "bob"]);
    assert!(of_org["collection"][0].get("org").is_none());
    let of_both = list(&format!("user_id={ada}&org_id={acme}")).await;
    assert_eq!(of_both["collection"].as_array().map(Vec::len), Some(1));
    assert!(of_both["collection"][0].get("org").is_none() && of_both["collection"][0].get("user").is_none());
    server.get("memberships").await.json(400);

    let mut names = Vec::new();
    let mut after = String::new();
    loop {
        let page = list(&format!("user_id={ada}&max_results=1&direction=desc&after={after}")).await;
        names.push(page["collection"][0]["org"]["name"].clone());
        after = text(&page["collection"][0], "id").to_owned();
        if page["more_results"] == false {
            break;
        }
    }
    assert_eq!(names, [Value::Null, json!("Globex"), json!("Acme")]);
    // Users embed them too.
    let expanded = server.get("users/ada?expand=memberships").await.json(200);
    assert_eq!(expanded["memberships"], of_user["collection"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn of_many_creates_of_one_pair_one_wins(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (ada, acme) = (user(&server, "ada").await, org(&server, "Acme").await);
    for fields in [json!({"user_id": ada, "org_id": acme}), json!({"user_id": ada})] {
        let tries = (0..12).map(|_| create(&server, fields.clone()));
        let answers = futures_util::future::join_all(tries).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{fields}");
        for lost in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!(lost.refusals("user_id").len(), 1, "{}", lost.text);
        }
    }
    assert_eq!(server.get("users/ada").await.json(200)["membership_count"], 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn changes_are_partial_and_the_pair_is_fixed(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (ada, bob) = (user(&server, "ada").await, user(&server, "bob").await);
    let acme = org(&server, "Acme").await;
    let made = create(&server, json!({"user_id": ada, "org_id": acme, "permissions": "a"})).await.json(201);
    let path = format!("memberships/{}", text(&made, "id"));
    let moved = json!({"membership": {"user_id": bob, "org_id": null, "custom": {"a": 1}}});
    let moved = server.put(&path, moved).await.json(200);
    assert_eq!(
        (&moved["user_id"], &moved["org_id"], &moved["permissions"]),
        (&json!(ada), &json!(acme), &json!(["a"]))
    );
    assert_eq!(moved["custom"], json!({"a": 1}));
    assert_eq!(server.delete(&path).await.status, 204);
    server.get(&path).await.json(404);
    assert_eq!(server.put(&path, json!({"membership": {}})).await.status, 404);
    assert_eq!(server.delete(&path).await.status, 404);
    let id = text(&made, "id");
    assert_eq!(raised(&server, id).await, ["membership.created", "membership.updated", "membership.deleted"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_expired_one_is_nowhere_and_removed_with_its_event(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (ada, acme) = (user(&server, "ada").await, org(&server, "Acme").await);
    let soon = START_MS / 1000 + 60;
    let made = create(&server, json!({"user_id": ada, "org_id": acme, "expires_at": soon})).await.json(201);
    let own = create(&server, json!({"user_id": ada, "expires_at": soon})).await.json(201);
    server.clock.advance(59_999);
    let path = format!("memberships/{}", text(&made, "id"));
    server.get(&path).await.json(200);
    server.clock.advance(1);
    server.get(&path).await.json(404);
    assert_eq!(server.put(&path, json!({"membership": {"permissions": "a"}})).await.status, 404);
    assert_eq!(server.delete(&path).await.status, 404);
    for query in [format!("user_id={ada}"), format!("org_id={acme}"), format!("user_id={ada}&org_id={acme}")] {
        let listed = server.get(&format!("memberships?{query}")).await.json(200);
        assert_eq!(listed["collection"], json!([]), "{query}");
    }
    assert_eq!(server.get("users/ada?expand=memberships").await.json(200)["memberships"], json!([]));
    assert_eq!(server.get("users/ada").await.json(200)["membership_count"], 0);

    // A new one takes its place at once; the other is removed by upkeep.
    create(&server, json!({"user_id": ada, "org_id": acme})).await.json(201);
    assert_eq!(raised(&server, text(&made, "id")).await, ["membership.created", "membership.deleted"]);
    assert_eq!(raised(&server, text(&own, "id")).await, ["membership.created"]);
    assert!(!memberships::remove_expired(&server.app.core).await.expect("removed"), "there is no more");
    assert_eq!(raised(&server, text(&own, "id")).await, ["membership.created", "membership.deleted"]);
    assert_eq!(server.get("users/ada").await.json(200)["membership_count"], 1);
}

/// Two servers may remove at the same time.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn expiry_is_told_once(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let ada = user(&server, "ada").await;
    let soon = START_MS / 1000 + 60;
    for name in 0..5 {
        let org = org(&server, &format!("org {name}")).await;
        create(&server, json!({"user_id": ada, "org_id": org, "expires_at": soon})).await.json(201);
    }
    server.clock.advance(60_000);
    let core = &server.app.core;
    let (one, other) = tokio::join!(memberships::remove_expired(core), memberships::remove_expired(core));
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    let told = server.get(&format!("events?user_id={ada}&event_type=membership.deleted")).await.json(200);
    assert_eq!(told["collection"].as_array().map(Vec::len), Some(5));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_deleted_users_memberships_are_told_as_deleted(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (ada, acme) = (user(&server, "ada").await, org(&server, "Acme").await);
    create(&server, json!({"user_id": ada, "org_id": acme})).await.json(201);
    server.delete("users/ada").await;
    assert_eq!(server.get(&format!("memberships?org_id={acme}")).await.json(200)["collection"], json!([]));
    let events = server.get(&format!("events?user_id={ada}&direction=asc")).await.json(200);
    let types = each(&events, "event_type");
    assert_eq!(types[types.len() - 2..], ["membership.deleted", "user.deleted"]);
}

/// What a login token tells of them, as the realm wants it (loginrocket-v1 §3.2).
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn login_tokens_tell_of_the_live_ones(#[case] engine: Engine) {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    let server = TestServer::start(engine).await;
    let fields = json!({"realm": {"jwt_fields": ["custom", "memberships", "orgs"]}});
    server.put(&format!("realms/{}", server.realm()), fields).await.json(200);
    let (ada, acme) = (user(&server, "ada").await, org(&server, "Acme").await);
    let soon = START_MS / 1000 + 60;
    create(&server, json!({"user_id": ada, "org_id": acme, "permissions": ["a", "b"], "custom": {"k": 1}}))
        .await
        .json(201);
    create(&server, json!({"user_id": ada, "permissions": "own", "expires_at": soon})).await.json(201);
    let told = async || {
        let login = server.authenticate("ada").await;
        let payload = text(&login, "token").split('.').nth(1).expect("a payload").to_owned();
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64url");
        serde_json::from_slice::<Value>(&payload).expect("claims")["m"].clone()
    };
    let memberships = told().await;
    assert_eq!(memberships[0]["p"], json!(["a", "b"]));
    let first = (&memberships[0]["oid"], &memberships[0]["o"], &memberships[0]["cs"]);
    assert_eq!(first, (&json!(acme), &json!("Acme"), &json!({"k": 1})));
    assert_eq!(memberships[1]["p"], json!(["own"]));
    server.clock.advance(60_000);
    assert_eq!(told().await.as_array().map(Vec::len), Some(1));
}
