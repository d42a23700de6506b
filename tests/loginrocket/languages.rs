//! The pages in the visitor's language.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use url::Url;

use super::visit::{PASSWORD, RESET, VERIFICATION, forget, hidden, log_in, read, set_login_rocket};
use crate::api::two_factor;
use crate::support::{Answer, Engine, TestServer};

/// A word of the login page in each language.
const LANGUAGES: [(&str, &str); 5] =
    [("en", "Log in"), ("es", "Iniciar sesión"), ("ja", "ログイン"), ("de", "Anmelden"), ("fr", "Se connecter")];

async fn liked(server: &TestServer, path: &str, liked: &str) -> Answer {
    server.browser().send(Method::GET, path, &[], &[("accept-language", liked)]).await
}

#[track_caller]
fn speaks(page: &Answer, tag: &str) {
    let heading = LANGUAGES.iter().find(|(known, _)| *known == tag).expect("a language").1;
    assert!(page.text.contains(&format!("<html lang=\"{tag}\">")), "{tag}: {}", page.text);
    assert!(page.text.contains(&format!("<h1>{heading}</h1>")), "{tag}: {}", page.text);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_address_names_it_or_else_the_browser(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for (tag, _) in LANGUAGES {
        speaks(&liked(&server, "/login", tag).await, tag);
        speaks(&liked(&server, &format!("/login?locale={tag}"), "tlh").await, tag);
    }
    for (path, header, expected) in [
        ("/login", "", "en"),
        ("/login", "tlh, ja;q=0.5, fr;q=0.9", "fr"),
        ("/login", "de-CH", "de"),
        ("/login?locale=es-MX", "fr", "es"),
        ("/login?locale=DE", "fr", "de"),
        ("/login?locale=tlh", "fr", "fr"),
        ("/login?locale=../../etc/passwd", "ja", "ja"),
        ("/login?locale=", "ja", "ja"),
    ] {
        speaks(&liked(&server, path, header).await, expected);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_stays_through_forms_links_and_refusals(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let browser = server.browser();
    let page = browser.get("/login?locale=de").await;
    for link in ["/signup?locale=de", "/password/forgot?locale=de", "/login?locale=de"] {
        assert!(read(&page.text).contains(link), "{link}: {}", page.text);
    }
    let wrong = [("username", "ada"), ("password", "wrong")];
    let refused = browser.submit_from(&page, "/login?locale=de", &wrong).await;
    assert!(refused.text.contains("Benutzername oder E-Mail und Passwort passen nicht zusammen."), "{}", refused.text);
    assert!(refused.text.contains("<title>Fehler: Anmelden"), "{}", refused.text);
    let short = [("username", ""), ("email", "x"), ("password", "kurz")];
    let refused = browser.submit("/signup?locale=de", &short).await;
    for sentence in [
        "Bitte ausfüllen: Benutzername",
        "Das ist keine gültige E-Mail-Adresse",
        "Das Passwort ist zu kurz (mindestens 8 Zeichen)",
    ] {
        assert!(refused.text.contains(sentence), "{sentence}: {}", refused.text);
    }
    let missing = liked(&server, "/nowhere", "fr").await;
    assert_eq!(missing.status, 404);
    assert!(missing.text.contains("Page introuvable"), "{}", missing.text);
}

/// What the rules say of a field has words in every language: nothing is left in English.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_broken_rule_is_told_in_it(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let settings = json!({
        "name_field": "required", "password_field": "confirm", "signup_mode": "user_org", "org_field": "required",
    });
    set_login_rocket(&server, &settings, "active").await;
    let list = server.get("auth_providers").await.json(200);
    let all = list["collection"].as_array().expect("a list");
    let id = all.iter().find(|one| one["provider_type"] == "password").expect("passwords")["id"].clone();
    let long = "x".repeat(300);
    let forms: [&[(&str, &str)]; 6] = [
        &[],
        &[("username", "a b"), ("email", "x"), ("first_name", "\u{7}"), ("password", "1")],
        &[
            ("username", "ada"),
            ("email", "ada@example.com"),
            ("first_name", "A"),
            ("last_name", "L"),
            ("org_name", "O"),
            ("password", PASSWORD),
            ("password_confirmation", PASSWORD),
        ],
        &[
            ("username", &long),
            ("email", &long),
            ("first_name", &long),
            ("last_name", &long),
            ("org_name", &long),
            ("password", &long),
        ],
        &[("password", "password123"), ("password_confirmation", "other"), ("email_confirmation", "e")],
        &[("username", "usr_0123456789abcdefghijkl"), ("password", "tr0mbone")],
    ];
    let mut seen = 0;
    for required in [json!([]), json!(["upper"]), json!(["special"])] {
        let path = format!("auth_providers/{}", id.as_str().expect("an id"));
        let policy = json!({"auth_provider": {"required_chars": required, "min_complexity": 3}});
        server.put(&path, policy).await.json(200);
        for form in forms {
            let browser = server.browser();
            let english = browser.submit("/signup?locale=en", form).await;
            let german = browser.submit("/signup?locale=de", form).await;
            let (english, german) = (problems(&english), problems(&german));
            assert_eq!(english.len(), german.len(), "{english:?} {german:?}");
            for sentence in &german {
                assert!(!english.contains(sentence), "not in German: {sentence}");
                seen += 1;
            }
        }
    }
    assert!(seen > 30, "{seen}");
}

fn problems(page: &Answer) -> Vec<String> {
    let list = page.text.split_once("id=\"problem\"").map(|(_, rest)| rest).unwrap_or_default();
    let list = list.split("</ul>").next().unwrap_or_default();
    let items = list.split("<li>").skip(1);
    // With or without a link around it.
    items
        .map(|item| item.split("</").next().unwrap_or_default().rsplit('>').next().unwrap_or_default().to_owned())
        .collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn mails_speak_it_until_they_are_edited(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    forget(&browser, "/password/forgot?locale=ja", "ada").await;
    let mail = server.mailed(RESET).await.expect("a mail");
    assert!(mail.text.contains("Ada 様") && mail.text.contains("新しいパスワード"), "{}", mail.text);
    assert!(mail.token.is_some());
    server.post("users/ada/request_email_verification", json!({})).await.json(200);
    let mail = server.mailed(VERIFICATION).await.expect("a mail");
    assert!(mail.text.contains("Please confirm that"), "nothing is known of the reader: {}", mail.text);

    let hooks = server.get("app_hooks").await.json(200);
    let all = hooks["collection"].as_array().expect("a list");
    let of_reset = |hook: &&serde_json::Value| hook["event_type"] == json!([RESET]);
    let id = all.iter().find(of_reset).expect("the reset mail")["id"].as_str().expect("an id").to_owned();
    let edited = json!({"app_hook": {"email_template": "Our own words in {{locale}}: {{url}}"}});
    server.put(&format!("app_hooks/{id}"), edited).await.json(200);
    forget(&browser, "/password/forgot?locale=ja", "ada").await;
    let mail = server.mailed(RESET).await.expect("a mail");
    assert!(mail.text.starts_with("Our own words in ja: http"), "{}", mail.text);
}

/// What each language calls itself.
const NAMES: [(&str, &str); 5] =
    [("de", "Deutsch"), ("en", "English"), ("es", "Español"), ("fr", "Français"), ("ja", "日本語")];

/// The links at the foot of the page, as (tag, name, address); none where there is no such list. The page's own language
/// has to be the one that is marked.
#[track_caller]
fn choices(page: &Answer, path: &str) -> Vec<(String, String, Url)> {
    let text = read(&page.text);
    let own = between(&text, "<html lang=\"", "\"");
    let Some((_, list)) = text.split_once("<nav class=\"languages\"") else { return Vec::new() };
    let list = list.split("</nav>").next().expect("its end");
    let here = Url::parse("http://acme.localhost").and_then(|host| host.join(path)).expect("an address");
    let links = list.split("<a ").skip(1).map(|link| {
        let tag = between(link, " lang=\"", "\"");
        assert_eq!(between(link, "hreflang=\"", "\""), tag);
        assert_eq!(link.contains("aria-current=\"true\""), tag == own, "{link}");
        let address = here.join(between(link, "href=\"", "\"")).expect("an address");
        (tag.to_owned(), between(link, ">", "</a>").to_owned(), address)
    });
    links.collect()
}

#[track_caller]
fn between<'t>(text: &'t str, begin: &str, end: &str) -> &'t str {
    text.split_once(begin).and_then(|(_, rest)| rest.split_once(end)).expect(begin).0
}

/// Of an address's parameters, those that the page has in any language.
fn kept(url: &Url) -> Vec<(String, String)> {
    let is_kept = |name: &str| ["redir", "redirect_uri", "prompt", "notice"].contains(&name);
    url.query_pairs().into_owned().filter(|(name, _)| is_kept(name)).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_page_leads_to_itself_in_every_language(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../locales")).expect("the languages").count();
    for path in [
        "/login",
        "/login?locale=fr&redir=%2Fa%3Fb%3Dc%26d&redirect_uri=https%3A%2F%2Fapp.example.com%2F%C3%BC%3Fy%3Dz",
        "/login?prompt=login&notice=password&next=%2F%2Fevil.test",
        "/signup?redir=%2Fwelcome",
        "/password/forgot",
        "/password/reset",
        "/email/verify",
        "/browser/forget",
        "/auth/link",
        "/nothing/here?a=%22%3E%3Cb%3E",
    ] {
        let page = liked(&server, path, "es").await;
        let links = choices(&page, path);
        let told: Vec<_> = links.iter().map(|(tag, name, _)| (tag.as_str(), name.as_str())).collect();
        assert_eq!(told, NAMES, "{path}");
        assert_eq!(told.len(), files, "one for each file");
        let here = Url::parse(&format!("http://acme.localhost{path}")).expect("an address");
        for (tag, _, url) in links {
            let mut expected = kept(&here);
            expected.push(("locale".to_owned(), tag.clone()));
            let led: Vec<_> = url.query_pairs().into_owned().collect();
            assert_eq!((url.path(), led), (here.path(), expected), "nothing else is said again");
            let there = format!("{}?{}", url.path(), url.query().expect("a language"));
            let same = liked(&server, &there, "es").await;
            assert_eq!(same.status, page.status, "{there}");
            assert!(same.text.contains(&format!("<html lang=\"{tag}\">")), "{there}: {}", same.text);
            assert_eq!(choices(&same, &there).len(), files, "{there}");
        }
    }
}

/// From there the form is opened anew, in the language and with what leads back to the app.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_a_form_led_to_is_there_in_each_language(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("tries.per_user", "1")]).await;
    let browser = server.browser();
    let path = "/login?notice=email&redir=%2Fdeep&locale=fr";
    for expected in [422, 429] {
        let refused = log_in(&browser, path, "nobody", "wrong").await;
        assert_eq!(refused.status, expected);
        let links = choices(&refused, path);
        assert_eq!(links.len(), NAMES.len(), "{}", refused.text);
        for (tag, _, url) in links {
            let of_form = url.query_pairs().filter(|(name, _)| name == "form").count();
            let others: Vec<_> = url.query_pairs().filter(|(name, _)| name != "form").collect();
            let expected = [("redir".into(), "/deep".into()), ("locale".into(), tag.clone().into())];
            assert_eq!((url.path(), of_form, &others[..]), ("/login", 1, &expected[..]));
        }
    }
    // Whoever has to wait is still with the app, and finds back.
    let limited = log_in(&browser, path, "nobody", "wrong").await;
    assert!(limited.text.contains("<p class=\"name\">Acme</p>"), "{}", limited.text);
    assert!(read(&limited.text).contains("href=\"/login?redir=%2Fdeep&locale=fr\""), "{}", limited.text);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn logging_out_and_forgetting_the_browser_keep_it(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    log_in(&browser, "/login?locale=de", "ada", PASSWORD).await;
    let asked = browser.get("/logout?locale=de").await;
    for link in ["action=\"/logout?locale=de\"", "href=\"/browser/forget?locale=de\""] {
        assert!(read(&asked.text).contains(link), "{link}: {}", asked.text);
    }
    let done = browser.submit_from(&asked, "/logout?locale=de", &[]).await;
    assert_eq!((done.status, done.header("location")), (302, "/login?locale=de&notice=logged-out"));
    let login = browser.get(done.header("location")).await;
    assert!(login.text.contains("<p>Sie sind abgemeldet.</p>"), "{}", login.text);
    let page = browser.get("/browser/forget?locale=de").await;
    assert!(read(&page.text).contains("action=\"/browser/forget?locale=de\""), "{}", page.text);
    let forgotten = browser.submit_from(&page, "/browser/forget?locale=de", &[]).await;
    assert!(read(&forgotten.text).contains("href=\"/login?locale=de\""), "{}", forgotten.text);
}

/// No link has a token in it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn pages_with_a_token_have_links_without_it(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = two_factor::enrolled(&server).await;
    let browser = server.browser();
    // Each link leads to the same page, with the same token in its form.
    let lead_back = async |page: &Answer, path: &str, says: &str| {
        let token = hidden(page, "token");
        assert!(page.text.contains(says), "{path}: {}", page.text);
        let links = choices(page, path);
        assert_eq!(links.len(), NAMES.len(), "{path}: {}", page.text);
        for (tag, _, url) in links {
            assert!(!url.as_str().contains(&token), "{url}");
            let there = browser.get(&format!("{}?{}", url.path(), url.query().expect("a query"))).await;
            assert_eq!((there.status, hidden(&there, "token")), (page.status, token.clone()), "{tag}: {}", there.text);
            assert!(there.text.contains(&format!("<html lang=\"{tag}\"")), "{tag}");
        }
    };
    for path in ["/auth/callback?code=a&state=b", "/nothing/here?token=kpw_1", "/password/reset?token=kpw_1"] {
        let page = browser.get(path).await;
        assert!(page.text.contains("<h1>") && choices(&page, path).is_empty(), "{path}: {}", page.text);
    }
    let asked = log_in(&browser, "/login", "ada", PASSWORD).await;
    lead_back(&asked, "/login/code", "Enter your code").await;
    let wrong = two_factor::wrong_code(&device.secret, server.clock.now_ms());
    let fields = [("token", &*hidden(&asked, "token")), ("code", &*wrong)];
    let refused = browser.submit_from(&asked, "/login/code", &fields).await;
    lead_back(&refused, "/login/code", "That code is not right").await;

    forget(&browser, "/password/forgot", "ada").await;
    let token = server.mailed_token(RESET).await;
    let page = browser.get(&format!("/password/reset?token={token}")).await;
    lead_back(&page, "/password/reset", "Choose a new password").await;
    let refused = browser.submit_from(&page, "/password/reset", &[("token", &token), ("password", "short")]).await;
    lead_back(&refused, "/password/reset", "too short").await;

    set_login_rocket(&server, &json!({"email_verification": "require"}), "active").await;
    let unproven = log_in(&browser, "/login", "ada", PASSWORD).await;
    lead_back(&unproven, "/email/request", "Confirm your email address first").await;
    let token = server.mailed_token(VERIFICATION).await;
    let page = browser.get(&format!("/email/verify?token={token}")).await;
    lead_back(&page, "/email/verify", "One click").await;
}
