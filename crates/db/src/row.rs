//! Typed rows: the columns of a statement by position, with the names, kinds and nullability that the statement check
//! compares with the real tables.

use crate::value::Cell;

/// The portable column kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// TEXT in migrations.
    Text,
    /// BIGINT in migrations.
    Int,
    /// BOOLEAN in migrations.
    Bool,
    /// DOUBLE PRECISION in migrations.
    Real,
    /// BYTEA in migrations.
    Bytes,
}

impl Kind {
    /// Returns the type's name in migrations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Int => "BIGINT",
            Self::Bool => "BOOLEAN",
            Self::Real => "DOUBLE PRECISION",
            Self::Bytes => "BYTEA",
        }
    }
}

/// Declaration of one column by a row type.
#[derive(Debug, Clone, Copy)]
pub struct ColumnSpec {
    /// Name of the column in the result.
    pub name: &'static str,
    /// Portable type of the column.
    pub kind: Kind,
    /// Whether the Rust type can hold NULL.
    pub nullable: bool,
}

/// One result row of either engine.
pub trait Cells {
    /// Returns the cell at this position; NULL if there is none.
    fn cell(&self, index: usize) -> Cell<'_>;
}

/// A Rust type that one column can be read as.
pub trait Column: Sized {
    /// Portable type of the column.
    const KIND: Kind;
    /// Whether the Rust type can hold NULL.
    const NULLABLE: bool = false;
    /// Reads the cell. Returns `None` if its value is of another type.
    fn read(cell: Cell<'_>) -> Option<Self>;
}

/// A Rust type that one row can be read as; declared by [`row!`].
pub trait Row: Sized + Send + 'static {
    /// Returns the declared columns, in order.
    fn spec() -> Vec<ColumnSpec>;
    /// Number of columns.
    const WIDTH: usize;
    /// Reads the row. The error is the position of a column whose value is of another type.
    fn read(cells: &impl Cells) -> Result<Self, usize>;
}

/// Row type of statements that return no rows.
impl Row for () {
    fn spec() -> Vec<ColumnSpec> {
        Vec::new()
    }
    const WIDTH: usize = 0;
    fn read(_: &impl Cells) -> Result<Self, usize> {
        Ok(())
    }
}

/// Two rows side by side, as a join returns them.
impl<A: Row, B: Row> Row for (A, B) {
    fn spec() -> Vec<ColumnSpec> {
        let mut spec = A::spec();
        spec.extend(B::spec());
        spec
    }
    const WIDTH: usize = A::WIDTH + B::WIDTH;
    fn read(cells: &impl Cells) -> Result<Self, usize> {
        let width = A::WIDTH;
        Ok((A::read(cells)?, B::read(&From(cells, width)).map_err(|column| column + width)?))
    }
}

/// The cells of a row, starting at a position.
struct From<'a, C>(&'a C, usize);

impl<C: Cells> Cells for From<'_, C> {
    fn cell(&self, index: usize) -> Cell<'_> {
        self.0.cell(self.1 + index)
    }
}

/// Declares a struct that is also a row: fields are columns, in order.
///
/// `Struct::COLUMNS` is the comma-separated column list, to be used inside [`statements!`](crate::statements). Declared
/// as `struct User as "u"`, it also has `Struct::ALIASED`: the same list as `u.id, u.name, …` for joins.
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident $(as $alias:literal)? {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty),* $(,)?
    }) => {
        $(#[$meta])*
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $type,)*
        }

        $crate::row!(@columns $name $(as $alias)?, $($field),*);

        impl $crate::Row for $name {
            fn spec() -> Vec<$crate::ColumnSpec> {
                vec![$($crate::ColumnSpec {
                    name: stringify!($field),
                    kind: <$type as $crate::Column>::KIND,
                    nullable: <$type as $crate::Column>::NULLABLE,
                }),*]
            }
            const WIDTH: usize = [$(stringify!($field)),*].len();
            fn read(cells: &impl $crate::Cells) -> ::std::result::Result<Self, usize> {
                let mut column = 0..;
                Ok(Self {
                    $($field: {
                        let column = column.next().unwrap_or_default();
                        <$type as $crate::Column>::read(cells.cell(column)).ok_or(column)?
                    },)*
                })
            }
        }
    };
    (@columns $name:ident, $first:ident $(, $field:ident)*) => {
        impl $name {
            /// The column list, in the order of the fields.
            pub(crate) const COLUMNS: &'static str = concat!(stringify!($first) $(, ", ", stringify!($field))*);
        }
    };
    (@columns $name:ident as $alias:literal, $first:ident $(, $field:ident)*) => {
        impl $name {
            /// The column list, in the order of the fields.
            pub(crate) const COLUMNS: &'static str = concat!(stringify!($first) $(, ", ", stringify!($field))*);
            /// The column list with the table's alias.
            pub(crate) const ALIASED: &'static str =
                concat!($alias, ".", stringify!($first) $(, ", ", $alias, ".", stringify!($field))*);
        }
    };
}

impl Column for String {
    const KIND: Kind = Kind::Text;
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

impl Column for i64 {
    const KIND: Kind = Kind::Int;
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Int(value) => Some(value),
            _ => None,
        }
    }
}

impl Column for f64 {
    const KIND: Kind = Kind::Real;
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Real(value) => Some(value),
            _ => None,
        }
    }
}

impl Column for bool {
    const KIND: Kind = Kind::Bool;
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bool(value) => Some(value),
            Cell::Int(value @ (0 | 1)) => Some(value == 1),
            _ => None,
        }
    }
}

impl Column for Vec<u8> {
    const KIND: Kind = Kind::Bytes;
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bytes(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}

impl<T: Column> Column for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::read(cell).map(Some),
        }
    }
}
