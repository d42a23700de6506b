//! Names and values of queries and forms, with nesting as in Rails: `user[email]=…`, `k[]=a&k[]=b`.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// Maximum number of pairs in a query or form.
const MOST_PAIRS: usize = 1000;

/// Maximum nesting of names.
const DEEPEST: usize = 4;

/// Decodes the pairs, in order. Refuses text that is not UTF-8.
pub fn decode(text: &str) -> Result<Vec<(String, String)>, &'static str> {
    let mut pairs = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        if pairs.len() == MOST_PAIRS {
            return Err("there are more than 1000 parameters");
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((decoded(name)?, decoded(value)?));
    }
    Ok(pairs)
}

fn decoded(text: &str) -> Result<String, &'static str> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().map_err(|_| "a parameter is not UTF-8")?;
    Ok(decoded.into_owned())
}

/// Converts the pairs to nested objects and arrays of text. The last value of a name wins; names that are nested too
/// deeply are ignored.
pub fn nest(pairs: Vec<(String, String)>) -> Map<String, Value> {
    let mut root = Map::new();
    for (name, value) in pairs {
        let (first, rest) = name.split_once('[').unwrap_or((&name, ""));
        let steps: Vec<&str> = rest.split('[').map(|step| step.trim_end_matches(']')).collect();
        let steps = if rest.is_empty() { &[][..] } else { &steps[..] };
        if steps.len() <= DEEPEST {
            let slot = root.entry(first.to_owned()).or_insert(Value::Null);
            put(slot, steps, value);
        }
    }
    root
}

fn put(slot: &mut Value, steps: &[&str], value: String) {
    match steps.split_first() {
        None => *slot = Value::String(value),
        Some((&"", rest)) => {
            if !slot.is_array() {
                *slot = Value::Array(Vec::new());
            }
            if let Value::Array(items) = slot {
                put_item(items, rest, value);
            }
        }
        Some((step, rest)) => {
            if !slot.is_object() {
                *slot = Value::Object(Map::new());
            }
            if let Value::Object(map) = slot {
                put(map.entry((*step).to_owned()).or_insert(Value::Null), rest, value);
            }
        }
    }
}

/// Adds to a list. `k[][a]=1&k[][b]=2` is one object in the list; a repeated name begins the next one.
fn put_item(items: &mut Vec<Value>, steps: &[&str], value: String) {
    if let (Some(Value::Object(last)), Some(step)) = (items.last_mut(), steps.first())
        && !step.is_empty()
        && (steps.len() > 1 || !last.contains_key(*step))
    {
        return put(last.entry((*step).to_owned()).or_insert(Value::Null), &steps[1..], value);
    }
    // `k[]=` alone means the empty array.
    if !(steps.is_empty() && value.is_empty()) {
        let mut item = Value::Null;
        put(&mut item, steps, value);
        items.push(item);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{decode, nest};

    fn read(text: &str) -> Value {
        Value::Object(nest(decode(text).expect("decodes")))
    }

    #[test]
    fn names_nest_as_rails_has_it() {
        assert_eq!(
            read("user%5Bemail%5D=a%40b.c&user[name]=A+B&x=1"),
            json!({"user": {"email": "a@b.c", "name": "A B"}, "x": "1"})
        );
        assert_eq!(read("k[]=a&k[]=b"), json!({"k": ["a", "b"]}));
        assert_eq!(read("k[]="), json!({"k": []}));
        assert_eq!(
            read("m[permissions][]=p&m[custom][a]=b"),
            json!({"m": {"permissions": ["p"], "custom": {"a": "b"}}})
        );
        // Rack's own examples of hashes in lists.
        assert_eq!(read("x[y][][z]=1&x[y][][w]=2"), json!({"x": {"y": [{"z": "1", "w": "2"}]}}));
        assert_eq!(
            read("x[y][][z]=1&x[y][][w]=a&x[y][][z]=2&x[y][][w]=3"),
            json!({"x": {"y": [{"z": "1", "w": "a"}, {"z": "2", "w": "3"}]}})
        );
        assert_eq!(read("a=1&a=2"), json!({"a": "2"}));
        assert_eq!(read("flag"), json!({"flag": ""}));
    }

    #[test]
    fn what_is_not_text_is_refused() {
        assert!(decode("a=%ff").is_err());
        assert!(decode(&"a&".repeat(1001)).is_err());
    }
}
