//! Check 18: whoever is no configured proxy cannot choose an address, neither for the limiter nor for the records; what a
//! proxy tells counts from the right.

use reqwest::Method;
use rstest::rstest;

use crate::loginrocket::visit::{PASSWORD, csrf};
use crate::support::{Browser, Engine, TestServer};

const WRONG: &str = "wrong-but-long-enough";

/// Logs in from the page with these forwarding headers.
async fn log_in(browser: &Browser, form: &str, username: &str, password: &str, headers: &[(&str, &str)]) -> u16 {
    let fields = [("csrf", form), ("username", username), ("password", password)];
    browser.send(Method::POST, "/login", &fields, headers).await.status
}

async fn recorded(server: &TestServer) -> String {
    let told = server.get("events?event_type=user.login&max_results=1").await.json(200);
    told["collection"][0]["request"]["ip"].as_str().expect("an address").to_owned()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_stranger_who_forges_headers_stays_one_address(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let form = csrf(&browser.get("/login").await);
    let mut statuses = Vec::new();
    for nth in 0..60 {
        let (common, standard) = (format!("198.51.100.{nth}"), format!("for=203.0.113.{nth}"));
        let headers: [(&str, &str); 4] = [
            ("x-forwarded-for", &common),
            ("forwarded", &standard),
            ("x-real-ip", &common),
            ("x-forwarded-host", "evil.test"),
        ];
        // Other names, so that only the address can be what is counted.
        statuses.push(log_in(&browser, &form, &format!("name{nth}"), WRONG, &headers[..=nth % 4]).await);
        if nth < 50 {
            assert_eq!(recorded(&server).await, "127.0.0.1", "{nth}");
        }
    }
    assert_eq!((&statuses[..50], &statuses[50..]), (&[422; 50][..], &[429; 10][..]));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn behind_a_proxy_the_last_hop_that_is_none_counts(#[case] engine: Engine) {
    let proxies = [("trusted_proxies", "127.0.0.0/8,10.0.0.0/8")];
    let server = TestServer::with(engine, &proxies).await;
    server.user("ada").await;
    let browser = server.browser();
    let from = async |hops: &str, username: &str, password| {
        let form = csrf(&browser.get("/login").await);
        log_in(&browser, &form, username, password, &[("x-forwarded-for", hops)]).await
    };
    // What stands further left the client wrote itself.
    for (hops, expected) in [
        ("198.51.100.7", "198.51.100.7"),
        ("1.1.1.1, 198.51.100.7", "198.51.100.7"),
        ("1.1.1.1, 198.51.100.7, 10.0.0.3", "198.51.100.7"),
        ("10.0.0.9, 198.51.100.7, 10.1.2.3, 10.0.0.2", "198.51.100.7"),
        ("", "127.0.0.1"),
    ] {
        from(hops, "nobody", WRONG).await;
        assert_eq!(recorded(&server).await, expected, "{hops}");
    }
    server.clock.advance(60 * 60_000);
    for nth in 0..50 {
        let hops = format!("203.0.113.{nth}, 198.51.100.7, 10.0.0.{nth}");
        assert_eq!(from(&hops, &format!("name{nth}"), WRONG).await, 422, "{nth}");
    }
    assert_eq!(from("203.0.113.99, 198.51.100.7", "ada", PASSWORD).await, 429);
    assert_eq!(from("198.51.100.7, 198.51.100.8", "ada", PASSWORD).await, 302, "another client");
}
