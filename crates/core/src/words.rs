//! Closed sets of words: enums with one text on the wire, in the database and in error messages.

use gantry_db::{Cell, Column, Kind};

use crate::fields::{Fields, Sent};

/// Enum whose values are words.
pub trait Word: Copy + 'static {
    /// Every word, in the order of the variants.
    const TEXTS: &'static [&'static str];
    /// Returns the value of this word.
    fn parse(text: &str) -> Option<Self>;
    /// Returns the word.
    fn as_str(self) -> &'static str;
}

/// Reads a field that contains one of the words.
pub fn word<W: Word>(fields: &mut Fields, name: &'static str) -> Sent<W> {
    match fields.choice(name, W::TEXTS) {
        Sent::Value(text) => W::parse(text).map_or(Sent::Absent, Sent::Value),
        Sent::Null => Sent::Null,
        Sent::Absent => Sent::Absent,
    }
}

/// Reads a column that contains one of the words.
pub(crate) fn from_cell<W: Word>(cell: Cell<'_>) -> Option<W> {
    match cell {
        Cell::Text(text) => W::parse(text),
        _ => None,
    }
}

/// Column kind of such an enum.
pub(crate) const KIND: Kind = <String as Column>::KIND;

/// Declares such an enum: `words! { /// doc pub enum State { /// doc Active = "active", … } }`.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $crate::words::Word for $name {
            const TEXTS: &'static [&'static str] = &[$($text),+];
            fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
            fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl gantry_db::Column for $name {
            const KIND: gantry_db::Kind = $crate::words::KIND;
            fn read(cell: gantry_db::Cell<'_>) -> Option<Self> {
                $crate::words::from_cell(cell)
            }
        }

        impl From<$name> for gantry_db::Value<'_> {
            fn from(value: $name) -> Self {
                Self::Text($crate::words::Word::as_str(value))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::words::Word::as_str(*self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'_, str> as serde::Deserialize>::deserialize(deserializer)?;
                $crate::words::Word::parse(&text)
                    .ok_or_else(|| serde::de::Error::unknown_variant(&text, <Self as $crate::words::Word>::TEXTS))
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Whether a thing is in use.
    pub enum State {
        /// In use.
        Active = "active",
        /// Kept, but refused wherever it would be used.
        Inactive = "inactive",
    }
}
