//! One attempt of a mail: from the notification's content and the hook's template to the mail server, or to the outbox
//! if none is configured.

use std::sync::Arc;

use gantry_core::actor::Actor;
use gantry_core::app_hooks::{self, AppHook, Delivering};
use gantry_core::connected_apps::{self, ConnectedApp};
use gantry_core::events::{self, Event};
use gantry_core::notifications::{self, Content, Notification, Outcome};
use gantry_core::realms::{self, Realm};
use gantry_core::{Core, Error, outbox};
use gantry_web::languages::{Language, Languages};
use gantry_web::links::Links;
use gantry_web::mails::{self, MailBrand, MailDraft, Merge};
use time::OffsetDateTime;

use super::message::{self, Envelope, Sender};
use super::smtp::Smtp;
use crate::deliveries::{Health, Sent};

/// Sends mails. Links in them are built from configuration only.
pub struct Mails {
    /// `None`: mails are kept in the outbox.
    pub smtp: Option<Smtp>,
    /// Default sender, for hooks without one.
    pub from: Sender,
    /// Base addresses of the hosted pages.
    pub links: Links,
    /// Languages into which unedited default mails are translated.
    pub languages: Arc<Languages>,
}

impl Mails {
    pub(crate) async fn send(&self, core: &Core, hook: &Delivering, of: &Notification) -> Result<Sent, Error> {
        let gone = |what| Sent::new(Outcome::Canceled, Health::Unknown, format!("canceled: the {what} is gone"));
        let Some(content) = notifications::content(core, of)? else {
            return Ok(gone("content"));
        };
        let Some(event) = events::told(core, &of.realm_id, &of.event_id).await? else { return Ok(gone("event")) };
        let realm = match realms::named(core, &Actor::system(), &of.realm_id).await {
            Ok(realm) => realm,
            Err(Error::NotFound(_)) => return Ok(gone("realm")),
            Err(error) => return Err(error),
        };
        let app = connected_apps::of_mails(&core.db, &realm.id, content.connected_app_id.as_deref()).await?;
        let message = match self.written(&hook.hook, &of.id, (&content, &event, &realm, app.as_ref())).await {
            Ok(message) => message,
            Err(why) => return Ok(Sent::new(Outcome::Impossible, Health::Unknown, format!("not sent: {why}"))),
        };
        let sent = if let Some(smtp) = &self.smtp {
            match smtp.send(&message).await {
                Ok(reply) => Sent::new(Outcome::Delivered, Health::Well, reply),
                Err(failure) => {
                    let outcome = if failure.lasting { Outcome::Impossible } else { Outcome::Refused };
                    let health = if failure.server_is_well { Health::Well } else { Health::Trouble };
                    Sent::new(outcome, health, failure.text)
                }
            }
        } else {
            outbox::keep(core, (&of.id, &of.realm_id, &content.to), &message.formatted()).await?;
            Sent::new(Outcome::Delivered, Health::Well, "kept in the outbox: there is no SMTP server")
        };
        Ok(Sent { destination: Some(content.to), ..sent })
    }

    async fn written(
        &self,
        hook: &AppHook,
        id: &str,
        (content, event, realm, app): (&Content, &Event, &Realm, Option<&ConnectedApp>),
    ) -> Result<lettre::Message, String> {
        let language = content.locale.as_ref().and_then(|tag| self.languages.named(tag));
        let language = language.unwrap_or_else(|| self.languages.fallback());
        let merge = self.merge(content, event, realm, (app, language));
        let (subject, body) = app_hooks::mail_of(hook).map_err(|error| error.to_string())?;
        let spoken = mails::spoken(language, subject, body);
        let (subject, body) = spoken.unwrap_or_else(|| (subject.to_owned(), body.to_owned()));
        let app_name = merge.app_name.clone();
        let rendered = mails::render(MailDraft { renderer: hook.email_renderer, subject, body, merge }).await?;
        // The installation's name belongs to its own address, not to one that a hook sets.
        let installation_name = self.from.name.as_deref().filter(|_| hook.email_from.is_none());
        let to_self = content.email.as_ref() == Some(&content.to);
        let envelope = Envelope {
            id,
            host: &self.links.login_domain,
            from: hook.email_from.as_deref().unwrap_or(&self.from.address),
            from_name: hook.email_from_name.as_deref().or(installation_name).or(app_name.as_deref()),
            to: &content.to,
            to_name: Some(content.name.as_str()).filter(|_| to_self),
            date_ms: event.event_at,
        };
        message::build(&envelope, &rendered.subject, rendered.html.as_deref(), &rendered.text)
    }

    fn merge(
        &self,
        content: &Content,
        event: &Event,
        realm: &Realm,
        (app, language): (Option<&ConnectedApp>, &Language),
    ) -> Merge {
        let Content { token, redirect_uri, .. } = content;
        let url = |app| self.links.for_event(&event.event_type, app, token.as_deref(), redirect_uri.as_deref());
        Merge {
            token: token.clone(),
            url: app.and_then(url),
            username: Some(content.username.clone()),
            email: content.email.clone(),
            first_name: content.first_name.clone(),
            last_name: content.last_name.clone(),
            name: Some(content.name.clone()),
            user_id: Some(content.user_id.clone()),
            realm_name: Some(realm.name.clone()),
            app_name: Some(app.map_or(&realm.name, |app| &app.name).clone()),
            login_url: app.map(|app| self.links.login(app)),
            ip: event.request_ip.clone(),
            client: event.request_client.clone(),
            event_at: Some(readable(event.event_at)),
            locale: Some(language.tag().to_owned()),
            custom: content.custom.as_object().cloned().unwrap_or_default(),
            brand: app.map(MailBrand::from_app).unwrap_or_default(),
        }
    }
}

/// `27 November 2026, 10:15 UTC`.
fn readable(ms: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!("{} {} {}, {:02}:{:02} UTC", at.day(), at.month(), at.year(), at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::readable;

    // `date -u -d @SECONDS`.
    #[test]
    fn times_are_readable() {
        for (seconds, text) in [
            (0, "1 January 1970, 00:00 UTC"),
            (951_782_399, "28 February 2000, 23:59 UTC"),
            (951_782_400, "29 February 2000, 00:00 UTC"),
            (1_709_251_199, "29 February 2024, 23:59 UTC"),
            (1_767_225_599, "31 December 2025, 23:59 UTC"),
            (1_795_774_500, "27 November 2026, 10:15 UTC"),
            (4_107_542_400, "1 March 2100, 00:00 UTC"),
        ] {
            assert_eq!(readable(seconds * 1000), text);
        }
    }
}
