//! Renders Markdown to HTML: plain, or with inline styles, which mail clients need.
//!
//! The classes are only for the dark colours of the layout.

use std::borrow::Cow;

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd, html};

use super::address;
use super::places::escaped;
use crate::brand_color::BrandShades;

const PARAGRAPH: &str = "<p style=\"margin:0 0 20px\">";
const ITEM: &str = "<li style=\"margin:0 0 6px\">";
const LIST: &str = "margin:0 0 20px;padding:0 0 0 24px";
const INNER_LIST: &str = "margin:6px 0 0;padding:0 0 0 24px";
const QUOTE: &str = "<blockquote class=\"mail-quote\" style=\"margin:0 0 20px;padding:0 0 0 16px;\
    border-left:3px solid #e2e0d8;color:#575b56\">";
const RULE: &str = "<hr class=\"mail-rule\" style=\"margin:28px 0;border:0;border-top:1px solid #e2e0d8\">";
const MONOSPACE: &str = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace";
const BUTTON: &str = "display:inline-block;padding:13px 24px;border-radius:12px;font-weight:650;line-height:1.4;\
    text-align:center;text-decoration:none";
const SMALL: &str = "margin:0 0 28px;color:#575b56;font-size:14px;line-height:1.5;overflow-wrap:anywhere;\
    word-break:break-word";
const SMALL_LINK: &str = "color:#575b56;text-decoration:underline";

/// Renders plain HTML, for the conversion to text.
pub(super) fn bare(events: &[Event<'static>]) -> String {
    let mut out = String::new();
    html::push_html(&mut out, events.iter().cloned());
    out
}

/// Renders HTML with the layout's inline styles in the light scheme's colors; the layout's style sheet has the dark
/// ones.
pub(super) fn dressed(events: &[Event<'static>], shades: &BrandShades) -> String {
    let mut styled: Vec<Event<'_>> = Vec::with_capacity(events.len());
    let mut rest = events;
    // The alternative text of an image must stay plain.
    let mut in_image = false;
    let mut lists = 0;
    while let Some((event, after)) = rest.split_first() {
        if let Some((address, label, after)) = lone_link(rest) {
            styled.extend(button(address, label, shades));
            rest = after;
            continue;
        }
        match event {
            Event::Start(Tag::Image { .. }) => in_image = true,
            Event::End(TagEnd::Image) => in_image = false,
            Event::Start(Tag::List(_)) => lists += 1,
            Event::End(TagEnd::List(_)) => lists -= 1,
            _ => {}
        }
        let html = if in_image { None } else { dress(event, lists > 1, shades) };
        styled.push(html.map_or_else(|| event.clone(), |html| Event::InlineHtml(html.into_owned().into())));
        rest = after;
    }
    let mut out = String::new();
    html::push_html(&mut out, styled.into_iter());
    out
}

/// A paragraph that consists of one link: its address, its label and the events after it. A link that shows its own
/// address does not become a button.
type LoneLink<'a> = (&'a str, &'a [Event<'static>], &'a [Event<'static>]);

fn lone_link<'a>(events: &'a [Event<'static>]) -> Option<LoneLink<'a>> {
    let [Event::Start(Tag::Paragraph), Event::Start(Tag::Link { dest_url, .. }), rest @ ..] = events else {
        return None;
    };
    let end = rest.iter().position(|event| matches!(event, Event::End(TagEnd::Link)))?;
    let (label, [_, Event::End(TagEnd::Paragraph), after @ ..]) = rest.split_at(end) else { return None };
    let mut text = String::new();
    for event in label {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::Start(Tag::Image { .. }) => return None,
            _ => {}
        }
    }
    let web = address::starts_with(dest_url, "https://") || address::starts_with(dest_url, "http://");
    let named = !text.trim().is_empty() && !address::is_address(text.trim());
    (web && named).then_some((dest_url, label, after))
}

/// Renders a button with its address below, for clients that show no buttons and users who check links. There are no
/// words around it, since the template may be in any language.
fn button(address: &str, label: &[Event<'static>], shades: &BrandShades) -> Vec<Event<'static>> {
    let BrandShades { accent, on_accent, edge, .. } = shades;
    let style = format!("{BUTTON};border:1px solid {edge};background-color:{accent};color:{on_accent}");
    let shown = escaped(address);
    let href = hyperlink(address);
    let open = format!("<p style=\"margin:28px 0 12px\"><a class=\"mail-button\" href=\"{href}\" style=\"{style}\">");
    let close = format!(
        "</a></p>\n<p class=\"mail-quiet\" style=\"{SMALL}\"><a class=\"mail-quiet\" href=\"{href}\" \
         style=\"{SMALL_LINK}\">{shown}</a></p>\n"
    );
    let (open, close) = (Event::InlineHtml(open.into()), Event::InlineHtml(close.into()));
    [open].into_iter().chain(label.iter().cloned()).chain([close]).collect()
}

fn dress(event: &Event<'static>, inner: bool, shades: &BrandShades) -> Option<Cow<'static, str>> {
    Some(match event {
        Event::Start(tag) => return dress_start(tag, inner, shades),
        Event::End(TagEnd::Paragraph) => "</p>\n".into(),
        Event::End(TagEnd::Heading(level)) => format!("</{level}>\n").into(),
        Event::End(TagEnd::BlockQuote(_)) => "</blockquote>\n".into(),
        Event::End(TagEnd::CodeBlock) => "</code></pre>\n".into(),
        Event::End(TagEnd::List(true)) => "</ol>\n".into(),
        Event::End(TagEnd::List(false)) => "</ul>\n".into(),
        Event::End(TagEnd::Item) => "</li>\n".into(),
        Event::End(TagEnd::Link) => "</a>".into(),
        Event::Rule => format!("{RULE}\n").into(),
        Event::Code(code) => format!(
            "<code class=\"mail-code\" style=\"padding:2px 5px;border-radius:5px;background-color:#f3f2ed;\
             {MONOSPACE};font-size:0.94em\">{}</code>",
            escaped(code)
        )
        .into(),
        _ => return None,
    })
}

/// `inner` means a list within a list.
fn dress_start(tag: &Tag<'static>, inner: bool, shades: &BrandShades) -> Option<Cow<'static, str>> {
    let list = if inner { INNER_LIST } else { LIST };
    Some(match tag {
        Tag::Paragraph => PARAGRAPH.into(),
        Tag::Heading { level, .. } => {
            let size = match level {
                HeadingLevel::H1 => 24,
                HeadingLevel::H2 => 20,
                _ => 17,
            };
            format!("<{level} style=\"margin:0 0 12px;font-size:{size}px;font-weight:650;line-height:1.3\">").into()
        }
        Tag::BlockQuote(_) => QUOTE.into(),
        Tag::CodeBlock(_) => format!(
            "<pre class=\"mail-code\" style=\"margin:0 0 20px;padding:14px 16px;border-radius:8px;\
             background-color:#f3f2ed;white-space:pre-wrap;overflow-wrap:anywhere\">\
             <code style=\"{MONOSPACE};font-size:0.94em\">"
        )
        .into(),
        Tag::List(None) => format!("<ul style=\"{list}\">\n").into(),
        Tag::List(Some(first)) => format!("<ol start=\"{first}\" style=\"{list}\">\n").into(),
        Tag::Item => ITEM.into(),
        Tag::Link { dest_url, title, .. } => {
            let title = if title.is_empty() { String::new() } else { format!(" title=\"{}\"", escaped(title)) };
            let (to, link) = (hyperlink(dest_url), &shades.link);
            let style = format!("color:{link};text-decoration:underline");
            format!("<a class=\"mail-link\" href=\"{to}\"{title} style=\"{style}\">").into()
        }
        _ => return None,
    })
}

/// Escapes an address for an attribute.
fn hyperlink(address: &str) -> String {
    escaped(&address.replace(' ', "%20"))
}
