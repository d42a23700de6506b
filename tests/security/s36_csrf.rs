//! Check 36: no other site sends our forms, with or without the headers that browsers add, and no GET changes anything.
//! The forms and pages come from the router. The browser API's calls are in `tests/loginrocket/v1/cors.rs`.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::api::two_factor::{enrolled, first_step};
use crate::loginrocket::visit::{PASSWORD, RESET, VERIFICATION, csrf, events, log_in, token};
use crate::social::visit::{Visit, path};
use crate::support::{Browser, Engine, Person, TestServer};

/// What a browser may tell of a POST from elsewhere.
const ELSEWHERE: [&[(&str, &str)]; 8] = [
    &[("origin", "https://evil.test")],
    &[("origin", "null")],
    &[("origin", "http://evil.acme.localhost")],
    &[("origin", "http://acme.localhost.evil.test")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("origin", "https://evil.test"), ("sec-fetch-site", "cross-site")],
    &[("origin", "https://evil.test"), ("sec-fetch-site", "same-origin")],
];

/// What would make each form do something. The forms come from the router; one that is not here is sent without fields.
const FIELDS: [(&str, &[(&str, &str)]); 9] = [
    ("/login", &[("username", "eve"), ("password", PASSWORD)]),
    ("/login/code", &[("token", "PENDING"), ("code", "000000")]),
    ("/signup", &[("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)]),
    ("/password/forgot", &[("username", "ada")]),
    ("/password/reset", &[("token", "RESET"), ("password", "another-fine-day-99")]),
    ("/email/verify", &[("token", "VERIFY")]),
    ("/email/request", &[("token", "krs_1")]),
    // The victim came back from a provider, where eve has an account's address.
    ("/auth/link", &[("password", PASSWORD)]),
    ("/auth/signup", &[("username", "grace"), ("email", "grace@example.com")]),
];

fn forms() -> Vec<String> {
    let all = gantry_loginrocket::listed().into_iter();
    let forms: Vec<_> = all.filter(|(method, path)| *method == "POST" && !path.starts_with("/v1/")).collect();
    assert!(forms.len() >= 13, "{forms:?}");
    assert!(FIELDS.iter().all(|(path, _)| forms.iter().any(|(_, known)| known == path)));
    forms.into_iter().map(|(_, path)| path).collect()
}

/// Bob in his browser, logged in, with whatever may lie there besides, and the tokens of his mails.
struct Victim {
    visit: Visit,
    browser: Browser,
    session: String,
    tokens: [(&'static str, String); 3],
}

impl Victim {
    async fn of(engine: Engine) -> Self {
        let visit = Visit::start(engine).await;
        visit.add("google").await;
        let server = &visit.server;
        enrolled(server).await;
        visit.providers.state().now = server.clock.now_ms() / 1000;
        server.user("bob").await;
        server.user("eve").await;
        visit.providers.is(Person::new("666", Some("eve@example.com"), Some(true)));
        let browser = server.browser();
        let session = token(&log_in(&browser, "/login", "bob", PASSWORD).await);
        assert_eq!(path(&visit.come(&browser, "/auth/google").await), "/auth/link");
        let call = async |call: &str| {
            let made = server.post(&format!("users/bob/{call}"), json!({})).await.json(200);
            made["token"].as_str().expect("a token").to_owned()
        };
        let tokens = [
            ("RESET", call("generate_password_token").await),
            ("VERIFY", call("request_email_verification").await),
            ("PENDING", first_step(server).await),
        ];
        Self { visit, browser, session, tokens }
    }

    /// The form's fields, with tokens that are right.
    fn fields<'a>(&'a self, path: &str) -> Vec<(&'a str, &'a str)> {
        let fields = FIELDS.iter().find(|(known, _)| *known == path).map_or(&[][..], |(_, fields)| fields);
        let right = |value: &'static str| {
            self.tokens.iter().find(|(name, _)| *name == value).map_or(value, |(_, token)| token.as_str())
        };
        fields.iter().map(|(name, value)| (*name, right(value))).collect()
    }

    /// All that could have changed.
    async fn state(&self) -> Vec<String> {
        let server = &self.visit.server;
        // What the browser keeps for a page that it is shown changes nothing.
        let mut cookies = self.browser.cookies();
        cookies.retain(|name, _| !name.starts_with("gantry_page_"));
        let mut state = vec![format!("{cookies:?}")];
        for event in [
            "user.login.succeeded",
            "user.login.failed",
            "user.created",
            "user.updated",
            RESET,
            VERIFICATION,
            "user.password_token.consumed",
            "user.password_token.failed",
            "user.email.verified",
        ] {
            state.push(format!("{event} {}", events(server, event).await));
        }
        state.push(format!("session {}", server.get(&format!("sessions/{}", self.session)).await.status));
        state.push(format!("eve {:?}", self.visit.credentials("eve").await));
        state.push(format!("waiting {}", self.browser.get("/auth/link").await.status));
        state
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_form_from_elsewhere_is_refused_and_changes_nothing(#[case] engine: Engine) {
    let victim = Victim::of(engine).await;
    let (browser, server) = (&victim.browser, &victim.visit.server);
    let mine = csrf(&browser.get("/login").await);
    let theirs = csrf(&server.browser().get("/login").await);
    let before = victim.state().await;
    for path in forms() {
        let fields = victim.fields(&path);
        let with = |form: Option<&str>| -> Vec<(String, String)> {
            let all = fields.iter().copied().chain(form.map(|form| ("csrf", form)));
            all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        };
        let send = async |browser: &Browser, form: Option<&str>, told: &[(&str, &str)]| {
            let fields = with(form);
            let fields: Vec<_> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
            browser.send(Method::POST, &path, &fields, told).await.status
        };
        // Even with the victim's own token, what the browser tells is enough; the cookie is the victim's throughout.
        for told in ELSEWHERE {
            for form in [Some(&*mine), Some(&*theirs), None] {
                assert_eq!(send(browser, form, told).await, 403, "{path} {told:?} {form:?}");
            }
        }
        // And without those headers, the token is.
        for form in [None, Some(""), Some("0"), Some(&*theirs)] {
            assert_eq!(send(browser, form, &[]).await, 403, "{path} {form:?}");
        }
        // Without the cookie no token is right.
        for form in [&*mine, &*theirs, ""] {
            assert_eq!(send(&server.browser(), Some(form), &[]).await, 403, "{path} {form:?}");
        }
    }
    assert_eq!(victim.state().await, before);
}

/// What a link, a picture or a frame can make a browser fetch: every page there is, with all that its form takes.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_get_changes_anything(#[case] engine: Engine) {
    let victim = Victim::of(engine).await;
    let (browser, server) = (&victim.browser, &victim.visit.server);
    let mine = csrf(&browser.get("/login").await);
    let before = victim.state().await;
    let pages = gantry_loginrocket::listed().into_iter();
    let pages: Vec<_> = pages.filter(|(method, path)| *method == "GET" && !path.starts_with("/v1/")).collect();
    assert!(pages.len() >= 16, "{pages:?}");
    for (_, page) in &pages {
        let page = page.replace("{provider}", "google").replace("{version}/{file}", "x/loginrocket.js");
        for form in forms() {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(victim.fields(&form)).append_pair("csrf", &mine).append_pair("_method", "POST");
            query.append_pair("session", &victim.session).append_pair("state", "x").append_pair("error", "x");
            let path = format!("{page}?{}", query.finish());
            for told in [&[][..], ELSEWHERE[4], &[("sec-fetch-site", "none"), ("x-http-method-override", "POST")]] {
                let answer = browser.send(Method::GET, &path, &[], told).await;
                assert!(answer.status < 500, "{path}: {}", answer.text);
            }
        }
    }
    assert_eq!(victim.state().await, before);
    // It was all right but for the method.
    let form = csrf(&browser.get("/login").await);
    for path in ["/auth/link", "/email/verify", "/password/reset"] {
        let fields = [&[("csrf", &*form)][..], &victim.fields(path)].concat();
        assert_eq!(browser.send(Method::POST, path, &fields, &[]).await.status, 302, "{path}");
    }
    assert_eq!(server.get(&format!("sessions/{}", victim.session)).await.status, 404, "the reset has ended it");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn our_own_forms_pass_with_and_without_those_headers(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("eve").await;
    let own = format!("http://acme.localhost:{}", server.port);
    for told in
        [&[][..], &[("origin", own.as_str())], &[("sec-fetch-site", "same-origin")], &[("sec-fetch-site", "none")]]
    {
        let browser = server.browser();
        let form = csrf(&browser.get("/login").await);
        let fields = [("csrf", form.as_str()), ("username", "eve"), ("password", PASSWORD)];
        assert_eq!(browser.send(Method::POST, "/login", &fields, told).await.status, 302, "{told:?}");
    }
}

/// RFC 6454: an origin is a scheme, a host and a port, however they are spelled. A proxy that passes `$host:$server_port`
/// names the port that browsers leave out.
#[rstest]
#[case::sqlite(Engine::Sqlite, "http")]
#[case::postgres(Engine::Postgres, "http")]
#[case::https_sqlite(Engine::Sqlite, "https")]
#[case::https_postgres(Engine::Postgres, "https")]
#[tokio::test]
async fn an_origin_is_the_same_however_it_is_spelled(#[case] engine: Engine, #[case] scheme: &str) {
    let server = TestServer::with(engine, &[("base_url", &format!("{scheme}://auth.example.com"))]).await;
    let (own, other) = if scheme == "http" { (80, 443) } else { (443, 80) };
    let spelled = |port: u16| {
        let bare = ["acme.auth.example.com", "ACME.Auth.Example.com", "acme.auth.example.com."];
        bare.into_iter().flat_map(move |host| [host.to_owned(), format!("{host}:{port}")])
    };
    for host in spelled(own) {
        let browser = Browser::new(server.client.clone(), &server.address, &host);
        let form = csrf(&browser.get("/login").await);
        let send = async |path: &str, origin: &str| {
            browser.send(Method::POST, path, &[("csrf", &*form)], &[("origin", origin)]).await.status
        };
        for origin in spelled(own) {
            for path in forms() {
                let status = send(&path, &format!("{scheme}://{origin}")).await;
                assert_ne!(status, 403, "{path} of {host} from {origin}");
            }
        }
        let elsewhere = if scheme == "http" { "https" } else { "http" };
        let others = [format!("{elsewhere}://{host}"), format!("{scheme}://acme.auth.example.com:{other}")];
        for origin in others {
            assert_eq!(send("/login", &origin).await, 403, "{host} from {origin}");
        }
        let answer = browser.send(Method::GET, "/v1/session", &[], &[("origin", &format!("{scheme}://{host}"))]).await;
        assert_ne!(answer.status, 403, "the host's own page calls its API: {}", answer.text);
    }
    for host in ["auth.example.com", "AUTH.example.com.", "auth.example.com:443"] {
        let base = Browser::new(server.client.clone(), &server.address, host);
        assert_eq!(base.get("/healthz").await.text, "ok\n", "{host}");
    }
}

/// Other content types are what a page elsewhere can send without asking first.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn forms_come_as_forms_only(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("eve").await;
    let browser = server.browser();
    let form = csrf(&browser.get("/login").await);
    let cookie = format!("gantry_csrf={}", browser.cookies()["gantry_csrf"]);
    let json = format!("{{\"csrf\":\"{form}\",\"username\":\"eve\",\"password\":\"{PASSWORD}\"}}");
    let pairs = format!("csrf={form}&username=eve&password={PASSWORD}");
    for (kind, body) in [("application/json", &json), ("text/plain", &json), ("text/plain", &pairs), ("", &json)] {
        let request = server.client.post(format!("{}/login", server.address)).header("host", "acme.localhost");
        let request = request.header("cookie", &cookie).header("content-type", kind).body(body.clone());
        let status = request.send().await.expect("an answer").status().as_u16();
        assert!([400, 403, 415].contains(&status), "{kind}: {status}");
    }
    let query = browser.get(&format!("/login?{pairs}")).await;
    assert_eq!(query.status, 200, "a GET logs nobody in");
    assert_eq!(events(&server, "user.login.succeeded").await, 0);
}
