//! Language negotiation (RFC 9110, section 12.5.4).

/// Maximum number of tags that are read of a header, more than any browser sends.
const MOST: usize = 20;

/// Returns the tags of an `Accept-Language` header by descending weight, without those of weight 0.
pub(super) fn preferred(header: &str) -> Vec<&str> {
    let mut wanted: Vec<(&str, f32)> = header.split(',').take(MOST).filter_map(weighed).collect();
    wanted.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    wanted.into_iter().map(|(tag, _)| tag).collect()
}

fn weighed(part: &str) -> Option<(&str, f32)> {
    let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
    let weight = match parameters.trim().strip_prefix("q=") {
        Some(weight) => weight.trim().parse().ok()?,
        None => 1.0,
    };
    let tag = tag.trim();
    (!tag.is_empty() && weight > 0.0).then_some((tag, weight))
}

/// Looks up the tag, then the tag without its last part, and so on (RFC 4647, section 3.4).
pub(super) fn best<T>(tag: &str, find: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut tag = tag;
    loop {
        if let Some(found) = find(tag) {
            return Some(found);
        }
        tag = tag.rsplit_once('-')?.0;
    }
}

#[cfg(test)]
mod tests {
    use super::{best, preferred};

    #[test]
    fn the_most_wanted_comes_first() {
        assert_eq!(preferred("da, en-gb;q=0.8, en;q=0.7"), ["da", "en-gb", "en"], "RFC 9110's own example");
        assert_eq!(preferred("en;q=0.7,da ; q=0.8 ,*;q=0.1"), ["da", "en", "*"]);
        assert_eq!(preferred("fr;q=0, de;q=0.5"), ["de"], "not wanted");
        assert_eq!(preferred(",;q=1,,es;q=x, ja;q=0.3"), ["ja"], "what cannot be read");
        assert_eq!(preferred(&"x,".repeat(1000)).len(), 20);
    }

    #[test]
    fn a_region_speaks_its_language() {
        let find = |tag: &str| ["de", "pt-BR"].into_iter().find(|known| *known == tag);
        assert_eq!(best("de-AT", find), Some("de"));
        assert_eq!(best("de-Latn-AT-1996", find), Some("de"));
        assert_eq!(best("pt-BR", find), Some("pt-BR"));
        assert_eq!(best("pt", find), None);
    }
}
