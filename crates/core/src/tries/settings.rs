//! How many tries are allowed, as the operator sets it.

/// How many tries are allowed at once, and how soon they come back.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Wrong passwords per user, and wrong codes.
    pub per_user: u32,
    /// Failed logins per address.
    pub per_address: u32,
    /// Failed logins on the pages of one Connected App; 0: any number.
    pub per_app: u32,
    /// Signups per address.
    pub signups_per_address: u32,
    /// Social logins that are begun from one address.
    pub social_per_address: u32,
    /// Signups on the pages of one Connected App; 0: any number.
    pub signups_per_app: u32,
    /// New passwords that are looked at while somebody at one address types them.
    pub typed_per_address: u32,
    /// Mails to one inbox that visitors ask for, each hour.
    pub mails_per_inbox: u32,
    /// Mails that visitors from one address ask for, each hour.
    pub mails_per_address: u32,
    /// Minutes until a full bucket of the others is empty again.
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
