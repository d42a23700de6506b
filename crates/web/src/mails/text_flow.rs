//! Plain text that is made piece by piece: paragraphs, lists, quotes and links, with no more space than they need.

/// Lists in lists are not indented further than this: a template could make more space than text.
const DEEPEST: usize = 16;

/// Text that grows. Space and line breaks are only written when something follows them.
#[derive(Default)]
pub(super) struct Flow {
    out: String,
    breaks: usize,
    space: bool,
    /// What each line begins with, from the outside in.
    indents: Vec<String>,
    /// Stands in place of the innermost indent on the next line.
    marker: Option<String>,
    /// The link that is open: its address, where its label begins, and whether that is the start of a line.
    link: Option<(String, usize, bool)>,
    /// A link that was closed: whether it is alone so far, and its address.
    address: Option<(bool, String)>,
    preformatted: usize,
}

impl Flow {
    /// Words; space between them is one space, unless it is preformatted.
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

    /// The end of a block; what follows stands on a line of its own, behind this many breaks at least.
    pub fn block(&mut self, breaks: usize) {
        self.finish_link(true);
        self.breaks = self.breaks.max(breaks);
        self.space = false;
    }

    /// One line ends, as `<br>` says.
    pub fn line_break(&mut self) {
        self.finish_link(true);
        self.breaks = if self.preformatted > 0 { self.breaks + 1 } else { (self.breaks + 1).min(2) };
        self.space = false;
    }

    /// From here to [`Flow::dedent`], lines are indented.
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

    /// Keeps the address of a link, unless the label shows it.
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

    /// Writes the address of the link that was closed. A link that has its line for itself gets a second line, where
    /// no bracket can be taken for a part of the address.
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
