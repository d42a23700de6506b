//! What the pages of social logins say.

/// A link to the login page.
pub const BACK: &str = "Back to login";

/// Title and text.
type Words = (&'static str, &'static str);

pub const EXPIRED: Words = (
    "This login has expired",
    "It took too long, was used before, or was begun in another browser. Please begin again, and allow cookies for this \
     site.",
);
pub const GIVEN_UP: Words = ("You are not logged in", "The other site has not let us know who you are.");
pub const CLOSED: Words = ("You cannot log in", "Your account here is closed.");
pub const NO_SIGNUP: Words =
    ("There is no account", "Nobody here has this account of the other site, and new accounts cannot be made here.");
pub const NOT_CONFIRMED: Words = ("That did not work", "The other site did not confirm who you are. Please try again.");
pub const UNREACHABLE: Words =
    ("The other site does not answer", "Please try again in a moment, or log in another way.");
