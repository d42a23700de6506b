//! One attempt of a mail: from the notification's content and the hook's template to the mail server, or to the outbox
//! where there is none.

use std::time::Duration;

use gantry_core::actor::Actor;
use gantry_core::app_hooks::{AppHook, Delivering};
use gantry_core::connected_apps::{self, ConnectedApp};
use gantry_core::events::{self, Event};
use gantry_core::notifications::{self, Content, Notification, Outcome};
use gantry_core::realms::{self, Realm};
use gantry_core::{Core, Error, outbox};
use gantry_web::links::Links;
use gantry_web::mails::{self, Merge};

use super::message::{self, Envelope};
use super::smtp::Smtp;
use crate::deliveries::{Health, Sent};

/// Sends mails. Links in them are made from configuration only.
pub struct Mails {
    /// None: mails are kept in the outbox.
    pub smtp: Option<Smtp>,
    /// The sender of hooks that name none.
    pub from: String,
    /// Where the hosted pages are.
    pub links: Links,
    /// How long one mail may take.
    pub timeout: Duration,
}

impl Mails {
    pub(crate) async fn send(&self, core: &Core, hook: &Delivering, of: &Notification) -> Result<Sent, Error> {
        let gone = |what| Sent::new(Outcome::Canceled, Health::Unknown, format!("canceled: the {what} is gone"));
        let Some(content) = notifications::content(core, &of.realm_id, &of.id).await? else {
            return Ok(gone("content"));
        };
        let Some(event) = events::told(core, &of.realm_id, &of.event_id).await? else { return Ok(gone("event")) };
        let realm = match realms::named(core, &Actor::system(), &of.realm_id).await {
            Ok(realm) => realm,
            Err(Error::NotFound(_)) => return Ok(gone("realm")),
            Err(error) => return Err(error),
        };
        let app = connected_apps::of_mails(&core.db, &realm.id, content.connected_app_id.as_deref()).await?;
        let message = match self.written(&hook.hook, &of.id, (&content, &event, &realm, app.as_ref())) {
            Ok(message) => message,
            Err(why) => return Ok(Sent::new(Outcome::Impossible, Health::Unknown, format!("not sent: {why}"))),
        };
        let sent = if let Some(smtp) = &self.smtp {
            self.handed_over(smtp, &message).await
        } else {
            outbox::keep(core, (&of.id, &of.realm_id, &content.to), &message.formatted()).await?;
            Sent::new(Outcome::Delivered, Health::Well, "kept in the outbox: there is no SMTP server")
        };
        Ok(Sent { destination: Some(content.to), ..sent })
    }

    async fn handed_over(&self, smtp: &Smtp, message: &lettre::Message) -> Sent {
        match tokio::time::timeout(self.timeout, smtp.send(message)).await {
            Ok(Ok(reply)) => Sent::new(Outcome::Delivered, Health::Well, reply),
            Ok(Err(failure)) if failure.lasting => Sent::new(Outcome::Impossible, Health::Well, failure.text),
            Ok(Err(failure)) => Sent::new(Outcome::Refused, Health::Trouble, failure.text),
            Err(_) => {
                let text = format!("timed out after {} s", self.timeout.as_secs_f32());
                Sent::new(Outcome::Refused, Health::Trouble, text)
            }
        }
    }

    fn written(
        &self,
        hook: &AppHook,
        id: &str,
        (content, event, realm, app): (&Content, &Event, &Realm, Option<&ConnectedApp>),
    ) -> Result<lettre::Message, String> {
        let merge = self.merge(content, event, realm, app);
        let (subject, body) = (hook.email_subject.as_deref(), hook.email_template.as_deref());
        let rendered =
            mails::render(hook.email_renderer, subject.unwrap_or_default(), body.unwrap_or_default(), &merge)?;
        let to_self = content.email.as_ref() == Some(&content.to);
        let envelope = Envelope {
            id,
            host: &self.links.login_domain,
            from: hook.email_from.as_deref().unwrap_or(&self.from),
            from_name: hook.email_from_name.as_deref().or(merge.app_name.as_deref()),
            to: &content.to,
            to_name: Some(content.name.as_str()).filter(|_| to_self),
            date_ms: event.event_at,
        };
        message::build(&envelope, &rendered.subject, rendered.html.as_deref(), &rendered.text)
    }

    fn merge(&self, content: &Content, event: &Event, realm: &Realm, app: Option<&ConnectedApp>) -> Merge {
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
            custom: content.custom.as_object().cloned().unwrap_or_default(),
        }
    }
}

/// `27 November 2026, 10:15 UTC`.
fn readable(ms: i64) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (days, minutes) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000) / 60_000);
    // Howard Hinnant's `civil_from_days`: the year begins in March, so that the leap day is its last.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = (march_month + 2) % 12;
    let year = year_of_era + era * 400 + i64::from(month < 2);
    let name = usize::try_from(month).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    format!("{day} {name} {year}, {:02}:{:02} UTC", minutes / 60, minutes % 60)
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
