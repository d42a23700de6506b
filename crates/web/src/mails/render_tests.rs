//! Tests of templates in each renderer.

use gantry_core::app_hooks::{DEFAULT_MAILS, Renderer};

use super::fill::check;
use super::render::{Rendered, render};
use super::{MailBrand, Merge};
use crate::brand_color::BrandColor;

const RENDERERS: [Renderer; 4] = [Renderer::Html, Renderer::HtmlText, Renderer::Markdown, Renderer::Text];

fn mail(renderer: Renderer, body: &str, merge: &Merge) -> Rendered {
    render(renderer, "s", body, merge).expect("it renders")
}

/// Returns the content of the layout's card.
fn content(rendered: &Rendered) -> &str {
    let html = rendered.html.as_deref().expect("it has HTML");
    let card = html.split_once("class=\"mail-card\"").expect("a card").1.split_once('>').expect("a tag").1;
    card.rsplit_once("</div>\n<p class=\"mail-quiet\"").map_or(card, |(content, _)| content).trim()
}

#[test]
fn default_mails_are_right_in_every_renderer() {
    let full = Merge::sample();
    let nameless = Merge { first_name: None, last_name: None, name: full.username.clone(), ..Merge::sample() };
    for default in &DEFAULT_MAILS {
        assert_eq!((check(default.subject), check(default.template)), (Ok(()), Ok(())), "{}", default.subject);
        for (merge, greeting) in [(&full, "Hello Ada,"), (&nameless, "Hello,")] {
            let link = if default.template.contains("{{url}}") { &merge.url } else { &merge.login_url };
            let link = link.as_deref().expect("the sample has it");
            for renderer in RENDERERS {
                let rendered = render(renderer, default.subject, default.template, merge).expect("it renders");
                assert!(rendered.subject.ends_with("Example App"), "{}", rendered.subject);
                assert!(rendered.text.starts_with(greeting), "{}", rendered.text);
                assert!(rendered.text.contains(link), "{}", rendered.text);
                assert!(!rendered.text.contains(['{', '}']), "{}", rendered.text);
                assert_eq!(rendered.html.is_none(), renderer == Renderer::Text);
                if let Some(html) = rendered.html {
                    assert!(html.contains(greeting) && html.contains(link), "{html}");
                }
            }
            let rendered = render(Renderer::Markdown, default.subject, default.template, merge).expect("it renders");
            assert!(content(&rendered).contains(&format!("<a class=\"mail-button\" href=\"{link}\"")));
            assert!(!rendered.text.contains(['*', '[', ']']), "{}", rendered.text);
        }
    }
}

#[test]
fn the_text_of_markdown_has_no_markdown() {
    let body = "# Hi *{{first_name}}*\n\nYour **plan** is `{{custom.plan}}`, see [the page](https://a.test/) or \
                <https://b.test/>.\n\n- one\n- two\n\n[Go on]({{url}})\n\n> said\n\n---\n\nBye";
    let mut merge = Merge::sample();
    merge.custom.insert("plan".to_owned(), "a*b".into());
    let expected = "Hi Ada\n\nYour plan is a*b, see the page (https://a.test/) or https://b.test/.\n\n- one\n- two\n\n\
                    Go on:\nhttps://login.example.com/confirm?token=kJ3vXq8ZtR5mWn2c\n\n> said\n\n----------\n\nBye\n";
    assert_eq!(mail(Renderer::Markdown, body, &merge).text, expected);
}

#[test]
fn odd_names_keep_the_emphasis_around_them() {
    for (name, escaped) in [("a_b*c", "a_b*c"), ("]", "]"), ("", ""), (" x ", " x "), ("<b>", "&lt;b&gt;"), (".", ".")]
    {
        let merge = Merge { username: Some(name.to_owned()), ..Merge::default() };
        let rendered = mail(Renderer::Markdown, "Hi **{{username}}**!", &merge);
        assert!(content(&rendered).contains(&format!("Hi <strong>{escaped}</strong>!")), "{}", content(&rendered));
    }
    let nameless = mail(Renderer::Markdown, "**{{username}}**\n\n{{custom.a.b}}\n\nx", &Merge::default());
    assert!(!content(&nameless).contains(['*']) && content(&nameless).matches("<p").count() == 2);
    assert_eq!(nameless.text, "x\n");
}

#[test]
fn addresses_become_links() {
    let url = Some("https://a.test/x?token=a_b*c&u=(d)".to_owned());
    let merge =
        Merge { url, username: Some("a b&c=d".to_owned()), email: Some("x@y.test".to_owned()), ..Merge::default() };
    let shown = "https://a.test/x?token=a_b*c&amp;u=(d)";
    for (body, expected) in [
        ("go [here]({{url}})", format!("href=\"{shown}\"")),
        ("go [here]( {{ url }} \"title\" )", format!("href=\"{shown}\" title=\"title\"")),
        ("go [here][x]\n\n[x]: {{url}}", format!("href=\"{shown}\"")),
        ("go to {{url}} now", format!(">{shown}</a> now")),
        ("go to <{{url}}>, now", format!(">{shown}</a>, now")),
        ("<a href=\"{{url}}\">x</a>", format!("<a href=\"{shown}\">x</a>")),
        ("<div><a\nhref='{{url}}'>x</a></div>", format!("<a\nhref='{shown}'>x</a>")),
        ("[x](https://b.test/?u={{username}}&t=1)", "href=\"https://b.test/?u=a%20b%26c%3Dd&amp;t=1\"".to_owned()),
        ("[x](https://b.test/?u={{username|urlencode}})", "href=\"https://b.test/?u=a%20b%26c%3Dd\"".to_owned()),
        ("<https://b.test/?u={{username}}>", "href=\"https://b.test/?u=a%20b%26c%3Dd\"".to_owned()),
        ("[x](mailto:{{email}})", "href=\"mailto:x@y.test\"".to_owned()),
    ] {
        let rendered = mail(Renderer::Markdown, body, &merge);
        assert!(content(&rendered).contains(&expected), "{body}: {}", content(&rendered));
        assert!(!content(&rendered).contains("&lt;"), "{body}: {}", content(&rendered));
    }
    assert_eq!(
        mail(Renderer::Text, "https://b.test/?u={{username|urlencode}}", &merge).text,
        "https://b.test/?u=a%20b%26c%3Dd\n"
    );
}

#[test]
fn a_value_that_is_no_address_is_no_link() {
    let mut merge = Merge::default();
    for bad in
        ["javascript:alert(1)", "JavaScript:x", "data:text/html,<b>", "//evil.test", "vbscript:x", " https://x", ""]
    {
        merge.custom.insert("link".to_owned(), bad.into());
        merge.url = Some(bad.to_owned());
        for body in
            ["a [b]({{custom.link}}) c", "a [b]({{url}}) c", "a [b]({{login_url}}) c", "a [b][c] c\n\n[c]: {{url}}"]
        {
            let rendered = mail(Renderer::Markdown, body, &merge);
            assert!(!content(&rendered).contains("<a "), "{}", content(&rendered));
            assert_eq!(rendered.text, "a b c\n", "{body} {bad}");
        }
    }
}

#[test]
fn a_link_alone_becomes_a_button() {
    let merge = Merge::sample();
    let is_button = |body: &str| content(&mail(Renderer::Markdown, body, &merge)).contains("class=\"mail-button\"");
    for yes in ["[Go]({{url}})", "x\n\n[*Go* on](https://a.test)\n\ny", "> [`Go`]({{login_url}})"] {
        assert!(is_button(yes), "{yes}");
    }
    for no in [
        "[Go]({{url}}).",
        "[a](https://a.test) [b](https://b.test)",
        "{{url}}",
        "<https://a.test>",
        "[{{url}}]({{url}})",
        "[Go](mailto:a@b.test)",
        "[](https://a.test)",
        "[![x](https://a.test/a.png)](https://a.test)",
        "# [Go](https://a.test)",
    ] {
        assert!(!is_button(no), "{no}");
    }
}

#[test]
fn html_is_framed_unless_it_is_a_document() {
    let merge = Merge { app_name: Some("App & Co".to_owned()), ..Merge::default() };
    let part = mail(Renderer::Html, "<p>Hi {{app_name}}</p>\n", &merge);
    assert_eq!((content(&part), part.text.as_str()), ("<p>Hi App &amp; Co</p>", "Hi App & Co\n"));
    for document in [
        "<!DOCTYPE html><title>x</title>Hi",
        "<html lang=de><body>Hi</body></html>",
        "\n<!-- x -->\n<HTML>Hi",
        "<body>Hi",
    ] {
        let rendered = mail(Renderer::Html, document, &merge);
        assert_eq!((rendered.html.as_deref(), rendered.text.as_str()), (Some(document), "Hi\n"));
    }
    // A value cannot turn a fragment into a document.
    let forged = Merge { first_name: Some("<html>".to_owned()), ..Merge::default() };
    assert!(mail(Renderer::Html, "{{first_name}}", &forged).html.expect("HTML").contains("mail-card"));
}

#[test]
fn two_halves_are_split_at_the_first_line() {
    for (body, html, text) in [
        ("<p>a</p>\n---\nb <c>\n---\nd", "<p>a</p>", "b <c>\n---\nd\n"),
        ("<p>a</p>\r\n---\r\nb", "<p>a</p>", "b\n"),
        ("<p>a</p>\n ---\n----\n--- \n", "<p>a</p>\n ---\n----\n---", "a\n\n--- ---- ---\n"),
        ("<p>a</p>", "<p>a</p>", "a\n"),
        ("<p>a</p>\n---", "<p>a</p>", "\n"),
        ("{% if true %}<p>a</p>\n---\nb{% endif %}", "<p>a</p>", "b\n"),
    ] {
        let rendered = mail(Renderer::HtmlText, body, &Merge::sample());
        assert_eq!((content(&rendered), rendered.text.as_str()), (html, text), "{body}");
    }
}

#[test]
fn text_is_as_it_is() {
    let merge = Merge { first_name: Some("<b> & *x*\r\ny\0\u{1b}".to_owned()), ..Merge::default() };
    let rendered = mail(Renderer::Text, "Hi {{first_name}} {{last_name}}|{{ custom.a.b }}|\n", &merge);
    assert_eq!((rendered.html, rendered.text.as_str()), (None, "Hi <b> & *x*\ny ||\n"));
}

#[test]
fn custom_attributes_read_well() {
    let custom = serde_json::from_value(serde_json::json!({
        "roles": ["admin", "a<b"], "count": 3, "yes": true, "none": null, "two words": "x",
    }))
    .expect("a map");
    let merge = Merge { custom, ..Merge::default() };
    let body = "{{custom.roles}}|{{custom.count}}|{{custom.yes}}|{{custom.none}}|{{custom[\"two words\"]}}";
    for renderer in RENDERERS {
        assert_eq!(mail(renderer, body, &merge).text, "admin, a<b|3|true||x\n");
    }
}

#[test]
fn the_layout_shows_the_apps_logo_and_color() {
    let brand = MailBrand {
        logo_url: Some("https://acme.test/logo.png?a=1&b=2".to_owned()),
        logo_dark_url: Some("https://acme.test/dark.png".to_owned()),
        color: BrandColor::parse("#ffd400").expect("a color"),
    };
    let merge = Merge { app_name: Some("Acme \"A\"".to_owned()), brand, ..Merge::default() };
    let html = mail(Renderer::Markdown, "[Go](https://a.test)\n\nor [there](https://b.test) now", &merge).html;
    let html = html.expect("it has HTML");
    for shown in [
        "<img src=\"https:&#x2f;&#x2f;acme.test&#x2f;logo.png?a=1&amp;b=2\" alt=\"Acme &quot;A&quot;\" height=\"40\"",
        "srcset=\"https:&#x2f;&#x2f;acme.test&#x2f;dark.png\" media=\"(prefers-color-scheme: dark)\"",
        "background-color:#ffd400;color:#000000",
        ".mail-mark, .mail-button { background-color: #ffd400 !important",
    ] {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    assert!(!html.contains("17594a") && !html.contains("86d3b8"), "{html}");
}

#[test]
fn the_layout_fetches_nothing_and_names_its_sender() {
    let rendered = mail(Renderer::Markdown, "Hi", &Merge::default());
    let html = rendered.html.expect("it has HTML");
    assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"));
    for outside in ["http", "url(", "src=", "<link", "@import", "<script"] {
        assert!(!html.contains(outside), "{outside}");
    }
    for (app, realm, footer) in [
        (Some("App".to_owned()), Some("Realm".to_owned()), Some(">App · Realm</p>")),
        (Some("App".to_owned()), Some("App".to_owned()), Some(">App</p>")),
        (None, Some("Realm".to_owned()), Some(">Realm</p>")),
        (None, None, None),
    ] {
        let merge = Merge { app_name: app, realm_name: realm, ..Merge::default() };
        let html = mail(Renderer::Html, "Hi", &merge).html.expect("it has HTML");
        assert!(footer.map_or(!html.contains("<p"), |footer| html.contains(footer)), "{html}");
    }
}

#[test]
fn what_grows_while_it_is_rendered_has_its_limit_too() {
    let merge = Merge { first_name: Some("<".repeat(90_000)), ..Merge::default() };
    for (renderer, body) in [
        (Renderer::Html, "{{first_name}}".to_owned()),
        (Renderer::Markdown, format!("{}x", "> ".repeat(20_000))),
        (Renderer::Html, "<ul><li>x".repeat(20_000)),
    ] {
        let told = render(renderer, "s", &body, &merge).err();
        assert!(told.is_none_or(|told| told == "Email template becomes longer than 256 KiB"), "{renderer:?}");
    }
    assert!(render(Renderer::Html, "s", "{{first_name}}", &merge).is_err());
}
