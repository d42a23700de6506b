//! The pages in the visitor's language.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::visit::{PASSWORD, RESET, VERIFICATION, forget, set_login_rocket};
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
        assert!(super::visit::read(&page.text).contains(link), "{link}: {}", page.text);
    }
    let wrong = [("username", "ada"), ("password", "wrong")];
    let refused = browser.submit_from(&page, "/login?locale=de", &wrong).await;
    assert!(refused.text.contains("Benutzername und Passwort passen nicht zusammen."), "{}", refused.text);
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
