//! All languages, read once, and the choice among them.

use std::sync::Arc;

use rust_embed::RustEmbed;

use super::choice;
use super::language::Language;

/// What is spoken when the browser asks for nothing that is there.
pub(crate) const FALLBACK: &str = "en";

#[derive(RustEmbed)]
#[folder = "../../locales"]
pub(super) struct Files;

/// All languages.
#[derive(Debug)]
pub struct Languages {
    all: Vec<Arc<Language>>,
    fallback: Arc<Language>,
}

impl Languages {
    /// Reads every file.
    ///
    /// # Errors
    /// A sentence on the file that is wrong, which a test notices first.
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

    /// Each of them.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Language>> {
        self.all.iter()
    }

    /// The language of this tag, also of a region that speaks it (`de-AT`).
    pub fn named(&self, tag: &str) -> Option<&Arc<Language>> {
        choice::best(tag, |spoken| self.all.iter().find(|language| language.tag().eq_ignore_ascii_case(spoken)))
    }

    /// What is spoken where nothing is known of the reader.
    pub fn fallback(&self) -> &Arc<Language> {
        &self.fallback
    }

    /// What `Accept-Language` likes best of those that are there, or English.
    pub fn accepted(&self, header: &str) -> &Arc<Language> {
        choice::preferred(header).into_iter().find_map(|tag| self.named(tag)).unwrap_or(&self.fallback)
    }
}
