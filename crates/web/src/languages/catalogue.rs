//! All languages, read once, and the selection of one.

use std::sync::Arc;

use rust_embed::RustEmbed;

use super::choice;
use super::language::Language;

/// Tag of the language for browsers that accept none of the available ones.
pub(crate) const FALLBACK: &str = "en";

#[derive(RustEmbed)]
#[folder = "../../locales"]
pub(super) struct Files;

/// All languages of pages and mails.
#[derive(Debug)]
pub struct Languages {
    all: Vec<Arc<Language>>,
    fallback: Arc<Language>,
}

impl Languages {
    /// Reads the Fluent files of all languages.
    ///
    /// # Errors
    /// A description of the invalid file; a test prevents this.
    pub fn load() -> Result<Self, String> {
        let mut all = Vec::new();
        for name in Files::iter() {
            let (Some(tag), Some(file)) = (name.strip_suffix(".ftl"), Files::get(&name)) else { continue };
            let language = Language::read(tag, &String::from_utf8_lossy(&file.data))?;
            all.push(Arc::new(language));
        }
        let fallback = all.iter().find(|language| language.tag() == FALLBACK).cloned();
        Ok(Self { all, fallback: fallback.ok_or("locales/en.ftl is missing")? })
    }

    /// Returns all languages.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Language>> {
        self.all.iter()
    }

    /// Returns the language of this tag, or of its parent (`de` for `de-AT`).
    pub fn named(&self, tag: &str) -> Option<&Arc<Language>> {
        choice::best(tag, |spoken| self.all.iter().find(|language| language.tag().eq_ignore_ascii_case(spoken)))
    }

    /// Returns the language for an unknown preference.
    pub fn fallback(&self) -> &Arc<Language> {
        &self.fallback
    }

    /// Returns the best available language for an `Accept-Language` header, or English.
    pub fn accepted(&self, header: &str) -> &Arc<Language> {
        choice::preferred(header).into_iter().find_map(|tag| self.named(tag)).unwrap_or(&self.fallback)
    }
}
