//! Splits a file into records of bounded size, each with the line on which it begins. Longer records are reported
//! without being held in memory.

use std::io::{self, BufRead};

/// Longest record, in bytes.
pub const LONGEST: usize = 1 << 20;

/// How records are terminated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// By a line feed.
    Lines,
    /// RFC 4180: by a line feed, a carriage return or both, outside of quotes.
    Csv,
}

/// One record, not yet parsed.
#[derive(Debug, PartialEq, Eq)]
pub struct RawRecord {
    /// Line on which the record begins, from 1.
    pub line: u64,
    /// The record without its terminator; `None` if it is longer than [`LONGEST`].
    pub bytes: Option<Vec<u8>>,
}

/// Position of the next byte within a CSV record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote that ends the field, unless another quote follows.
    QuoteInQuoted,
}

/// Iterator over the records of a file; skips empty ones.
#[derive(Debug)]
pub struct BoundedRecords<R> {
    file: R,
    syntax: Syntax,
    line: u64,
    /// Set after a carriage return: a line feed then belongs to the same line end.
    after_return: bool,
}

impl<R: BufRead> BoundedRecords<R> {
    /// Starts at the beginning of a file and skips its byte order mark if it has one.
    pub fn new(mut file: R, syntax: Syntax) -> io::Result<Self> {
        const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
        if file.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
            file.consume(BYTE_ORDER_MARK.len());
        }
        Ok(Self { file, syntax, line: 1, after_return: false })
    }

    fn read(&mut self) -> io::Result<Option<RawRecord>> {
        let mut record = RawRecord { line: self.line, bytes: Some(Vec::new()) };
        let (mut state, mut is_begun) = (State::FieldStart, false);
        loop {
            let buffer = self.file.fill_buf()?;
            if buffer.is_empty() {
                return Ok(is_begun.then_some(record));
            }
            let (mut used, mut ended) = (0, false);
            for &byte in buffer {
                used += 1;
                let second_half = byte == b'\n' && std::mem::take(&mut self.after_return);
                if second_half && !is_begun {
                    continue;
                }
                let ends_line = byte == b'\n' || (byte == b'\r' && self.syntax == Syntax::Csv);
                if ends_line && !second_half {
                    self.line += 1;
                }
                self.after_return = byte == b'\r' && self.syntax == Syntax::Csv;
                is_begun = true;
                if ends_line && state != State::Quoted {
                    ended = true;
                    break;
                }
                if self.syntax == Syntax::Csv {
                    state = state.after(byte);
                }
                match &mut record.bytes {
                    Some(bytes) if bytes.len() < LONGEST => bytes.push(byte),
                    _ => record.bytes = None,
                }
            }
            self.file.consume(used);
            if ended {
                return Ok(Some(record));
            }
        }
    }
}

impl State {
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::QuoteInQuoted,
            (Self::FieldStart | Self::QuoteInQuoted, b'"') | (Self::Quoted, _) => Self::Quoted,
            (_, b',') => Self::FieldStart,
            _ => Self::Plain,
        }
    }
}

impl<R: BufRead> Iterator for BoundedRecords<R> {
    type Item = io::Result<RawRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.read().transpose()? {
                Ok(RawRecord { bytes: Some(bytes), .. }) if bytes.iter().all(u8::is_ascii_whitespace) => {}
                record => return Some(record),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read, repeat};

    use proptest::prelude::*;

    use super::{BoundedRecords, LONGEST, Syntax};

    fn read(text: &str, syntax: Syntax) -> Vec<(u64, Option<String>)> {
        // A tiny buffer, so that records cross every buffer boundary.
        let file = BufReader::with_capacity(3, text.as_bytes());
        let records = BoundedRecords::new(file, syntax).expect("a file");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        records.map(|record| record.expect("read")).map(|record| (record.line, record.bytes.map(text))).collect()
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "", "\"x", "y\",2", "3,4"].join(end);
            let quoted = format!("\"x{end}y\",2");
            let expected = [(1, "a,b"), (3, &*quoted), (5, "3,4")].map(|(line, text)| (line, Some(text.to_owned())));
            assert_eq!(read(&text, Syntax::Csv), expected, "{end:?}");
            assert_eq!(read(&(text + end), Syntax::Csv), expected, "{end:?}");
        }
        let read = read("{}\r\n\r\n[]\n\n1", Syntax::Lines);
        assert_eq!(read, [(1, "{}\r"), (3, "[]"), (5, "1")].map(|(line, text)| (line, Some(text.to_owned()))));
    }

    #[test]
    fn quotes_hold_line_ends_only_where_a_field_begins_with_one() {
        for (text, records) in [
            ("a\"b\nc", &["a\"b", "c"][..]),
            ("\"a\"\"\nb\"\nc", &["\"a\"\"\nb\"", "c"]),
            ("x,\"\n\",y\nz", &["x,\"\n\",y", "z"]),
            ("\"a\"b\"\nc", &["\"a\"b\"", "c"]),
        ] {
            let read: Vec<_> = read(text, Syntax::Csv).into_iter().filter_map(|(_, text)| text).collect();
            assert_eq!(read, records, "{text:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_belongs_to_no_record() {
        for syntax in [Syntax::Lines, Syntax::Csv] {
            let records = BoundedRecords::new("\u{feff}a\n\u{feff}b".as_bytes(), syntax).expect("a file");
            let read: Vec<_> = records.map(|record| record.expect("read").bytes.expect("short")).collect();
            assert_eq!(read, ["a".as_bytes(), "\u{feff}b".as_bytes()]);
        }
    }

    #[test]
    fn a_record_that_is_too_long_is_passed_over() {
        for syntax in [Syntax::Lines, Syntax::Csv] {
            let long = repeat(b'x').take(LONGEST as u64 + 1);
            let file = BufReader::new(b"a\n".chain(long).chain(&b"\nb\n"[..]));
            let records = BoundedRecords::new(file, syntax).expect("a file").map(|record| record.expect("read"));
            let read: Vec<_> = records.map(|record| (record.line, record.bytes.map(|bytes| bytes.len()))).collect();
            assert_eq!(read, [(1, Some(1)), (2, None), (3, Some(1))]);
        }
    }

    proptest! {
        /// The `csv` crate, which parses single records, finds the same record boundaries in the whole file.
        #[test]
        fn records_end_where_a_csv_parser_says(text in "[ab,\"\r\n]{0,24}") {
            let options = || {
                let mut options = ::csv::ReaderBuilder::new();
                options.has_headers(false).flexible(true);
                options
            };
            let rows = |text: &[u8]| -> Vec<::csv::StringRecord> {
                options().from_reader(text).into_records().map(|row| row.expect("text")).collect()
            };
            let records = BoundedRecords::new(text.as_bytes(), Syntax::Csv).expect("a file");
            let read: Vec<_> = records.flat_map(|record| rows(&record.expect("read").bytes.expect("short"))).collect();
            prop_assert_eq!(read, rows(text.as_bytes()));
        }
    }
}
