//! JSON that the database keeps as text.

use gantry_db::{Cell, Column, Kind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A column that holds JSON of this type.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> Column for Json<T> {
    const KIND: Kind = Kind::Text;
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => serde_json::from_str(text).ok().map(Self),
            _ => None,
        }
    }
}

impl<T: Serialize> Json<T> {
    /// The text to store.
    pub(crate) fn text(&self) -> String {
        to_text(&self.0)
    }
}

/// The JSON text of a value whose keys are text.
pub(crate) fn to_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// Custom attributes: a JSON object that is passed on as it was stored.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Custom(Box<RawValue>);

impl Custom {
    /// From the object that a caller sent.
    pub(crate) fn from_map(map: &serde_json::Map<String, serde_json::Value>) -> Self {
        Self(RawValue::from_string(to_text(map)).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }

    /// No attributes.
    pub(crate) fn empty() -> Self {
        Self::from_map(&serde_json::Map::new())
    }

    /// The text to store.
    pub(crate) fn text(&self) -> &str {
        self.0.get()
    }

    /// The attributes as a value.
    pub fn value(&self) -> serde_json::Value {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }
}

impl PartialEq for Custom {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Column for Custom {
    const KIND: Kind = Kind::Text;
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => RawValue::from_string(text.to_owned()).ok().map(Self),
            _ => None,
        }
    }
}
