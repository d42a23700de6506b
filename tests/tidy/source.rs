//! Rust files as the tidiness rules see them: code without comments and strings, and the strings by themselves.
//!
//! Lines keep their numbers. This is no parser: it knows comments, string and character literals, and braces.

/// One Rust file, taken apart.
pub(super) struct Source<'t> {
    /// Relative to the repository's root.
    pub(super) path: &'t str,
    /// The file as it is.
    pub(super) text: &'t str,
    /// The text without comments and contents of literals, line by line as in the file.
    pub(super) code: String,
    /// String literals with the line each begins at.
    pub(super) literals: Vec<(usize, String)>,
}

impl<'t> Source<'t> {
    /// Reads a file.
    pub(super) fn new(path: &'t str, text: &'t str) -> Self {
        let mut scanner = Scanner { rest: text, line: 1, code: String::new(), literals: Vec::new() };
        while scanner.advance() {}
        Self { path, text, code: scanner.code, literals: scanner.literals }
    }

    /// One fault: where, and the way out.
    pub(super) fn fault(&self, line: usize, way_out: &str) -> String {
        format!("{}:{line}: {way_out}", self.path)
    }
}

/// Just enough of Rust's lexer to tell code, comments and strings apart.
struct Scanner<'t> {
    rest: &'t str,
    line: usize,
    code: String,
    literals: Vec<(usize, String)>,
}

impl Scanner<'_> {
    /// Eats one token; false at the end.
    fn advance(&mut self) -> bool {
        let rest = self.rest;
        let Some(first) = rest.chars().next() else { return false };
        let in_word = self.code.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        if rest.starts_with("//") {
            self.skip(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.skip(block_comment(rest));
        } else if let Some((open, close)) = raw_string(rest).filter(|_| !in_word) {
            let end = rest[open..].find(&close).map_or(rest.len(), |at| open + at);
            self.literal(open, end, end + close.len());
        } else if first == '"' {
            let end = closing_quote(rest);
            self.literal(1, end, end + 1);
        } else if let Some(length) = char_literal(rest) {
            self.skip(length);
        } else {
            self.code.push(first);
            self.line += usize::from(first == '\n');
            self.rest = &rest[first.len_utf8()..];
        }
        true
    }

    fn literal(&mut self, from: usize, to: usize, end: usize) {
        self.literals.push((self.line, self.rest[from..to].to_owned()));
        self.skip(end.min(self.rest.len()));
    }

    /// Leaves the line breaks of what is skipped, so that lines keep their numbers.
    fn skip(&mut self, length: usize) {
        let (skipped, rest) = self.rest.split_at(length);
        let breaks = skipped.matches('\n').count();
        self.code.push(' ');
        self.code.extend(std::iter::repeat_n('\n', breaks));
        self.line += breaks;
        self.rest = rest;
    }
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let (change, step) = match rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (1, 2),
            [b'*', b'/', ..] => (-1, 2),
            _ => (0, 1),
        };
        depth = depth.saturating_add_signed(change);
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

/// Where the content of a raw string begins, and what ends it.
fn raw_string(rest: &str) -> Option<(usize, String)> {
    let marks = ["r", "br", "cr"].into_iter().find_map(|prefix| rest.strip_prefix(prefix))?;
    let hashes = marks.len() - marks.trim_start_matches('#').len();
    let opened = marks[hashes..].starts_with('"');
    opened.then(|| (rest.len() - marks.len() + hashes + 1, format!("\"{}", "#".repeat(hashes))))
}

fn closing_quote(rest: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            '"' if !escaped => return at,
            _ => escaped = letter == '\\' && !escaped,
        }
    }
    rest.len()
}

/// The length of a character literal; a lifetime is none.
fn char_literal(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if let Some(escape) = inner.strip_prefix('\\') {
        let letter = escape.chars().next()?.len_utf8();
        return escape[letter..].find('\'').map(|at| 2 + letter + at + 1);
    }
    let letter = inner.chars().next()?.len_utf8();
    inner[letter..].starts_with('\'').then_some(letter + 2)
}

/// Where each function with a body begins, and how many lines stand between its braces.
pub(super) fn functions(code: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let ends_a_word = code[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let body = code[at..].find(['{', ';']).map(|offset| at + offset).filter(|open| code[*open..].starts_with('{'));
        if let Some(open) = body.filter(|_| !ends_a_word) {
            let line = code[..at].matches('\n').count() + 1;
            found.push((line, code[open..open + block(&code[open..])].matches('\n').count().saturating_sub(1)));
        }
    }
    found
}

fn block(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, letter) in code.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 1 => return at,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}
