//! Hooks, and what becomes of their notifications.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::TestServer;

/// Between two looks at what is delivered meanwhile.
const LOOK: Duration = Duration::from_millis(2);
/// Generous, since it only delays a failure.
const PATIENCE: Duration = Duration::from_secs(30);

/// A webhook of the realm.
pub async fn webhook(server: &TestServer, destination: &str, event_types: Value) -> Value {
    let hook = json!({"hook_type": "webhook", "event_type": event_types, "destination": destination});
    server.post("app_hooks", json!({"app_hook": hook, "realm_id": server.realm()})).await.json(201)
}

/// The notification of this hook, once it is as wanted.
pub async fn notification(server: &TestServer, event: &str, hook: &Value, wanted: impl Fn(&Value) -> bool) -> Value {
    let path = format!("events/{event}");
    let found = async {
        let mut pulse = tokio::time::interval(LOOK);
        loop {
            pulse.tick().await;
            let event = server.get(&path).await.json(200);
            let all = event["notifications"].as_array().expect("notifications");
            let found = all.iter().find(|one| one["app_hook_id"] == hook["id"] && wanted(one));
            if let Some(found) = found {
                return found.clone();
            }
        }
    };
    let Ok(found) = tokio::time::timeout(PATIENCE, found).await else {
        panic!("{:#}", server.get(&path).await.json(200));
    };
    found
}

/// Whether it is in this state.
pub fn state(wanted: &'static str) -> impl Fn(&Value) -> bool {
    move |one| one["state"] == wanted
}

/// The newest event of this type.
pub async fn newest(server: &TestServer, event_type: &str) -> String {
    let events = server.get(&format!("events?event_type={event_type}&max_results=1")).await.json(200);
    events["collection"][0]["id"].as_str().expect("an event").to_owned()
}

/// Makes a hook that sends mails after this event.
pub async fn email(server: &TestServer, event_type: &str, more: Value) -> Value {
    let mut hook = json!({"hook_type": "email", "event_type": [event_type], "email_subject": "Hello {{username}}",
        "email_template": "Hello {{name}}: {{url}}", "email_renderer": "text"});
    for (name, value) in more.as_object().into_iter().flatten() {
        hook[name] = value.clone();
    }
    server.post("app_hooks", json!({"app_hook": hook, "realm_id": server.realm()})).await.json(201)
}
