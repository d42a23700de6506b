//! Rate limits that the operator sets.

/// Bursts of the rate limits, and how soon they refill.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Wrong passwords and codes per user.
    pub per_user: u32,
    /// Failed logins per address.
    pub per_address: u32,
    /// Failed logins on the pages of one Connected App; 0: unlimited.
    pub per_app: u32,
    /// Signups per address.
    pub signups_per_address: u32,
    /// Social logins that begin at one address.
    pub social_per_address: u32,
    /// Signups on the pages of one Connected App; 0: unlimited.
    pub signups_per_app: u32,
    /// Checks of new passwords while they are typed, per address.
    pub typed_per_address: u32,
    /// Emails to one inbox that visitors request, per hour.
    pub mails_per_inbox: u32,
    /// Emails that visitors at one address request, per hour.
    pub mails_per_address: u32,
    /// Minutes until a full bucket is empty again, except for emails.
    pub minutes: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            per_user: 10,
            per_address: 50,
            per_app: 0,
            signups_per_address: 20,
            social_per_address: 60,
            signups_per_app: 500,
            typed_per_address: 300,
            mails_per_inbox: 5,
            mails_per_address: 20,
            minutes: 10,
        }
    }
}
