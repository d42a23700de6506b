//! One language, read from its Fluent file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast;

/// The messages of one language.
pub struct Language {
    tag: String,
    bundle: FluentBundle<FluentResource>,
    /// Formatted messages without parameters.
    plain: HashMap<String, String>,
}

impl Language {
    /// Reads a Fluent file.
    pub(super) fn read(tag: &str, text: &str) -> Result<Self, String> {
        let wrong = |why: &dyn fmt::Debug| format!("locales/{tag}.ftl: {why:?}");
        let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| wrong(&errors))?;
        let plain = resource.entries().filter_map(plain).map(str::to_owned).collect::<Vec<_>>();
        let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().map_err(|error| wrong(&error))?]);
        // Otherwise invisible marks around parameters would be copied along with an address.
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|errors| wrong(&errors))?;
        let mut language = Self { tag: tag.to_owned(), bundle, plain: HashMap::new() };
        let said = plain.into_iter().map(|key| {
            let text = language.formatted(&key, None).into_owned();
            (key, text)
        });
        language.plain = said.collect();
        Ok(language)
    }

    /// Returns the language tag for `lang` attributes: `en`, `ja`, `pt-BR`.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Returns the message of this key, without parameters.
    pub fn say<'a>(&'a self, key: &'a str) -> Cow<'a, str> {
        self.say_with(key, &[])
    }

    /// Returns the message of this key with its parameters filled in.
    pub fn say_with<'a>(&'a self, key: &'a str, parameters: &[(&str, &str)]) -> Cow<'a, str> {
        match self.plain.get(key) {
            Some(text) => Cow::Borrowed(text),
            None => self.formatted(key, Some(&parameters.iter().copied().collect())),
        }
    }

    /// Returns whether there is a message with this key.
    pub fn knows(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// A missing key is logged and returned as it is, so that the page still works.
    fn formatted<'a>(&'a self, key: &'a str, parameters: Option<&FluentArgs<'_>>) -> Cow<'a, str> {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, language = self.tag, "a word is missing");
            return Cow::Borrowed(key);
        };
        let mut faults = Vec::new();
        let said = self.bundle.format_pattern(pattern, parameters, &mut faults).into_owned();
        if !faults.is_empty() {
            tracing::error!(key, language = self.tag, ?faults, "a sentence lacks a parameter");
        }
        Cow::Owned(said)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Language").field("tag", &self.tag).finish_non_exhaustive()
    }
}

/// Returns the key of a message that has no parameters.
fn plain<'a>(entry: &ast::Entry<&'a str>) -> Option<&'a str> {
    let ast::Entry::Message(message) = entry else { return None };
    let pattern = message.value.as_ref()?;
    let fixed = |element: &ast::PatternElement<&str>| match element {
        ast::PatternElement::TextElement { .. } => true,
        ast::PatternElement::Placeable { expression } => {
            matches!(expression, ast::Expression::Inline(ast::InlineExpression::StringLiteral { .. }))
        }
    };
    pattern.elements.iter().all(fixed).then_some(message.id.name)
}
