//! `GET /v1/users`: order, pages, filters (api-v1 §2.2, decisions §3).

use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, text};
use crate::support::{Engine, START_MS, TestServer};

/// Five people, made one second apart: username, local part of the address, state, reference.
const PEOPLE: [(&str, &str, &str, &str); 5] = [
    ("dan", "a5", "active", "R-1"),
    ("bob", "a4", "inactive", "R-2"),
    ("eve", "a1", "active", "R-1"),
    ("ada", "a3", "active", "R-3"),
    ("cid", "a2", "inactive", "r-1"),
];

async fn filled(engine: Engine) -> TestServer {
    let server = TestServer::start(engine).await;
    for (username, local, state, reference) in PEOPLE {
        server.clock.advance(1000);
        let user = json!({"user": {"user_type": "human", "username": username, "email": format!("{local}@example.com"),
            "state": state, "reference": reference, "password": "tr0mbone-under-glass", "custom": {"of": username}}});
        server.post("users", user).await.json(201);
    }
    server
}

async fn list(server: &TestServer, query: &str) -> Value {
    server.get(&format!("users?{query}")).await.json(200)
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_order_runs_both_ways_and_pages_to_its_end(#[case] engine: Engine) {
    let server = filled(engine).await;
    for (at, name) in ["ada", "dan", "eve"].into_iter().enumerate() {
        server.clock.advance(1000);
        let login = server.authenticate(name).await;
        let seconds =
            f64::from(i32::try_from(START_MS / 1000).expect("until 2038") + 6 + i32::try_from(at).expect("few"));
        assert_eq!(login["last_login_at"].as_f64(), Some(seconds));
    }
    let by_email = ["eve", "cid", "ada", "bob", "dan"];
    let by_username = ["ada", "bob", "cid", "dan", "eve"];
    let by_id = PEOPLE.map(|(username, ..)| username);
    let never_first = ["bob", "cid", "ada", "dan", "eve"];
    for (sort, expected) in [
        ("", by_username),
        ("username", by_username),
        ("email", by_email),
        ("id", by_id),
        ("last_login_at", never_first),
    ] {
        for direction in ["", "asc", "desc"] {
            let mut expected = expected.to_vec();
            if direction == "desc" {
                expected.reverse();
            }
            let query = format!("sort={sort}&direction={direction}");
            let whole = list(&server, &query).await;
            assert_eq!(each(&whole, "username"), expected, "{query}");
            assert_eq!(whole["more_results"], false);
            for size in 1..=5 {
                assert_eq!(paged(&server, &query, size).await, expected, "{query} by {size}");
            }
        }
    }
}

/// Every page up to the last, as clients read them.
async fn paged(server: &TestServer, query: &str, size: usize) -> Vec<String> {
    let (mut names, mut after) = (Vec::new(), String::new());
    for _ in 0..10 {
        let page = list(server, &format!("{query}&max_results={size}&after={after}")).await;
        names.extend(each(&page, "username").into_iter().map(str::to_owned));
        if page["more_results"] == false {
            return names;
        }
        assert_eq!(each(&page, "id").len(), size);
        after = each(&page, "id").last().expect("a full page").to_string();
    }
    panic!("{query} never ends: {names:?}")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn bounds_are_clamped_and_unknown_words_refused(#[case] engine: Engine) {
    let server = filled(engine).await;
    for (size, count) in [("0", 1), ("-7", 1), ("1", 1), ("4", 4), ("1000", 5), ("1001", 5), ("999999999", 5), ("", 5)]
    {
        assert_eq!(each(&list(&server, &format!("max_results={size}")).await, "id").len(), count, "{size}");
    }
    for (query, words) in [
        ("sort=password", &["username", "email", "id", "last_login_at"][..]),
        ("sort=Username", &["username"]),
        ("direction=up", &["asc", "desc"]),
        ("state=gone", &["active", "inactive"]),
        ("user_type=robot", &["human", "api"]),
        ("max_results=many", &["max_results"]),
        ("created_at_after=yesterday", &["created_at_after"]),
        ("after=usr_0000000000000000000000", &["after"]),
    ] {
        let body = server.get(&format!("users?{query}")).await.json(400);
        assert!(words.iter().all(|word| text(&body, "error").contains(word)), "{query}: {body}");
    }
    list(&server, "expand=nonsense&unknown=1").await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn filters_narrow_and_combine(#[case] engine: Engine) {
    let server = filled(engine).await;
    let start = START_MS / 1000;
    let (from, before) = (start + 2, start + 4);
    for (query, expected) in [
        ("reference=R-1".to_owned(), &["dan", "eve"][..]),
        ("reference=r-1".to_owned(), &["cid"]),
        ("reference=R".to_owned(), &[]),
        ("state=active".to_owned(), &["ada", "dan", "eve"]),
        ("state=inactive".to_owned(), &["bob", "cid"]),
        ("user_type=human".to_owned(), &["ada", "bob", "cid", "dan", "eve"]),
        ("user_type=api".to_owned(), &[]),
        ("username=ADA".to_owned(), &["ada"]),
        ("username=ad".to_owned(), &[]),
        ("email=A4%40Example.com".to_owned(), &["bob"]),
        ("email=a4".to_owned(), &[]),
        ("state=active&reference=R-1&username=eve".to_owned(), &["eve"]),
        (format!("created_at_after={from}.5"), &["ada", "cid", "eve"]),
        (format!("created_at_before={before}"), &["bob", "dan", "eve"]),
        (format!("created_at_after={from}&created_at_before={before}"), &["bob", "eve"]),
        ("reference=&state=&username=&email=&created_at_after=".to_owned(), &["ada", "bob", "cid", "dan", "eve"]),
        ("state=active&sort=email&direction=desc".to_owned(), &["dan", "ada", "eve"]),
    ] {
        assert_eq!(each(&list(&server, &query).await, "username"), expected, "{query}");
    }
    assert_eq!(paged(&server, "state=active", 2).await, ["ada", "dan", "eve"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn items_are_short_unless_custom_is_expanded(#[case] engine: Engine) {
    let server = filled(engine).await;
    let plain = list(&server, "").await;
    for name in ["custom", "credentials", "memberships", "membership_count", "token"] {
        assert!(plain["collection"][0].get(name).is_none(), "{name}");
    }
    for query in [
        "expand=custom",
        "expands=custom",
        "expand[]=custom",
        "expand=memberships,custom",
        "expand%5B%5D=x&expand%5B%5D=custom",
    ] {
        let expanded = list(&server, query).await;
        assert_eq!(expanded["collection"][0]["custom"], json!({"of": "ada"}), "{query}");
    }
}

/// Ours: the beginning of a username, an address or a name (decisions §3).
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_search_finds_beginnings_in_any_case(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for (username, email, first, last) in [
        ("anna", "x1@example.com", "Zoe", "Q"),
        ("zed", "ann@example.com", "Zed", "Q"),
        ("bob", "x2@example.com", "Änne", "Burda"),
        ("joe", "x3@example.com", "Anna", "Karenina"),
        ("annette", "anna@example.com", "Anna", "Both"),
        ("other", "x4@example.com", "Other", "Person"),
    ] {
        let user = json!({"user": {"user_type": "human", "username": username, "email": email, "first_name": first,
            "last_name": last, "password": "tr0mbone-under-glass"}});
        server.post("users", user).await.json(201);
    }
    let found = async |query: &str| {
        let listed = server.get(&format!("users?{query}")).await.json(200);
        each(&listed, "username").join(" ")
    };
    // By username, then by address, then by name; each user once.
    assert_eq!(found("q=ann").await, "anna annette zed joe");
    assert_eq!(found("q=ANN").await, "anna annette zed joe");
    assert_eq!(found("q=anna+k").await, "joe");
    assert_eq!(found("q=%C3%84NN").await, "bob");
    assert_eq!(found("q=x").await, "anna bob joe other");
    assert_eq!(found("q=nobody").await, "");
    assert_eq!(found("q=%25").await, "", "no wildcard");
    assert_eq!(found("q=ann&user_type=api").await, "", "with the other filters");
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("users?q=ann&max_results=1&after={after}")).await.json(200);
        seen.push(text(&page["collection"][0], "username").to_owned());
        after = text(&page["collection"][0], "id").to_owned();
        if page["more_results"] == false {
            break;
        }
    }
    assert_eq!(seen, ["anna", "annette", "zed", "joe"]);
    server.get(&format!("users?q={}", "a".repeat(101))).await.json(400);
}
