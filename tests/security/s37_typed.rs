//! Check 37 for passwords that are looked at while they are typed, which nobody has to log in for: the work is bounded, done
//! behind the requests, and counted by address.

use rstest::rstest;
use serde_json::Value;

use super::full_pool;
use crate::loginrocket::visit::csrf;
use crate::support::{Answer, Browser, Engine, TestServer};

async fn typed(browser: &Browser, page: &Answer, password: &str) -> Answer {
    browser.submit_from(page, "/password/strength", &[("csrf", &csrf(page)), ("password", password)]).await
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_waits_where_passwords_are_hashed(#[case] engine: Engine) {
    let server = full_pool::server(engine).await;
    let browser = server.browser();
    let page = browser.get("/signup").await;
    full_pool::fill(&server).await;
    assert_eq!(typed(&browser, &page, "correcthorsebatterystaple").await.status, 503);
    assert_eq!(browser.get("/signup").await.status, 200, "and nothing else waits");
}

#[tokio::test]
async fn an_address_types_so_much_and_no_more() {
    let server = TestServer::start(Engine::Sqlite).await;
    let browser = server.browser();
    let page = browser.get("/signup").await;
    // What zxcvbn reads in the most ways.
    let dear = "4@8({[<369!1|70$5+%2".repeat(12);
    let mut answered = 0;
    while answered < 1000 {
        let answer = typed(&browser, &page, &dear).await;
        if answer.status == 429 {
            break;
        }
        let told: Value = answer.json(200);
        assert_eq!(told["text"], "Strength: very good");
        answered += 1;
    }
    assert_eq!(answered, 300);
}
