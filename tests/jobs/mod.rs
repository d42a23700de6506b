//! What happens behind the answers: webhooks, mails, upkeep.

mod webhooks;
