//! Translations of the default mails of a realm.
//!
//! A realm's mails are its own texts. An unedited default mail is translated to the language of the page where the
//! event was caused; an edited one is sent as it was written.

use gantry_core::app_hooks::DEFAULT_MAILS;
use gantry_core::events::EventType;

use crate::languages::{FALLBACK, Language};

/// Parameters of the sentences, as fields of a Markdown template.
const VALUES: [(&str, &str); 4] = [
    ("app_name", "{{app_name}}"),
    ("email", "**{{email}}**"),
    ("first_name", "{{first_name}}"),
    ("username", "**{{username}}**"),
];

/// Message keys of one mail.
struct Words {
    subject: &'static str,
    lead: &'static str,
    link: (&'static str, &'static str),
    end: Option<&'static str>,
}

/// Returns subject and body of an unedited default mail in a language other than English; `None` for any other mail.
pub fn spoken(language: &Language, subject: &str, body: &str) -> Option<(String, String)> {
    let default = DEFAULT_MAILS.iter().find(|default| default.subject == subject && default.template == body)?;
    (language.tag() != FALLBACK).then(|| template(language, &words(default.event)))
}

fn words(event: EventType) -> Words {
    match event {
        EventType::PasswordTokenCreated => Words {
            subject: "mail-reset-subject",
            lead: "mail-reset",
            link: ("mail-reset-link", "{{url}}"),
            end: Some("mail-reset-end"),
        },
        EventType::VerificationRequested => Words {
            subject: "mail-verify-subject",
            lead: "mail-verify",
            link: ("mail-verify-link", "{{url}}"),
            end: Some("mail-verify-end"),
        },
        _ => Words {
            subject: "mail-welcome-subject",
            lead: "mail-welcome",
            link: ("mail-welcome-link", "{{login_url}}"),
            end: None,
        },
    }
}

fn template(language: &Language, words: &Words) -> (String, String) {
    let say = |key| language.say_with(key, &VALUES);
    let (link, url) = words.link;
    let end = words.end.map(|key| format!("\n{}\n", say(key))).unwrap_or_default();
    let body = format!(
        "{{% if first_name %}}{}{{% else %}}{}{{% endif %}}\n\n{}\n\n[{}]({url})\n{end}",
        say("mail-hello-name"),
        say("mail-hello"),
        say(words.lead),
        say(link)
    );
    (say(words.subject).into_owned(), body)
}

#[cfg(test)]
mod tests {
    use gantry_core::app_hooks::{DEFAULT_MAILS, Renderer};

    use super::{spoken, template, words};
    use crate::languages::Languages;
    use crate::mails::Merge;
    use crate::mails::render::render;

    fn languages() -> Languages {
        Languages::load().expect("readable files")
    }

    #[test]
    fn the_first_mails_say_what_the_english_words_say() {
        let languages = languages();
        let english = languages.named("en").expect("English");
        for default in DEFAULT_MAILS {
            for merge in [Merge::sample(), Merge { first_name: None, ..Merge::sample() }] {
                let (subject, body) = template(english, &words(default.event));
                let said = render(Renderer::Markdown, &subject, &body, &merge).expect("rendered");
                let written = render(Renderer::Markdown, default.subject, default.template, &merge).expect("rendered");
                assert_eq!((said.subject, said.html, said.text), (written.subject, written.html, written.text));
            }
        }
    }

    #[test]
    fn each_is_rendered_in_each_language_with_all_its_values() {
        for language in languages().all().filter(|language| language.tag() != "en") {
            for default in DEFAULT_MAILS {
                let (subject, body) = spoken(language, default.subject, default.template).expect("said");
                let mail = render(Renderer::Markdown, &subject, &body, &Merge::sample()).expect("rendered");
                assert!(mail.subject.contains("Example App"), "{}: {}", language.tag(), mail.subject);
                assert!(mail.text.contains("https://login.example.com/"), "{}", mail.text);
                assert!(mail.text.contains("Ada") && !mail.text.contains('{'), "{}", mail.text);
            }
        }
    }

    #[test]
    fn an_edited_mail_is_sent_as_it_was_written() {
        let languages = languages();
        let german = languages.named("de").expect("German");
        let [welcome, ..] = DEFAULT_MAILS;
        assert!(spoken(german, welcome.subject, "Hello {{username}}").is_none());
        assert!(spoken(german, "Welcome", welcome.template).is_none());
        let english = languages.named("en").expect("English");
        assert!(spoken(english, welcome.subject, welcome.template).is_none(), "it is English as it is");
    }
}
