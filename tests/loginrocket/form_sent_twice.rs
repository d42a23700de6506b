//! A form that is sent twice counts once: the second sending gets the first one's answer, also when both run at once, on
//! one node and on two. The forms come from the router.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use rstest::rstest;
use serde_json::json;

use super::visit::{PASSWORD, RESET, VERIFICATION, csrf, events, forget, hidden, log_in, set_login_rocket, token};
use crate::api::two_factor::{code, enrolled};
use crate::social::visit::{Visit, path};
use crate::support::{Answer, Browser, Engine, Person, TestServer};

/// How a form reaches the server twice.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Twice {
    /// The second after the first was answered.
    InTurn,
    /// Both at once.
    AtOnce,
    /// Both at once, on two nodes.
    OnTwoNodes,
}

const WAYS: [Twice; 3] = [Twice::InTurn, Twice::AtOnce, Twice::OnTwoNodes];

/// A form that is ready to be sent: its path and its fields.
type Ready = (String, Vec<(String, String)>);

/// A server with a second node, and a browser that is open at a form.
struct Stage {
    visit: Visit,
    other: Option<TestServer>,
}

impl Stage {
    async fn open(engine: Engine) -> Self {
        let visit = Visit::start(engine).await;
        visit.add("google").await;
        visit.providers.state().now = visit.server.clock.now_ms() / 1000;
        visit.server.user("eve").await;
        // On SQLite one process has the file.
        let other = if engine == Engine::Postgres { Some(visit.server.beside().await) } else { None };
        Self { visit, other }
    }

    fn server(&self) -> &TestServer {
        &self.visit.server
    }

    /// Sends the form twice; what both were answered.
    async fn send(&self, browser: &Browser, (path, fields): &Ready, twice: Twice) -> [Answer; 2] {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        let other = self.other.as_ref().filter(|_| twice == Twice::OnTwoNodes);
        let second = browser.at_node(&other.unwrap_or(self.server()).address);
        if twice == Twice::InTurn {
            return [browser.post(path, &fields).await, second.post(path, &fields).await];
        }
        let (first, second) = tokio::join!(browser.post(path, &fields), second.post(path, &fields));
        [first, second]
    }
}

/// The fields of a form that is open, with its hidden ones.
fn ready(page: &Answer, path: &str, more: &[(&str, &str)]) -> Ready {
    let hidden_token = page.text.contains("name=\"token\"").then(|| ("token".to_owned(), hidden(page, "token")));
    let own = [("csrf".to_owned(), csrf(page))].into_iter().chain(hidden_token);
    let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    (path.to_owned(), own.chain(more).collect())
}

/// The same redirect with the same cookies. What a page shows is sealed anew where nothing was changed.
#[track_caller]
fn are_one(answers: &[Answer; 2], place: &str) {
    let told = |answer: &Answer| -> (u16, String, Vec<String>) {
        let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().expect("text"));
        let bare = |cookie: &str| match cookie.split_once('=') {
            Some((name, _)) if name.starts_with("gantry_page_") => name.to_owned(),
            _ => cookie.to_owned(),
        };
        (answer.status, answer.header("location").to_owned(), cookies.map(bare).collect())
    };
    let [first, second] = answers;
    assert_eq!(first.status, 302, "{place}: {}", first.text);
    assert_eq!(told(second), told(first), "{place}: {}", second.text);
}

const COUNTED: [&str; 8] = [
    "user.created",
    "user.login.succeeded",
    "user.login.failed",
    "user.login.initiated",
    "user.password_token.consumed",
    "user.email.verified",
    RESET,
    VERIFICATION,
];

/// How many events of each type came since.
async fn since(server: &TestServer, before: &BTreeMap<&str, usize>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for event in COUNTED {
        counts.insert(event, events(server, event).await - before.get(event).copied().unwrap_or_default());
    }
    counts.retain(|_, count| *count > 0);
    counts
}

async fn now(server: &TestServer) -> BTreeMap<&'static str, usize> {
    since(server, &BTreeMap::new()).await
}

/// All forms, each sent twice in one way.
struct Round<'a> {
    stage: &'a Stage,
    way: Twice,
    nth: usize,
    /// The device's secret.
    secret: &'a str,
    /// The paths that forms went to.
    sent: Mutex<BTreeSet<String>>,
}

impl Round<'_> {
    fn server(&self) -> &TestServer {
        self.stage.server()
    }

    /// Sends a form twice, which records what one sending of it records; where it leads.
    async fn check(&self, browser: &Browser, form: Ready, expected: &[(&str, usize)]) -> String {
        let before = now(self.server()).await;
        let answers = self.stage.send(browser, &form, self.way).await;
        let place = format!("{} {:?}", form.0, self.way);
        are_one(&answers, &place);
        let expected: BTreeMap<&str, usize> = expected.iter().copied().collect();
        assert_eq!(since(self.server(), &before).await, expected, "{place}");
        self.sent.lock().expect("no panic").insert(form.0);
        answers[0].header("location").to_owned()
    }

    async fn logins_and_signups(&self) {
        let (server, browser) = (self.server(), self.server().browser());
        let page = browser.get("/login").await;
        let wrong = ready(&page, "/login", &[("username", "eve"), ("password", "wrong-but-long-enough")]);
        self.check(&browser, wrong, &[("user.login.failed", 1)]).await;
        let page = browser.get("/login").await;
        let right = ready(&page, "/login", &[("username", "eve"), ("password", PASSWORD)]);
        let to = self.check(&browser, right, &[("user.login.succeeded", 1)]).await;
        let session = to.split_once("token=").expect("a token").1;
        assert_eq!(server.get(&format!("sessions/{session}")).await.status, 200, "{:?}", self.way);
        self.check(&browser, ready(&browser.get("/logout").await, "/logout", &[]), &[]).await;
        assert_eq!(server.get(&format!("sessions/{session}")).await.status, 404, "{:?}", self.way);

        let page = browser.get("/signup").await;
        let (name, address) = (format!("new{}", self.nth), format!("new{}@example.com", self.nth));
        let fields = [("username", &*name), ("email", &*address), ("password", PASSWORD)];
        self.check(&browser, ready(&page, "/signup", &fields), &MADE).await;
        let page = browser.get("/browser/forget").await;
        self.check(&browser, ready(&page, "/browser/forget", &[]), &[]).await;
    }

    /// For the user who has signed up.
    async fn mails(&self) {
        let (server, browser, name) = (self.server(), self.server().browser(), format!("new{}", self.nth));
        let page = browser.get("/password/forgot").await;
        self.check(&browser, ready(&page, "/password/forgot", &[("username", &name)]), &[(RESET, 1)]).await;
        let page = browser.get(&format!("/password/reset?token={}", server.mailed_token(RESET).await)).await;
        let form = ready(&page, "/password/reset", &[("password", "another-fine-day-99")]);
        self.check(&browser, form, &[("user.password_token.consumed", 1)]).await;

        let asked = server.post(&format!("users/{name}/request_email_verification"), json!({})).await.json(200);
        let page = browser.get(&format!("/email/verify?token={}", asked["token"].as_str().expect("a token"))).await;
        self.check(&browser, ready(&page, "/email/verify", &[]), &[("user.email.verified", 1)]).await;

        set_login_rocket(server, &json!({"email_verification": "require"}), "active").await;
        let page = log_in(&browser, "/login", "eve", PASSWORD).await;
        self.check(&browser, ready(&page, "/email/request", &[]), &[(VERIFICATION, 1)]).await;
        set_login_rocket(server, &json!({}), "active").await;
        self.stage.visit.advance(3_600_000);
    }

    async fn codes(&self) {
        let (server, browser) = (self.server(), self.server().browser());
        let page = log_in(&browser, "/login", "ada", PASSWORD).await;
        let form = ready(&page, "/login/code", &[("code", "000000")]);
        self.check(&browser, form, &[("user.login.failed", 1)]).await;
        let digits = code(self.secret, server.clock.now_ms());
        let form = ready(&page, "/login/code", &[("code", &digits)]);
        self.check(&browser, form, &[("user.login.succeeded", 1)]).await;
        self.stage.visit.advance(60_000);
    }

    async fn by_another_site(&self) {
        let (visit, browser) = (&self.stage.visit, self.server().browser());
        let came = async |browser: &Browser, whose: &str, address: Option<&str>, to: &str| {
            visit.providers.is(Person::new(&format!("{whose}{}", self.nth), address, address.map(|_| true)));
            assert_eq!(path_of(&visit.come(browser, "/auth/google").await), to);
            browser.get(to).await
        };
        let page = came(&browser, "eve", Some("eve@example.com"), "/auth/link").await;
        let form = ready(&page, "/auth/link", &[("password", PASSWORD)]);
        self.check(&browser, form, &[("user.login.succeeded", 1)]).await;

        let browser = self.server().browser();
        let page = came(&browser, "ada", Some("ada@example.com"), "/auth/link").await;
        let page = browser.submit_from(&page, "/auth/link", &[("password", PASSWORD)]).await;
        let digits = code(self.secret, self.server().clock.now_ms());
        let form = ready(&page, "/auth/link/code", &[("code", &digits)]);
        self.check(&browser, form, &[("user.login.succeeded", 1)]).await;

        let browser = self.server().browser();
        let page = came(&browser, "nobody", None, "/auth/signup").await;
        let (name, address) = (format!("social{}", self.nth), format!("social{}@example.com", self.nth));
        let form = ready(&page, "/auth/signup", &[("username", &name), ("email", &address)]);
        self.check(&browser, form, &MADE).await;
        visit.advance(3_600_000);
    }
}

/// What a signup records.
const MADE: [(&str, usize); 2] = [("user.created", 1), ("user.login.succeeded", 1)];

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_second_sending_of_a_form_gets_the_first_ones_answer(#[case] engine: Engine) {
    let stage = Stage::open(engine).await;
    let device = enrolled(stage.server()).await;
    for (nth, way) in WAYS.into_iter().enumerate() {
        let round = Round { stage: &stage, way, nth, secret: &device.secret, sent: Mutex::default() };
        round.logins_and_signups().await;
        round.mails().await;
        round.codes().await;
        round.by_another_site().await;
        let sent = round.sent.into_inner().expect("no panic");
        let all = gantry_loginrocket::listed().into_iter().filter(|(method, _)| *method == "POST");
        for (_, path) in all.filter(|(_, path)| !path.starts_with("/v1/") && path != "/password/strength") {
            assert!(sent.contains(&path), "{path} was not sent twice");
        }
    }
}

fn path_of(answer: &Answer) -> String {
    path(answer).split('?').next().unwrap_or_default().to_owned()
}

/// What is typed anew is another try, also from a page that Back has shown as it was left.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn another_password_in_the_same_form_is_another_try(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("eve").await;
    let browser = server.browser();
    let page = browser.get("/login").await;
    let send = async |password: &str| {
        browser.submit_from(&page, "/login", &[("username", "eve"), ("password", password)]).await
    };
    assert_eq!(send("wrong-but-long-enough").await.status, 422);
    token(&send(PASSWORD).await);
    assert_eq!(events(&server, "user.login.failed").await, 1);
}

/// The same form in another browser, or with another form's token, is another form.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_answer_is_for_its_own_browser_and_form(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("eve").await;
    let (browser, thief) = (server.browser(), server.browser());
    let page = browser.get("/login").await;
    let fields = [("csrf", &*csrf(&page)), ("username", "eve"), ("password", PASSWORD)];
    token(&browser.post("/login", &fields).await);
    thief.get("/login").await;
    assert_eq!(thief.post("/login", &fields).await.status, 403);
    thief.plant("gantry_csrf", "A".repeat(43).as_str());
    assert_eq!(thief.post("/login", &fields).await.status, 403);
    // After five minutes it is over: the form is worked on like any other.
    server.advance(5 * 60_000);
    token(&browser.post("/login", &fields).await);
    assert_eq!(events(&server, "user.login.succeeded").await, 2);
}

/// A wrong password that is sent twice is one try of those that a user has.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_form_sent_twice_is_counted_once(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("eve").await;
    let browser = server.browser();
    for _ in 0..9 {
        let page = browser.get("/login").await;
        let fields = [("csrf", &*csrf(&page)), ("username", "eve"), ("password", "wrong-but-long-enough")];
        let (first, second) = tokio::join!(browser.post("/login", &fields), browser.post("/login", &fields));
        are_one(&[first, second], "/login");
        are_one(&[browser.post("/login", &fields).await, browser.post("/login", &fields).await], "/login");
    }
    token(&log_in(&server.browser(), "/login", "eve", PASSWORD).await);
    for _ in 0..2 {
        assert_eq!(forget(&browser, "/password/forgot", "eve").await.status, 200);
    }
}

/// A browser that sends a form twice no longer waits for the first answer.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_sending_that_nobody_waits_for_is_still_answered_once(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let browser = server.browser();
    let page = browser.get("/signup").await;
    let fields =
        [("csrf", &*csrf(&page)), ("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)];
    // The first is dropped at different moments of its work.
    let first = browser.post("/signup", &fields);
    let _ = tokio::time::timeout(std::time::Duration::from_millis(5), first).await;
    let done = browser.post("/signup", &fields).await;
    token(&done);
    assert_eq!(events(&server, "user.created").await, 1);
    assert_eq!(events(&server, "user.login.succeeded").await, 1);
}
