//! Check 33: hosts are compared label by label, ports and paths whole: whoever sits next to what is listed is not listed.
//! The same tables of neighbours go to every place that compares: redirect addresses, origins, hosts of login pages and of
//! the API, proxies, networks for deliveries, and issuers.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::jobs::hooks::{newest, notification, webhook};
use crate::loginrocket::visit::{PASSWORD, location, log_in, set_app};
use crate::security::s07_s08_redirects::{HANDLER, query};
use crate::social::visit::Visit;
use crate::support::{Browser, Engine, Receiver, TestServer};

/// Hosts beside `app.example.com`.
const HOSTS: [&str; 18] = [
    "xapp.example.com",
    "x-app.example.com",
    "x.app.example.com",
    "appx.example.com",
    "app.xexample.com",
    "app.examplexcom",
    "app-example.com",
    "appexample.com",
    "app.example.comx",
    "app.example.com.evil.test",
    "app.example.com-evil.test",
    "app.example.co",
    "pp.example.com",
    "example.com",
    "com",
    "app.example.org",
    "app.evil.test",
    "evil.test",
];

/// Hosts and ports beside `localhost:3000`.
const LOCAL: [&str; 10] = [
    "localhost:30000",
    "localhost:300",
    "localhost:3001",
    "localhost",
    "localhostx:3000",
    "xlocalhost:3000",
    "x.localhost:3000",
    "localhost.evil.test:3000",
    "127.0.0.1:3000",
    "[::1]:3000",
];

/// Paths beside `/auth/callback`.
const PATHS: [&str; 14] = [
    "/auth/callbacks",
    "/auth/callback-x",
    "/auth/callback.php",
    "/auth/callback%20",
    "/auth/callback_",
    "/auth/callback:x",
    "/auth/callback,x",
    "/auth/callbac",
    "/auth/callbackauth/callback",
    "/auth/Callback",
    "/authx/callback",
    "/auth",
    "/x/auth/callback",
    "/",
];

async fn server(engine: Engine) -> TestServer {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let app = json!({"redirect_uris": ["https://app.example.com/auth/callback", "http://localhost:3000/cb"],
        "allowed_origins": ["https://app.example.com", "http://localhost:3000"]});
    set_app(&server, app).await;
    server
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn beside_a_redirect_address(#[case] engine: Engine) {
    let server = server(engine).await;
    let led = async |asked: &str| {
        let path = format!("/login?{}", query("redirect_uri", asked));
        let to = location(&log_in(&server.browser(), &path, "ada", PASSWORD).await);
        to.as_str().split("token=").next().expect("an address").trim_end_matches(['?', '&']).to_owned()
    };
    for own in
        ["https://app.example.com/auth/callback", "https://app.example.com/auth/callback/x", "http://localhost:3000/cb"]
    {
        assert_eq!(led(own).await, own, "else the tables prove nothing");
    }
    let hosts = HOSTS.iter().map(|host| format!("https://{host}/auth/callback"));
    let local = LOCAL.iter().map(|host| format!("http://{host}/cb"));
    let paths = PATHS.iter().map(|path| format!("https://app.example.com{path}"));
    let schemes = ["http://app.example.com/auth/callback", "https://localhost:3000/cb"].map(str::to_owned);
    for asked in hosts.chain(local).chain(paths).chain(schemes) {
        assert_eq!(led(&asked).await, HANDLER, "{asked}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn beside_an_allowed_origin(#[case] engine: Engine) {
    let server = server(engine).await;
    let call = async |headers: &[(&str, &str)]| {
        let login = json!({"username": "ada", "password": PASSWORD});
        server.browser().json("/v1/login", &login, headers).await.status
    };
    // A last dot and the scheme's own port name the same origin.
    for own in
        ["https://app.example.com", "http://localhost:3000", "https://app.example.com.", "https://app.example.com:443"]
    {
        assert_eq!(call(&[("origin", own)]).await, 200, "else the tables prove nothing");
        assert_eq!(call(&[("referer", &format!("{own}/any/page"))]).await, 200);
    }
    let hosts = HOSTS.iter().map(|host| format!("https://{host}"));
    let local = LOCAL.iter().map(|host| format!("http://{host}"));
    let more = [
        "http://app.example.com",
        "https://app.example.com:444",
        "https://app.example.com..",
        "https://localhost:3000",
    ];
    for origin in hosts.chain(local).chain(more.map(str::to_owned)) {
        assert_eq!(call(&[("origin", &origin)]).await, 403, "{origin}");
        for page in ["/", "/https://app.example.com/", "/?https://app.example.com"] {
            assert_eq!(call(&[("referer", &format!("{origin}{page}"))]).await, 403, "{origin}{page}");
        }
    }
    assert_eq!(call(&[("referer", "https://app.example.com@evil.test/")]).await, 403);
}

/// Login pages, an app's own domain, and the API's own host.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn beside_a_host_of_ours(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("base_url", "http://auth.example.com")]).await;
    set_app(&server, json!({"custom_domains": ["login.customer.example"]})).await;
    let page = async |host: &str| Browser::new(server.client.clone(), &server.address, host).get("/login").await.status;
    for own in ["acme.auth.example.com", "login.customer.example", "login.customer.example:8443"] {
        assert_eq!(page(own).await, 200, "{own}");
    }
    for host in [
        "xacme.auth.example.com",
        "x.acme.auth.example.com",
        "acmex.auth.example.com",
        "acme.xauth.example.com",
        "acme.auth.example.comx",
        "acme.auth.example.com.evil.test",
        "acme.x.auth.example.com",
        "acmeauth.example.com",
        "acme-auth.example.com",
        "acme.example.com",
        "acme",
        "cme.auth.example.com",
        "xlogin.customer.example",
        "x.login.customer.example",
        "login.customer.examplex",
        "login.customer.example.evil.test",
        "ogin.customer.example",
        "customer.example",
        "login-customer.example",
    ] {
        assert_eq!(page(host).await, 404, "{host}");
    }
    let api = async |host: &str| {
        let request = server.client.get(format!("{}/v1/realms", server.address)).header("host", host);
        request.header("x-authrocket-api-key", &server.key).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(api("auth.example.com").await, 200);
    assert_eq!(api("AUTH.example.com:8080").await, 200);
    assert_eq!(api("auth.example.com.").await, 200, "the same name, written out in full");
    for host in [
        "xauth.example.com",
        "x.auth.example.com",
        "auth.example.comx",
        "auth.example.com.evil.test",
        "auth.example.com..",
        "uth.example.com",
        "example.com",
        "auth-example.com",
        "localhost",
        "localhost.evil.test",
    ] {
        assert_eq!(api(host).await, 404, "{host}");
    }
}

/// Whoever is beside a proxy's network is a client, whose word does not count.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn beside_a_trusted_proxy(#[case] engine: Engine) {
    const CLIENT: &str = "198.51.100.7";
    let proxies = "127.0.0.1,10.0.0.0/8,172.16.0.0/12,192.168.1.7,2001:db8:ff::/48";
    let server = TestServer::with(engine, &[("trusted_proxies", proxies), ("tries.per_user", "1000")]).await;
    let recorded = async |hops: &str| {
        let browser = server.browser();
        let form = crate::loginrocket::visit::csrf(&browser.get("/login").await);
        let fields = [("csrf", &*form), ("username", "nobody"), ("password", "wrong-but-long-enough")];
        browser.send(Method::POST, "/login", &fields, &[("x-forwarded-for", hops)]).await;
        let told = server.get("events?event_type=user.login.failed&max_results=1").await.json(200);
        told["collection"][0]["request"]["ip"].as_str().expect("an address").to_owned()
    };
    for proxy in
        ["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.1.7", "2001:db8:ff::1", "127.0.0.1"]
    {
        assert_eq!(recorded(&format!("{CLIENT}, {proxy}")).await, CLIENT, "{proxy}");
    }
    for client in [
        "9.255.255.255",
        "11.0.0.0",
        "110.0.0.1",
        "172.15.255.255",
        "172.32.0.0",
        "192.168.1.6",
        "192.168.1.70",
        "192.168.1.77",
        "127.0.0.2",
        "127.0.0.10",
        "2001:db8:fe:ffff::1",
        "2001:db8:100::",
    ] {
        assert_eq!(recorded(&format!("{CLIENT}, {client}")).await, client);
    }
    // The other end of the connection itself.
    let server =
        TestServer::with(engine, &[("trusted_proxies", "127.0.0.2/31,127.0.0.10,126.0.0.0/8,128.0.0.0/8")]).await;
    let browser = server.browser();
    let form = crate::loginrocket::visit::csrf(&browser.get("/login").await);
    let fields = [("csrf", &*form), ("username", "nobody"), ("password", "wrong-but-long-enough")];
    browser.send(Method::POST, "/login", &fields, &[("x-forwarded-for", CLIENT)]).await;
    let told = server.get("events?event_type=user.login.failed&max_results=1").await.json(200);
    assert_eq!(told["collection"][0]["request"]["ip"], "127.0.0.1");
}

/// A network beside the one that the operator allows is as closed as any.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn beside_an_allowed_network(#[case] engine: Engine) {
    for (allowed, reached) in [
        ("127.0.0.2/31,127.0.0.10,126.0.0.0/8,128.0.0.0/8,127.0.1.0/24", false),
        ("127.0.0.0/31", true),
        ("127.0.0.1", true),
    ] {
        let server = TestServer::with(engine, &[("delivery.allowed_networks", allowed)]).await;
        let receiver = Receiver::start(|_| 200).await;
        let hook = webhook(&server, &receiver.address, json!(["user.created"])).await;
        server.user("ada").await;
        let event = newest(&server, "user.created").await;
        let told = notification(&server, &event, &hook, |one| !one["last_result"].is_null()).await;
        let refused = told["last_result"].as_str().is_some_and(|why| why.contains("is not a public address"));
        assert_eq!(refused, !reached, "{allowed}: {told}");
        assert_eq!(receiver.arrived().await.len(), usize::from(reached), "{allowed}");
    }
}

/// Whoever says to be an issuer has to be that one, in the discovery document, in the ID token and on the way back.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn beside_an_issuer(#[case] engine: Engine) {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    let own = "https://accounts.google.com";
    let come = async |claim: Option<String>, told: Option<&str>| {
        visit.providers.state().patch = Box::new(move |claims| {
            if let Some(claim) = &claim {
                claims.insert("iss".to_owned(), json!(claim));
            }
        });
        let browser = visit.server.browser();
        let back = visit.agree(browser.get("/auth/google").await.header("location")).await;
        let told = told.map(|told| format!("&{}", query("iss", told))).unwrap_or_default();
        browser.get(&format!("{back}{told}")).await.status
    };
    assert_eq!((come(None, None).await, come(Some(own.to_owned()), Some(own)).await), (302, 302));
    for host in [
        "xaccounts.google.com",
        "x.accounts.google.com",
        "accounts.google.comx",
        "accounts.google.com.evil.test",
        "accounts.google.com.",
        "accounts-google.com",
        "google.com",
        "ACCOUNTS.google.com",
        "accounts.google.com/",
        "accounts.google.com/o",
        "accounts.google.com:443",
        "evil.test/accounts.google.com",
        "accounts.google.com@evil.test",
    ] {
        let issuer = format!("https://{host}");
        assert_eq!(come(Some(issuer.clone()), None).await, 422, "{issuer} in the token");
        assert_eq!(come(None, Some(&issuer)).await, 422, "{issuer} on the way back");
    }
    for issuer in ["http://accounts.google.com", "accounts.google.co", "", "https://"] {
        assert_eq!(come(Some(issuer.to_owned()), None).await, 422, "{issuer}");
    }
}

#[tokio::test]
async fn beside_an_issuer_that_is_discovered() {
    let visit = Visit::start(Engine::Sqlite).await;
    let provider = visit.add("issuer").await;
    let begins = async || visit.server.browser().get(&format!("/auth/{}", Visit::key(&provider))).await.status;
    let own = format!("{}/issuer", visit.providers.address);
    for beside in [
        format!("{own}x"),
        format!("{own}/x"),
        own.replace("/issuer", "/issue"),
        own.replace("/issuer", "/xissuer"),
        own.replace("/issuer", "/issuer/../issuer"),
        own.replace("/issuer", ""),
        own.replace("127.0.0.1", "127.0.0.10"),
        own.replace("127.0.0.1", "127.0.0.1.evil.test"),
        own.replace("http://", "http://evil.test@"),
        own.replace("http:", "https:"),
        own.replace("/issuer", "0/issuer"),
    ] {
        visit.providers.state().called = Some(beside.clone());
        assert_eq!(begins().await, 422, "{beside}");
        // So long is a failure remembered; the next has to be asked.
        visit.advance(5_000);
    }
    visit.providers.state().called = None;
    assert_eq!(begins().await, 302);
}
