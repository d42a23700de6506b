//! Denial of service by templates: dangerous syntax is refused, and accepted templates are cheap in every renderer.

use std::time::{Duration, Instant};

use gantry_core::app_hooks::Renderer;
use gantry_crypto::Random;

use super::Merge;
use super::fill::check;
use super::render::render;

const RENDERERS: [Renderer; 4] = [Renderer::Html, Renderer::HtmlText, Renderer::Markdown, Renderer::Text];
/// Maximum length of a template in bytes.
const LONGEST: usize = 64 * 1024;
/// Far more than any template takes here, even unoptimised and on a busy machine; quadratic work takes longer.
const LONG: Duration = Duration::from_secs(5);

/// Markup that costs quadratic time in a careless parser when repeated.
const MARKUP: [&str; 59] = [
    "<",
    "<a",
    "<a ",
    "<a b=",
    "<a b=\"",
    "<a b='c'",
    "</",
    "</a",
    "<!--",
    "<!",
    "<?",
    "<script>",
    "<style",
    "&",
    "&amp",
    "&#1",
    "[",
    "![",
    "](",
    "[a](",
    "[a]: b\n",
    "[a][",
    "*",
    "_",
    "*a _",
    "**a",
    "`",
    "`` ` ",
    "~",
    "\\",
    "> ",
    "- ",
    "1. ",
    "#",
    "\t",
    "\n",
    "=",
    "-\n",
    "<div>",
    "<ul><li>",
    "<blockquote>",
    "<a href=x>",
    "<pre>",
    "|",
    "| a |\n",
    "<b a='{{name}}'",
    "<b {{name}} ",
    "<a href='{{url}}",
    "{{name}}{{url}}",
    "[{{url}}](",
    "`{{name}}",
    "*{{name}} _",
    "<![CDATA[",
    "<a@b",
    "http://a.b ",
    "a\n",
    "```\n",
    "> - ",
    "&nbsp;",
];

/// Repeats `part` up to the maximum length of a template.
fn filled(part: &str) -> String {
    part.repeat(LONGEST / part.len())
}

#[test]
fn what_multiplies_walks_nests_or_calls_is_refused() {
    for bomb in [
        "{% if 5 in [1]*100000000 %}{% endif %}",
        "{{ 'x' * 100000000 }}",
        "{{ 9 ** 99999999 }}",
        "{{ 1 + 1 }}{{ 3 // 2 }}{{ 3 % 2 }}{{ -3 }}",
        "{% set a = 'xxxxxxxx' %}{% set a = a ~ a %}{{ a }}",
        "{{ name ~ name }}",
        "{% set a %}{{ name }}{{ name }}{% endset %}{{ a }}",
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% for letter in token recursive %}{{ loop('a') }}{% endfor %}",
        "{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(1) }}",
        "{% call m() %}{% endcall %}",
        "{% filter upper %}{{ name }}{% endfilter %}",
        "{% with a = 1 %}{{ a }}{% endwith %}",
        "{% autoescape false %}{% endautoescape %}",
        "{% block a %}{{ self.a() }}{% endblock %}",
        "{% include 'a' %}",
        "{% import 'a' as b %}",
        "{% from 'a' import b %}",
        "{% extends 'a' %}",
        "{% do range(3) %}",
        "{{ range(100000000) }}",
        "{{ namespace() }}{{ dict() }}{{ lipsum() }}",
        "{{ name.upper() }}",
        "{{ name[::-1] }}{{ name[0:3] }}",
        "{{ [name, name] }}",
        "{{ {'a': name} }}",
        "{{ name|replace('a', 'aaaaaaaaaaaaaaaa') }}",
        "{{ name|indent(100000000) }}",
        "{{ name|center(100000000) }}",
        "{{ '%100000000s'|format(name) }}",
        "{{ name|batch(1) }}{{ name|slice(1) }}{{ name|list }}{{ name|join(name) }}",
        "{{ name|map('upper') }}{{ name|select }}{{ name|groupby('a') }}",
        "{{ name|sort }}{{ name|reverse }}{{ name|unique }}{{ name|pprint }}",
        "{{ name is divisibleby 3 }}",
        "{{ name is startingwith(name) }}",
        "{{ name|default(*name) }}{{ name|default(value=name) }}",
    ] {
        for part in bomb.split_inclusive("}}").filter(|part| part.contains("{{") && !bomb.contains("{%")) {
            assert!(check(part).is_err(), "{part}");
        }
        let told = check(bomb).expect_err(bomb);
        let rule = ["calculates, slices or calls", "uses the filter", "uses the test", "uses {% "];
        assert!(rule.iter().any(|rule| told.starts_with(rule)), "{bomb}: {told}");
        // A stored template is checked too.
        let stored = render(Renderer::Text, "s", bomb, &Merge::sample()).expect_err(bomb);
        assert_eq!(stored, format!("Email template {told}"));
        assert_eq!(render(Renderer::Text, bomb, "b", &Merge::sample()).err(), Some(format!("Email subject {told}")));
    }
}

/// A recursive parser without a depth limit overflows the stack, which aborts the process.
#[test]
fn deep_nests_are_refused_before_they_are_parsed() {
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("not ", "1", ""),
        ("-", "1", ""),
        ("1 or ", "1", ""),
        ("1 == ", "1", ""),
        ("1 if 1 else ", "1", ""),
        ("name[", "0", "]"),
        ("", "name", ".a"),
        ("", "name", "|e"),
        ("", "name", " is defined"),
        ("", "1", " if 1"),
        ("{1:", "1", "}"),
    ] {
        let depth = LONGEST / (open.len() + close.len()) - 8;
        let body = format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
        for template in [format!("{{{{{body}}}}}"), format!("{{% if {body} %}}{{% endif %}}")] {
            assert!(check(&template).is_err(), "{open}{middle}{close}");
        }
    }
    for (open, close) in [("{% if name %}", "{% endif %}"), ("{% if name %}{% else %}", "{% endif %}")] {
        let nested = |depth: usize| format!("{}{}", open.repeat(depth), close.repeat(depth));
        assert_eq!(check(&nested(32)), Ok(()));
        assert!(check(&nested(33)).is_err_and(|told| told.starts_with("nests if and elif too deeply (line 1)")));
        assert!(check(&nested(LONGEST / (open.len() + close.len()))).is_err());
    }
    let chain = |links: usize| format!("{{% if name %}}{}{{% endif %}}", "{% elif name %}".repeat(links));
    assert_eq!(check(&chain(31)), Ok(()));
    assert!(check(&chain(32)).is_err() && check(&chain(4_000)).is_err());
    assert_eq!(check(&"{% if name %}a{% elif ip %}b{% endif %}".repeat(500)), Ok(()), "beside each other");
    assert!(check(&"{{name}}".repeat(2_001)).is_err_and(|told| told.contains("at most 2000")));
}

#[test]
fn the_longest_texts_of_markup_are_read_in_time() {
    let custom = serde_json::Map::from_iter([("big".to_owned(), "<".repeat(8_000).into())]);
    let merge = Merge { custom, ..Merge::sample() };
    let mut texts: Vec<String> = MARKUP.map(filled).into();
    texts.push((0..350).map(|ticks| "`".repeat(ticks)).collect::<Vec<_>>().join(" "));
    texts.push(filled("<a href='{{custom.big}}'>").chars().take(20 * 25).collect());
    for text in texts {
        for renderer in RENDERERS {
            let began = Instant::now();
            let _ = render(renderer, "s", &text, &merge);
            assert!(began.elapsed() < LONG, "{renderer:?} {:?}: {:?}", &text[..20], began.elapsed());
        }
    }
}

/// Random templates from a grammar that exceeds the allowed one: each must be refused or rendered, in time and within
/// the limits.
#[test]
fn no_template_of_a_grammar_takes_long() {
    let random = Random::seeded(14);
    let pick = |count: usize| {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        usize::try_from(u64::from_be_bytes(bytes) % u64::try_from(count).expect("small")).expect("small")
    };
    let mut passed = 0;
    for _ in 0..1_500 {
        let template = (0..=pick(6)).map(|_| statement(&pick, 3)).collect::<String>();
        let began = Instant::now();
        let rendered = render(RENDERERS[pick(RENDERERS.len())], "s", &template, &Merge::sample());
        assert!(began.elapsed() < LONG, "{template}: {:?}", began.elapsed());
        match (check(&template), rendered) {
            (Ok(()), Ok(mail)) => {
                assert!(mail.text.len() <= 256 * 1024);
                passed += 1;
            }
            (Err(_), Err(told)) => assert!(told.starts_with("Email template "), "{told}"),
            // The error depends on the values, or the template names an unknown field.
            (Ok(()), Err(told)) => assert!(told.contains("cannot be rendered") || told.contains("too"), "{told}"),
            (Err(told), Ok(_)) => assert!(told.contains("unknown field"), "{template}: {told}"),
        }
    }
    assert!(passed > 150, "{passed}: the grammar makes what is allowed as well");
}

fn statement(pick: &dyn Fn(usize) -> usize, depth: usize) -> String {
    let some = |depth: usize| (0..pick(3)).map(|_| statement(pick, depth)).collect::<String>();
    if depth == 0 {
        return "text ".to_owned();
    }
    match pick(22) {
        0..=7 => format!("{{{{ {} }}}}", expression(pick, depth)),
        8..=13 => {
            let (first, second) = (expression(pick, depth), expression(pick, depth));
            let (yes, either, no) = (some(depth - 1), some(depth - 1), some(depth - 1));
            format!("{{% if {first} %}}{yes}{{% elif {second} %}}{either}{{% else %}}{no}{{% endif %}}")
        }
        14 => format!("{{% for a in {} %}}{}{{% endfor %}}", expression(pick, depth), some(depth - 1)),
        15 => format!("{{% set a = {} %}}", expression(pick, depth)),
        16 => format!("{{% set a %}}{}{{% endset %}}", some(depth - 1)),
        17 => format!("{{% macro m(a) %}}{}{{% endmacro %}}", some(depth - 1)),
        18 => format!("{{% filter {} %}}{}{{% endfilter %}}", FILTERS[pick(FILTERS.len())], some(depth - 1)),
        _ => ["<b>", "*a*", "\n\n- ", "[a](", "&amp;"][pick(5)].to_owned(),
    }
}

const FILTERS: [&str; 12] = [
    "upper",
    "lower",
    "trim",
    "urlencode",
    "default('a')",
    "first",
    "length",
    "tojson",
    "title",
    "safe",
    "replace('a', 'aa')",
    "indent(9999999)",
];

fn expression(pick: &dyn Fn(usize) -> usize, depth: usize) -> String {
    const FIELDS: [&str; 7] = ["name", "url", "custom.plan", "token", "'text'", "7", "a"];
    let field = FIELDS[pick(if pick(8) == 0 { 7 } else { 6 })];
    if depth == 0 {
        return field.to_owned();
    }
    let inner = || expression(pick, depth - 1);
    match pick(26) {
        0..=9 => field.to_owned(),
        10..=13 => format!("{}|{}", inner(), FILTERS[pick(if pick(4) == 0 { 12 } else { 10 })]),
        14..=16 => format!("({} {} {})", inner(), ["==", "!=", "<", "and", "or"][pick(5)], inner()),
        17 => format!("({} is defined)", inner()),
        18 => format!("(not {})", inner()),
        19 => format!("({} if {} else {})", inner(), inner(), inner()),
        20 => format!("({} in ['a', 'b'])", inner()),
        21 => format!("({} {} {})", inner(), ["*", "~", "+", "**", "%", "//"][pick(6)], inner()),
        22 => format!("{}[{}]", field, inner()),
        23 => format!("[{}, {}]", inner(), inner()),
        24 => format!("range({})", inner()),
        _ => format!("m({})", inner()),
    }
}
