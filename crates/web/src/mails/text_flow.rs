//! Builds plain text piece by piece: paragraphs, lists, quotes and links, with minimal white space.

/// Maximum indentation levels. Without it, a template could generate more white space than text.
const DEEPEST: usize = 16;

/// Text builder. Spaces and line breaks are written only when text follows.
#[derive(Default)]
pub(super) struct Flow {
    out: String,
    breaks: usize,
    space: bool,
    /// Indentation of each line, from the outside in.
    indents: Vec<String>,
    /// Replaces the innermost indentation on the next line.
    marker: Option<String>,
    /// The open link: its address, the start of its label, and whether that is the start of a line.
    link: Option<(String, usize, bool)>,
    /// The closed link whose address is not written yet: whether it is alone on its line so far, and its address.
    address: Option<(bool, String)>,
    preformatted: usize,
}

impl Flow {
    /// Adds text. White space is collapsed to one space, unless it is preformatted.
    pub fn text(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '\n' if self.preformatted > 0 => self.line_break(),
                ' ' if self.preformatted > 0 => self.write(' '),
                '\u{A0}' => self.write(' '),
                letter if letter.is_whitespace() => self.space = true,
                letter => self.write(letter),
            }
        }
    }

    /// Ends a block. The text that follows begins on its own line, after at least this many line breaks.
    pub fn block(&mut self, breaks: usize) {
        self.finish_link(true);
        self.breaks = self.breaks.max(breaks);
        self.space = false;
    }

    /// Ends a line, as `<br>` does.
    pub fn line_break(&mut self) {
        self.finish_link(true);
        self.breaks = if self.preformatted > 0 { self.breaks + 1 } else { (self.breaks + 1).min(2) };
        self.space = false;
    }

    /// Indents the lines up to [`Flow::dedent`].
    pub fn indent(&mut self, indent: &str, marker: Option<String>) {
        self.indents.push(indent.to_owned());
        self.marker = marker;
    }

    pub fn dedent(&mut self) {
        self.indents.pop();
        self.marker = None;
    }

    pub fn preformatted(&mut self, begins: bool) {
        self.preformatted = if begins { self.preformatted + 1 } else { self.preformatted.saturating_sub(1) };
    }

    pub fn begin_link(&mut self, address: String) {
        self.finish_link(false);
        self.link = Some((address, self.out.len(), self.breaks > 0 || self.out.is_empty()));
    }

    /// Ends a link. Keeps its address, unless the label shows it.
    pub fn end_link(&mut self) {
        let Some((address, start, starts_line)) = self.link.take().filter(|(address, ..)| !address.is_empty()) else {
            return;
        };
        let own = address.strip_prefix("mailto:").or(address.strip_prefix("tel:")).unwrap_or(&address);
        let label = self.out[start..].trim();
        if label.is_empty() {
            self.text(own);
        } else if !label.ends_with(own) {
            self.address = Some((starts_line, own.to_owned()));
        }
    }

    pub fn finish(mut self) -> String {
        self.finish_link(true);
        self.out
    }

    /// Writes the address of the closed link. A link alone on its line gets a second line, where no bracket can be
    /// mistaken for a part of the address.
    fn finish_link(&mut self, line_ends: bool) {
        let Some((alone, address)) = self.address.take() else { return };
        let indent = self.indents[..self.indents.len().min(DEEPEST)].concat();
        let parts = if alone && line_ends { [":\n", &indent, &address] } else { [" (", &address, ")"] };
        self.out.extend(parts);
    }

    fn write(&mut self, letter: char) {
        self.finish_link(false);
        if self.breaks > 0 || self.out.is_empty() {
            if !self.out.is_empty() {
                self.out.extend(std::iter::repeat_n('\n', self.breaks));
            }
            let innermost = self.marker.take();
            let outer = self.indents.len() - usize::from(innermost.is_some());
            self.out.extend(self.indents.iter().take(outer.min(DEEPEST)).map(String::as_str));
            self.out.extend(innermost);
        } else if self.space && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
        (self.breaks, self.space) = (0, false);
        self.out.push(letter);
    }
}
