//! Mails as their receivers get them; the tests' servers keep them in the outbox.

use std::time::Duration;

use gantry_core::outbox;
use mail_parser::MessageParser;
use secrecy::ExposeSecret as _;
use url::Url;

use super::TestServer;

/// Generous: it only delays a failure.
const PATIENCE: Duration = Duration::from_secs(20);

/// One mail.
pub struct Mailed {
    pub to: String,
    /// Whom its event is about.
    pub user_id: String,
    pub text: String,
    /// The address in it that holds a token.
    pub link: Option<String>,
    /// Of that address.
    pub token: Option<String>,
    /// Of that address too.
    pub redirect_uri: Option<String>,
}

/// The mail of the newest event of this type; none where there was no such event, or nobody to send it to.
pub async fn mailed(server: &TestServer, event_type: &str) -> Option<Mailed> {
    let path = format!("events?event_type={event_type}&max_results=1");
    let event = server.get(&path).await.json(200)["collection"][0].clone();
    let id = event["id"].as_str()?;
    let finished = async {
        loop {
            let event = server.get(&format!("events/{id}")).await.json(200);
            match &event["notifications"][0] {
                one if one["state"] == "in_progress" => tokio::task::yield_now().await,
                one => return one.clone(),
            }
        }
    };
    let notification = tokio::time::timeout(PATIENCE, finished).await.expect("it is delivered");
    if notification["state"] != "completed" {
        return None;
    }
    let id = notification["id"].as_str().expect("an id");
    let mail = outbox::read(&server.app.core, id).await.expect("a mail");
    let message = MessageParser::default().parse(mail.message.expose_secret()).expect("a mail");
    let text = message.body_text(0).expect("a text").into_owned();
    let link = text.split_whitespace().find(|word| word.contains("token=")).map(str::to_owned);
    let url = link.as_deref().map(|link| Url::parse(link).expect("an address"));
    let param = |wanted: &str| {
        let url = url.as_ref()?;
        url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    Some(Mailed {
        to: mail.recipient,
        user_id: event["user_id"].as_str().unwrap_or_default().to_owned(),
        token: param("token"),
        redirect_uri: param("redirect_uri"),
        link,
        text,
    })
}
