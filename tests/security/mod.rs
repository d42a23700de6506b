//! Ways in which systems like this one were broken, each as a test. The files carry the numbers of the checks.

mod brute_force;
mod full_pool;
mod s01_unverified_addresses;
mod s05_reset_steps;
mod s06_request_host;
pub mod s07_s08_redirects;
mod s08_mailed_links;
mod s09_schemes;
mod s11_browser_api;
mod s11_s12_enumeration;
mod s16_side_doors;
mod s21_cookies;
mod s25_jwt;
mod s26_token_kinds;
mod s27_hooks_inside;
mod s27_providers_inside;
mod s28_tenants;
mod s31_inactive;
mod s32_moved_hook;
mod s35_mail_transport;
mod s36_csrf;
mod s37_exhaustion;
mod secrets_compared;
