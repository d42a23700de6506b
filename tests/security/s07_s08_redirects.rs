//! Checks 7 and 8: a table of more than 200 hostile addresses, as `redirect_uri`, as `redir` and by the names of other
//! products, through the pages and the browser API. None is followed.

use rstest::rstest;
use serde_json::json;
use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::loginrocket::v1::calls::{done, from_server};
use crate::loginrocket::visit::{PASSWORD, location, log_in, param, set_app};
use crate::support::{Engine, TestServer};

const TABLE: &str = include_str!("../../crates/core/src/connected_apps/hostile_uris.txt");
const CALLBACK: &str = "https://app.example.com/auth/callback";
pub const HANDLER: &str = "https://app.example.com/login";

/// The table's lines, their `{tab}` and `{u+2044}` read.
pub fn hostile() -> Vec<String> {
    let table: Vec<_> = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(spelled).collect();
    assert!(table.len() >= 200, "{} addresses", table.len());
    table
}

fn spelled(line: &str) -> String {
    let mut line = line.to_owned();
    for (word, sign) in [("{tab}", "\t"), ("{lf}", "\n"), ("{cr}", "\r"), ("{nul}", "\0"), ("{sp}", " ")] {
        line = line.replace(word, sign);
    }
    while let Some((before, rest)) = line.split_once("{u+") {
        let (code, after) = rest.split_once('}').expect("a closed brace");
        let sign = u32::from_str_radix(code, 16).ok().and_then(char::from_u32).expect("a character's number");
        line = format!("{before}{sign}{after}");
    }
    line
}

pub fn query(name: &str, value: &str) -> String {
    format!("{name}={}", byte_serialize(value.as_bytes()).collect::<String>())
}

pub async fn server(engine: Engine) -> TestServer {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_app(&server, json!({"redirect_uris": [CALLBACK, "http://localhost:3000/cb"]})).await;
    server
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_hostile_redirect_uri_gets_a_token(#[case] engine: Engine) {
    let server = server(engine).await;
    let path = format!("/login?{}", query("redirect_uri", CALLBACK));
    let honest = location(&log_in(&server.browser(), &path, "ada", PASSWORD).await);
    assert!(honest.as_str().starts_with(CALLBACK), "else the table proves nothing");
    for asked in hostile() {
        let path = format!("/login?{}", query("redirect_uri", &asked));
        let to = location(&log_in(&server.browser(), &path, "ada", PASSWORD).await);
        assert!(to.as_str().starts_with(&format!("{HANDLER}?token=")), "{asked:?} led to {to}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_hostile_redir_leads_away_from_the_app(#[case] engine: Engine) {
    let server = server(engine).await;
    let app = Url::parse("https://app.example.com/in/here").expect("an address");
    for asked in hostile() {
        let path = format!("/login?{}", query("redir", &asked));
        let to = location(&log_in(&server.browser(), &path, "ada", PASSWORD).await);
        assert!(to.as_str().starts_with(&format!("{HANDLER}?token=")), "{asked:?} led to {to}");
        let Some(redir) = param(&to, "redir") else { continue };
        // An app may hand it to a browser, which resolves it against its own address.
        let followed = app.join(&redir).expect("a path");
        assert_eq!(followed.origin(), app.origin(), "{asked:?} became {redir:?}");
        let tricky = redir.starts_with("//") || redir.contains(|c: char| c.is_control() || c == '\\' || c == '#');
        assert!(!tricky, "{asked:?} became {redir:?}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_hostile_address_follows_a_logout_or_the_bare_address(#[case] engine: Engine) {
    let server = server(engine).await;
    for asked in hostile() {
        let query = query("redirect_uri", &asked);
        let left = server.browser().get(&format!("/logout?{query}")).await;
        assert_eq!((left.status, left.header("location")), (302, "/login"), "{asked:?}");
        let root = server.browser().get(&format!("/?{query}")).await;
        assert!(root.header("location").starts_with("/login?"), "{asked:?}: {}", root.header("location"));
    }
}

/// What other products call such an address. Here they are nothing, in the address or in a form.
const OTHER_NAMES: [&str; 14] = [
    "return_to",
    "return",
    "returnUrl",
    "next",
    "callbackURL",
    "callback",
    "continue",
    "url",
    "target",
    "dest",
    "destination",
    "goto",
    "RelayState",
    "post_logout_redirect_uri",
];

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_hostile_address_is_followed_by_another_name(#[case] engine: Engine) {
    let server = server(engine).await;
    for asked in hostile() {
        let query: Vec<String> = OTHER_NAMES.iter().map(|name| query(name, &asked)).collect();
        let path = format!("/login?{}", query.join("&"));
        let browser = server.browser();
        let mut fields = vec![("username", "ada"), ("password", PASSWORD), ("redir", &asked), ("redirect_uri", &asked)];
        fields.extend(OTHER_NAMES.map(|name| (name, &*asked)));
        let to = location(&browser.submit(&path, &fields).await);
        assert!(to.as_str().starts_with(&format!("{HANDLER}?token=")), "{asked:?} led to {to}");
        assert_eq!(to.query_pairs().count(), 1, "{asked:?} led to {to}");
    }
}

/// The form that ends a login has a field for where to go.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_hostile_address_follows_the_form_of_a_logout(#[case] engine: Engine) {
    let server = server(engine).await;
    let browser = server.browser();
    let page = browser.get("/login").await;
    let left = browser.submit_from(&page, "/logout", &[("redirect_uri", CALLBACK)]).await;
    assert_eq!(left.header("location"), CALLBACK, "else the table proves nothing");
    for asked in hostile() {
        let left = browser.submit_from(&page, "/logout", &[("redirect_uri", &asked), ("redir", &asked)]).await;
        assert_eq!((left.status, left.header("location")), (302, "/login?notice=logged-out"), "{asked:?}");
    }
}

/// The calls that tell an app's own page where to go.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_hostile_address_is_told_by_a_call(#[case] engine: Engine) {
    let server = server(engine).await;
    let told = async |call: &str, asked: &str| {
        let body = json!({"username": "ada", "password": PASSWORD, "token": "x", "redirect_uri": asked});
        done(&from_server(&server, call, body).await)["url"].clone()
    };
    assert!(told("login", CALLBACK).await.as_str().is_some_and(|url| url.starts_with(CALLBACK)));
    assert_eq!(told("logout", CALLBACK).await, json!(CALLBACK), "else the table proves nothing");
    for asked in hostile() {
        let url = told("login", &asked).await;
        assert!(url.as_str().is_some_and(|url| url.starts_with(&format!("{HANDLER}?token="))), "{asked:?}: {url}");
        assert_eq!(told("logout", &asked).await, json!(null), "{asked:?}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_puts_a_second_token_beside_ours(#[case] engine: Engine) {
    let server = server(engine).await;
    for own in ["token=theirs", "to%6ben=theirs", "a=1;token=theirs", "x=1&token=theirs&token=theirs"] {
        let path = format!("/login?{}", query("redirect_uri", &format!("{CALLBACK}?{own}")));
        let to = location(&log_in(&server.browser(), &path, "ada", PASSWORD).await);
        assert!(param(&to, "token").is_some_and(|token| token.starts_with("ey")), "{to}");
        assert!(!to.as_str().contains("theirs"), "{to}");
    }
}
