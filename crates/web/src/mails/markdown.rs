//! Parses Markdown with placeholder marks, so that values cannot affect the parsing, and substitutes the values
//! afterwards.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

use super::address;
use super::places;
use super::values::{Piece, Values};

/// Returns the Markdown events of a template with its values. Values in `links` become links when they stand in text.
pub(super) fn events(text: &str, values: &Values, links: &[&str]) -> Vec<Event<'static>> {
    let mut reader = Reader { values, links, code: false, linked: Vec::new(), html: String::new(), events: Vec::new() };
    for event in TextMergeStream::new(Parser::new_ext(text, Options::empty())) {
        reader.read(event);
    }
    without_empty_paragraphs(reader.events)
}

struct Reader<'v> {
    values: &'v Values,
    links: &'v [&'v str],
    code: bool,
    /// For each open link and image, whether it is kept.
    linked: Vec<bool>,
    /// Content of the current HTML block, collected because it arrives line by line and a tag may span several lines.
    html: String,
    events: Vec<Event<'static>>,
}

impl Reader<'_> {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) => self.text(&text),
            Event::Code(code) => self.push(Event::Code(self.plain(&code).replace('\n', " ").into())),
            Event::Html(html) => self.html.push_str(&html),
            Event::InlineHtml(html) => self.push(Event::InlineHtml(places::html(&html, self.values).into())),
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            other => self.push(other.into_static()),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let tag = match tag {
            Tag::Link { link_type, dest_url, title, id } => self.address(&dest_url).map(|dest_url| Tag::Link {
                link_type,
                dest_url,
                title: self.plain(&title),
                id: self.plain(&id),
            }),
            Tag::Image { link_type, dest_url, title, id } => self.address(&dest_url).map(|dest_url| Tag::Image {
                link_type,
                dest_url,
                title: self.plain(&title),
                id: self.plain(&id),
            }),
            Tag::CodeBlock(kind) => {
                self.code = true;
                Some(Tag::CodeBlock(match kind {
                    CodeBlockKind::Fenced(language) => CodeBlockKind::Fenced(self.plain(&language)),
                    CodeBlockKind::Indented => CodeBlockKind::Indented,
                }))
            }
            other => Some(other),
        };
        self.events.extend(tag.map(|tag| Event::Start(tag.into_static())));
    }

    /// Returns the address of a link that begins here. If it is refused, only the link's text is kept.
    fn address(&mut self, address: &str) -> Option<CowStr<'static>> {
        let address = address::whole(address, self.values);
        self.linked.push(address.is_some());
        address.map(CowStr::from)
    }

    fn end(&mut self, tag: TagEnd) {
        let stays = match tag {
            TagEnd::Link | TagEnd::Image => self.linked.pop().unwrap_or(true),
            TagEnd::HtmlBlock => {
                let html = places::html(&std::mem::take(&mut self.html), self.values);
                self.push(Event::Html(html.into()));
                true
            }
            TagEnd::CodeBlock => {
                self.code = false;
                true
            }
            _ => true,
        };
        self.events.extend(stays.then_some(Event::End(tag)));
    }

    fn text(&mut self, text: &str) {
        if self.code {
            return self.push(Event::Text(self.plain(text)));
        }
        let pieces = self.values.pieces(text);
        for (index, piece) in pieces.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|index| pieces.get(index));
            match piece {
                Piece::Template(text) => {
                    // `<{{url}}>` is Markdown's syntax for an autolink.
                    let text = if self.is_link(before) { text.strip_prefix('>').unwrap_or(text) } else { text };
                    let opens = self.is_link(pieces.get(index + 1));
                    let text = if opens { text.strip_suffix('<').unwrap_or(text) } else { text };
                    self.push(Event::Text(text.to_owned().into()));
                }
                Piece::Value(held) if self.is_link(Some(piece)) => self.link(&held.text),
                Piece::Value(held) => self.lines(&held.text),
            }
        }
    }

    /// Returns whether this value is an address that becomes a link.
    fn is_link(&self, piece: Option<&Piece<'_>>) -> bool {
        let Some(Piece::Value(held)) = piece else { return false };
        self.linked.is_empty() && self.links.contains(&held.text.as_str()) && address::is_address(&held.text)
    }

    fn link(&mut self, address: &str) {
        let (link_type, dest_url) = (LinkType::Autolink, CowStr::from(address.to_owned()));
        let (title, id) = (CowStr::from(""), CowStr::from(""));
        self.push(Event::Start(Tag::Link { link_type, dest_url: dest_url.clone(), title, id }));
        self.push(Event::Text(dest_url));
        self.push(Event::End(TagEnd::Link));
    }

    fn lines(&mut self, text: &str) {
        for (index, line) in text.trim_matches('\n').split('\n').enumerate() {
            self.events.extend((index > 0).then_some(Event::HardBreak));
            self.events.extend((!line.is_empty()).then(|| Event::Text(line.to_owned().into())));
        }
    }

    fn plain(&self, text: &str) -> CowStr<'static> {
        self.values.plain(text).into()
    }

    fn push(&mut self, event: Event<'static>) {
        self.events.push(event);
    }
}

/// Removes paragraphs that consist only of an absent field, which would leave a gap.
fn without_empty_paragraphs(events: Vec<Event<'static>>) -> Vec<Event<'static>> {
    let mut kept: Vec<Event<'static>> = Vec::with_capacity(events.len());
    for event in events {
        let ends = matches!(event, Event::End(TagEnd::Paragraph));
        if ends && matches!(kept.last(), Some(Event::Start(Tag::Paragraph))) {
            kept.pop();
        } else {
            kept.push(event);
        }
    }
    kept
}
