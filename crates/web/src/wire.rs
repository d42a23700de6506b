//! JSON that several surfaces share: times, and events as returned by "Get an Event" and sent by webhooks.

use gantry_core::app_hooks::HookType;
use gantry_core::events::Event;
use gantry_core::notifications::{Notification, Progress};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// Epoch milliseconds, serialized as epoch seconds with three decimals, because some decoders expect one number format
/// for all times.
#[derive(Debug, Clone, Copy)]
pub struct Seconds(pub i64);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (sign, ms) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let text = format!("{sign}{}.{:03}", ms / 1000, ms % 1000);
        RawValue::from_string(text).map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// The JSON field `request`: IP address and client of the end user.
#[derive(Debug, Serialize)]
pub struct Request<'a> {
    /// IP address.
    pub ip: Option<&'a str>,
    /// User agent, or name of the app.
    pub client: Option<&'a str>,
}

/// JSON of an event.
#[derive(Debug, Serialize)]
pub struct EventView<'a> {
    object: &'static str,
    id: &'a str,
    event_type: &'a str,
    event_at: Seconds,
    realm_id: &'a str,
    app_hook_id: Option<&'a str>,
    auth_provider_id: Option<&'a str>,
    login_policy_id: Option<&'a str>,
    membership_id: Option<&'a str>,
    org_id: Option<&'a str>,
    user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Request<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notifications: Option<Vec<NotificationView<'a>>>,
}

/// Body of a webhook request. Receivers read an event's fields at the top level or, as AuthRocket 1 sent them, under
/// `event`.
#[derive(Debug, Serialize)]
pub struct WebhookBody<'a> {
    #[serde(flatten)]
    fields: &'a EventView<'a>,
    event: &'a EventView<'a>,
}

impl<'a> WebhookBody<'a> {
    /// Puts the event in both places.
    pub fn new(event: &'a EventView<'a>) -> Self {
        Self { fields: event, event }
    }
}

/// JSON of a notification: the delivery of the event to one hook.
#[derive(Debug, Serialize)]
struct NotificationView<'a> {
    object: &'static str,
    id: &'a str,
    app_hook_id: &'a str,
    hook_type: HookType,
    state: Progress,
    attempts: i64,
    last_attempt_at: Option<Seconds>,
    last_destination: Option<&'a str>,
    last_result: Option<&'a str>,
}

impl<'a> EventView<'a> {
    /// Creates the JSON, with the notifications if they were requested.
    pub fn new(event: &'a Event, notifications: Option<&'a [Notification]>) -> Self {
        let (ip, client) = (event.request_ip.as_deref(), event.request_client.as_deref());
        Self {
            object: "event",
            id: &event.id,
            event_type: &event.event_type,
            event_at: Seconds(event.event_at),
            realm_id: &event.realm_id,
            app_hook_id: event.app_hook_id.as_deref(),
            auth_provider_id: event.auth_provider_id.as_deref(),
            login_policy_id: event.connected_app_id.as_deref(),
            membership_id: event.membership_id.as_deref(),
            org_id: event.org_id.as_deref(),
            user_id: event.user_id.as_deref(),
            reason: event.reason.as_deref(),
            login_name: event.login_name.as_deref(),
            request: (ip.is_some() || client.is_some()).then_some(Request { ip, client }),
            notifications: notifications.map(|all| all.iter().map(NotificationView::new).collect()),
        }
    }
}

impl<'a> NotificationView<'a> {
    fn new(notification: &'a Notification) -> Self {
        Self {
            object: "notification",
            id: &notification.id,
            app_hook_id: &notification.app_hook_id,
            hook_type: notification.hook_type,
            state: notification.state,
            attempts: notification.attempts,
            last_attempt_at: notification.last_attempt_at.map(Seconds),
            last_destination: notification.last_destination.as_deref(),
            last_result: notification.last_result.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Seconds;

    #[test]
    fn times_have_three_decimals() {
        let texts = [
            (0, "0.000"),
            (1_767_225_600_000, "1767225600.000"),
            (1_396_582_483_874, "1396582483.874"),
            (1_050, "1.050"),
            (-1_005, "-1.005"),
            (i64::MAX, "9223372036854775.807"),
        ];
        for (ms, text) in texts {
            assert_eq!(serde_json::to_string(&Seconds(ms)).expect("JSON"), text);
        }
    }
}
