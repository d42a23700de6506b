//! Converts HTML to plain text for clients that do not show HTML. Keeps paragraphs, lists and link addresses.

use super::address;
use super::entities;
use super::text_flow::Flow;

/// Elements whose content is not shown.
const UNSEEN: [&str; 5] = ["script", "style", "title", "template", "noscript"];
const PARAGRAPHS: [&str; 14] =
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "section", "article", "header", "footer", "figure", "dl"];
const LINES: [&str; 11] = ["div", "tr", "main", "nav", "aside", "address", "center", "form", "dt", "dd", "figcaption"];
/// Text for `<hr>`.
const RULE: &str = "----------";

/// Returns the text of a document or a fragment.
pub(super) fn text(html: &str) -> String {
    let mut reader = Reader::default();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (before, from) = rest.split_at(start);
        reader.text(before);
        rest = reader.markup(from);
    }
    reader.text(rest);
    reader.flow.finish()
}

#[derive(Default)]
struct Reader {
    flow: Flow,
    in_head: bool,
    lists: Vec<List>,
}

/// List that is not closed yet.
struct List {
    /// Number of the next item, in an ordered list.
    next: Option<u64>,
    in_item: bool,
}

impl Reader {
    fn text(&mut self, text: &str) {
        if !self.in_head {
            self.flow.text(&entities::decoded(text));
        }
    }

    /// Reads the markup at `from`, which begins with `<`, and returns the rest.
    fn markup<'h>(&mut self, from: &'h str) -> &'h str {
        if let Some(comment) = from.strip_prefix("<!--") {
            return comment.split_once("-->").map_or("", |(_, after)| after);
        }
        if from.starts_with("<!") || from.starts_with("<?") {
            return from.split_once('>').map_or("", |(_, after)| after);
        }
        let first = from[1..].trim_start_matches('/').chars().next();
        if !first.is_some_and(|letter| letter.is_ascii_alphabetic()) {
            self.text("<");
            return &from[1..];
        }
        let Some(end) = end_of_tag(from) else {
            // An unclosed tag: the rest cannot be parsed either.
            self.text(from);
            return "";
        };
        let (tag, after) = (&from[1..end], &from[end + 1..]);
        let (closes, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let (name, attributes) =
            tag.split_at(tag.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(tag.len()));
        let name = name.to_ascii_lowercase();
        if closes {
            self.close(&name);
        } else if UNSEEN.contains(&name.as_str()) {
            return behind(after, &name);
        } else {
            self.open(&name, attributes);
        }
        after
    }

    fn open(&mut self, name: &str, attributes: &str) {
        match name {
            "head" => self.in_head = true,
            "body" => self.in_head = false,
            "br" => self.flow.line_break(),
            "hr" => {
                self.flow.block(2);
                self.flow.text(RULE);
                self.flow.block(2);
            }
            "a" => self
                .flow
                .begin_link(attribute(attributes, "href").filter(|to| address::is_address(to)).unwrap_or_default()),
            "img" => self.flow.text(&attribute(attributes, "alt").unwrap_or_default()),
            "ul" | "ol" => {
                self.list_edge();
                let first = attribute(attributes, "start").and_then(|first| first.parse().ok()).unwrap_or(1);
                self.lists.push(List { next: (name == "ol").then_some(first), in_item: false });
            }
            "li" => self.item(),
            "blockquote" => {
                self.flow.block(2);
                self.flow.indent("> ", None);
            }
            "pre" => {
                self.flow.block(2);
                self.flow.preformatted(true);
            }
            "td" | "th" => self.flow.text(" "),
            other => self.edge(other),
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "head" => self.in_head = false,
            "a" => self.flow.end_link(),
            "ul" | "ol" => {
                self.end_item();
                self.lists.pop();
                self.list_edge();
            }
            "li" => self.end_item(),
            "blockquote" => {
                self.flow.block(2);
                self.flow.dedent();
            }
            "pre" => {
                self.flow.preformatted(false);
                self.flow.block(2);
            }
            other => self.edge(other),
        }
    }

    fn item(&mut self) {
        // `</li>` is optional in HTML.
        self.end_item();
        self.flow.block(1);
        let mut marker = "- ".to_owned();
        if self.lists.is_empty() {
            self.lists.push(List { next: None, in_item: false });
        }
        if let Some(list) = self.lists.last_mut() {
            list.in_item = true;
            if let Some(number) = list.next {
                marker = format!("{number}. ");
                list.next = Some(number.saturating_add(1));
            }
        }
        self.flow.indent(&" ".repeat(marker.len()), Some(marker));
    }

    fn end_item(&mut self) {
        if let Some(list) = self.lists.last_mut()
            && std::mem::take(&mut list.in_item)
        {
            self.flow.block(1);
            self.flow.dedent();
        }
    }

    fn list_edge(&mut self) {
        self.flow.block(if self.lists.is_empty() { 2 } else { 1 });
    }

    fn edge(&mut self, name: &str) {
        if PARAGRAPHS.contains(&name) {
            self.flow.block(2);
        } else if LINES.contains(&name) {
            self.flow.block(1);
        }
    }
}

/// Returns the position of the `>` that ends a tag, ignoring those in quotes.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (index, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '>') => return Some(index),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if letter == open => quote = None,
            _ => {}
        }
    }
    None
}

/// Skips the content of an element and its end tag; returns the rest.
fn behind<'h>(html: &'h str, name: &str) -> &'h str {
    let ends = |start: &usize| address::starts_with(&html[start + 2..], name);
    let Some(start) = html.match_indices("</").map(|(start, _)| start).find(ends) else { return "" };
    html[start..].split_once('>').map_or("", |(_, after)| after)
}

/// Returns the value of an attribute.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    while let Some(equals) = rest.find('=') {
        let own = rest[..equals].trim_end().rsplit(|letter: char| letter.is_whitespace() || letter == '/').next()?;
        let from = rest[equals + 1..].trim_start();
        let quote = from.chars().next().filter(|first| ['"', '\''].contains(first));
        let (value, after) = match quote {
            Some(quote) => from[1..].split_once(quote)?,
            None => from.split_at(from.find(char::is_whitespace).unwrap_or(from.len())),
        };
        if own.eq_ignore_ascii_case(name) {
            return Some(entities::decoded(value.trim()));
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn html_reads_well_as_text() {
        for (html, expected) in [
            ("<p>One\n  line</p><p>Two</p>", "One line\n\nTwo"),
            ("a<br>b<br/>c<BR />d", "a\nb\nc\nd"),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("<h1>Title</h1>text", "Title\n\ntext"),
            ("<ul><li>a<li>b</ul><ol start=9><li>c</li><li>d</li></ol>", "- a\n- b\n\n9. c\n10. d"),
            ("<ul><li><p>a</p></li><li>b<ul><li>c</li></ul></li></ul>", "- a\n\n- b\n  - c"),
            ("<ol><li>a<br>b</li></ol>", "1. a\n   b"),
            ("<p>See <a href=\"https://a.test/?x=1&amp;y=2\">this</a>.</p>", "See this (https://a.test/?x=1&y=2)."),
            ("<p><a class='b' href='https://a.test'> <b>Go</b> on </a></p><p>x", "Go on:\nhttps://a.test\n\nx"),
            ("<ul><li><a href=https://a.test>Go</a></li></ul>", "- Go:\n  https://a.test"),
            ("<a href='https://a.test'>https://a.test</a>", "https://a.test"),
            (
                "Ask <a href='mailto:a@b.test'>a@b.test</a> or <a href=\"mailto:c@d.test\">us</a>",
                "Ask a@b.test or us (c@d.test)",
            ),
            ("<a href='#top'>Up</a> <a>x</a> <a href=''>y</a>", "Up x y"),
            ("<a href='https://a.test'><img alt='Logo' src='x'></a> x", "Logo (https://a.test) x"),
            ("<p>x</p><a href='https://a.test'><img src='x'></a>", "x\n\nhttps://a.test"),
            ("<ul><li><a href='https://a.test'>https://a.test</a></ul>", "- https://a.test"),
            ("a&nbsp;&nbsp;b &lt;c&gt; &amp;amp; &eacute;&#8230;", "a  b <c> &amp; é…"),
            ("<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n\n> b\n\nc"),
            ("<pre>a\n  b\n\n\nc</pre>d", "a\n  b\n\n\nc\n\nd"),
            ("a<hr>b", "a\n\n----------\n\nb"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn what_is_not_for_reading_is_left_out() {
        let head =
            "<!doctype html><html><head><title>T</title><meta charset=utf-8><style>p { x: '</p>' }</style></head>";
        for (html, expected) in [
            (format!("{head}<body><p>a</p></body></html>"), "a"),
            ("<html><head><title>T</title><body>a".to_owned(), "a"),
            ("a<script>if (a < b) { '</p>' }</SCRIPT>b<style>x</style >c".to_owned(), "abc"),
            ("a<!-- <b> -- > -->b<!DOCTYPE x>c<?php ?>d".to_owned(), "abcd"),
            ("a<b title='>'>b</b>".to_owned(), "ab"),
        ] {
            assert_eq!(text(&html), expected, "{html}");
        }
    }

    #[test]
    fn broken_html_loses_no_words() {
        for (html, expected) in [
            ("1 < 2 > 0 <3", "1 < 2 > 0 <3"),
            ("a<b title=\"x", "a<b title=\"x"),
            ("</li></ul></a></pre></blockquote>a<li>b", "a\n- b"),
            ("<a href='https://a.test'>a<a href='https://b.test'>b</a></a>", "ab (https://b.test)"),
            ("<a href='https://a.test'>a", "a"),
            ("a<script>b", "a"),
            ("<", "<"),
            ("</", "</"),
            ("ü<é>ü", "ü<é>ü"),
            ("", ""),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }
}
