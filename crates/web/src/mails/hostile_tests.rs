//! Injection by values: in every renderer, a value is shown as it was typed.

use gantry_core::app_hooks::Renderer;

use super::render::render;
use super::{Merge, html_text, places};

const HOSTILE: [&str; 44] = [
    "[click](http://evil.test)",
    "![x](http://evil.test/x.png)",
    "[x]: http://evil.test",
    "[x][y]",
    "](http://evil.test)",
    "](http://evil.test \"title\")[",
    "]",
    "[",
    "![",
    "<http://evil.test>",
    "<evil@evil.test>",
    "http://evil.test",
    "**x**",
    "__x__",
    "*",
    "_x_",
    "a_b*c",
    "~~x~~",
    "`x`",
    "``",
    "```",
    "\\",
    "\\*",
    "# x",
    "- x",
    "1. x",
    "> x",
    "---",
    "***",
    "===",
    "| a | b |",
    "&lt;b&gt;",
    "&amp;",
    "&#60;b&#62;",
    "<b>x</b>",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</p></div></body></html>",
    "</strong><a href=\"http://evil.test\">x</a>",
    "<!--",
    "-->",
    "\"><svg/onload=alert(1)>",
    "' onmouseover='alert(1)",
    "{{token}}{% if x %}{#",
];

fn named(value: &str) -> Merge {
    Merge { first_name: Some(value.to_owned()), ..Merge::default() }
}

fn html(renderer: Renderer, body: &str, merge: &Merge) -> String {
    render(renderer, "s", body, merge).expect("it renders").html.expect("it has HTML")
}

#[test]
fn values_show_as_typed_in_markdown() {
    for (template, before, after) in [
        ("{{first_name}}", "", ""),
        ("Hello {{first_name}}, hi", "Hello ", ", hi"),
        ("Hello **{{first_name}}**!", "Hello ", "!"),
        ("*{{first_name}}*", "", ""),
        ("# {{first_name}}", "", ""),
        ("- {{first_name}}", "- ", ""),
        ("`{{first_name}}`", "", ""),
        ("    {{first_name}}", "", ""),
        ("<b>{{first_name}}</b>", "", ""),
        ("<div>{{first_name}}</div>", "", ""),
        ("[{{first_name}}](https://a.test/)", "", ":\nhttps://a.test/"),
        ("![{{first_name}}](https://a.test/a.png)", "", ""),
        ("{{first_name}}\n===", "", ""),
    ] {
        for value in HOSTILE {
            let rendered = render(Renderer::Markdown, "s", template, &named(value)).expect("it renders");
            assert_eq!(rendered.text, format!("{before}{value}{after}\n"), "{template} {value}");
        }
    }
}

/// The document has the structure that a harmless name gives, and contains the name, escaped.
#[test]
fn values_bring_no_structure_to_html() {
    let templates = [
        (
            Renderer::Markdown,
            "Hello **{{first_name}}** and {{first_name}}\n\n- {{first_name}}\n\n[a {{first_name}}](https://a.test)",
        ),
        (Renderer::Markdown, "<p title=\"{{first_name}}\">{{first_name}}</p>\n\n`{{first_name}}`"),
        (Renderer::Html, "<p title=\"{{first_name}}\">{{first_name}}</p><!-- {{first_name}} -->"),
        (Renderer::Html, "<p title={{first_name}} {{first_name}}>{{ first_name|safe }}</p>"),
        (Renderer::Html, "<!doctype html><title>{{first_name}}</title>{{ first_name|e }}"),
        (Renderer::HtmlText, "<b>{{first_name}}</b>\n---\n{{first_name}}"),
    ];
    let tags = |html: &str| html.matches('<').count();
    for (renderer, template) in templates {
        let harmless = html(renderer, template, &named("Ada"));
        for value in HOSTILE {
            let found = html(renderer, template, &named(value));
            assert_eq!(tags(&found), tags(&harmless), "{template} {value}");
            // Text may contain unescaped apostrophes and quotation marks.
            let escaped = places::escaped(value);
            let in_text = escaped.replace("&quot;", "\"").replace("&#39;", "'");
            assert!(found.contains(&escaped) || found.contains(&in_text), "{template} {value}: {found}");
        }
    }
}

#[test]
fn no_filter_lifts_the_escaping() {
    for template in [
        "{{ first_name|safe }}",
        "{{ first_name|e }}",
        "{{ first_name|escape|safe }}",
        "{{ first_name|trim }}",
        "{{ first_name|upper|lower|safe }}",
        "{{ first_name|title|capitalize }}",
        "{{ first_name|tojson|safe }}",
        "{{ custom.absent|default(first_name)|safe }}",
        "{{ first_name if first_name else '' }}",
        "{{ first_name or '' }}",
        "{{ first_name|first }}{{ first_name|last }}",
        "{{ first_name|urlencode|safe }}",
    ] {
        for value in ["<img src=x>", "[click](http://evil.test)", "**x**"] {
            let found = html(Renderer::Markdown, template, &named(value));
            let content = found.split("mail-card\"").nth(1).expect("the card");
            for bad in ["<img", "<strong", "<a "] {
                assert!(!content.contains(bad), "{template} {value}: {content}");
            }
        }
    }
}

#[test]
fn marks_are_not_forged() {
    let merge = Merge { token: Some("secret".to_owned()), ..named("a\u{FDD0}\u{FDD2}\u{FDD1}b") };
    let rendered =
        render(Renderer::Markdown, "{{first_name}}", "{{token}} {{first_name}}", &merge).expect("it renders");
    assert_eq!((rendered.subject.as_str(), rendered.text.as_str()), ("ab", "secret ab\n"));
    let rendered = render(Renderer::Text, "s", "\u{FDD0}\u{FDD2}\u{FDD1}{{token}}", &merge).expect("it renders");
    assert_eq!(rendered.text, "secret\n");
}

#[test]
fn a_value_does_not_begin_the_text_half() {
    let merge = named("x\n---\ny");
    let rendered = render(Renderer::HtmlText, "s", "<b>{{first_name}}</b>\n---\ntext", &merge).expect("it renders");
    assert_eq!(rendered.text, "text\n");
    assert!(rendered.html.expect("it has HTML").contains("<b>x\n---\ny</b>"));
}

#[test]
fn subjects_are_one_line() {
    for (value, expected) in [
        ("x\r\nBcc: a@evil.test", "Hello x Bcc: a@evil.test"),
        ("x\nBcc: a", "Hello x Bcc: a"),
        ("x\rBcc: a", "Hello x Bcc: a"),
        ("x\r\n\r\n<b>body", "Hello x  <b>body"),
        ("x\u{2028}y\u{2029}z\u{85}w\u{b}v\u{c}u", "Hello x y z w v u"),
        ("x\ty", "Hello x y"),
        ("x\0y\u{1b}z\u{7f}\u{9b}", "Hello xyz"),
        ("\u{202e}gpj.exe", "Hello gpj.exe"),
        ("x\n", "Hello x"),
        ("a & <b> \"c\" 'd'", "Hello a & <b> \"c\" 'd'"),
    ] {
        for template in ["Hello {{first_name}}", "Hello {{ first_name|safe }}", "Hello\n{{first_name}}\n"] {
            let rendered = render(Renderer::Text, template, "x", &named(value)).expect("it renders");
            assert_eq!(rendered.subject, expected, "{template} {value:?}");
        }
    }
}

#[test]
fn line_breaks_show_and_start_nothing() {
    let merge = named("a\n\n# b\n- c\n\n    d\n[x]: http://evil.test");
    let rendered = render(Renderer::Markdown, "s", "Hi {{first_name}} [x]", &merge).expect("it renders");
    assert_eq!(rendered.text, "Hi a\n\n# b\n- c\n\nd\n[x]: http://evil.test [x]\n");
    let html = rendered.html.expect("it has HTML");
    assert!(html.contains("a<br />\n<br />\n# b<br />\n- c<br />"), "{html}");
}

#[test]
fn the_layout_escapes_names_and_subjects() {
    let name = || Some("</title><script>x</script>".to_owned());
    let merge = Merge { app_name: name(), realm_name: Some("<b>".to_owned()), ..Merge::default() };
    for renderer in [Renderer::Markdown, Renderer::Html, Renderer::HtmlText] {
        let html = render(renderer, "{{app_name}}", "x", &merge).expect("it renders").html.expect("it has HTML");
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        let name = "</title><script>x</script>";
        assert_eq!(html_text::text(&html), format!("<{name}\n\nx\n\n{name} · <b>"));
    }
}
