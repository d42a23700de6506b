//! Resolves an authorization code or an access token to an identity, for all providers.

use gantry_core::auth_providers::{Oauth2, SocialClient};
use gantry_core::clock::Clock;
use gantry_core::social_logins::{Identity, Pending};
use gantry_outbound::Outbound;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use crate::description::{Check, Description, Openid, Profile, Proof};
use crate::discovery::Discovery;
use crate::error::{Error, Result};
use crate::http::Http;
use crate::id_token::{self, Expected};
use crate::keys::Keys;
use crate::social::Returned;
use crate::whereabouts::Whereabouts;
use crate::{profile, providers, tokens};

/// Performs the OAuth 2 and OpenID Connect requests of a login.
pub struct Engine {
    clock: Clock,
    http: Http,
    at: Whereabouts,
    discovery: Discovery,
    keys: Keys,
}

impl Engine {
    /// Creates an engine with empty caches.
    pub fn new(clock: Clock, outbound: Outbound, at: Whereabouts) -> Self {
        let http = Http::new(outbound);
        let discovery = Discovery::new(clock.clone(), http.clone());
        let keys = Keys::new(clock.clone(), http.clone());
        Self { clock, http, at, discovery, keys }
    }

    /// Returns the provider's description. For a custom provider with an issuer, this may fetch the discovery document.
    pub async fn description(&self, client: &SocialClient) -> Result<Description> {
        if let Some(named) = providers::named(client.provider.provider_type, &self.at) {
            return Ok(named);
        }
        let custom = client.custom.clone().unwrap_or_default();
        match &custom.issuer {
            Some(issuer) => {
                let metadata = self.discovery.of(issuer).await?;
                Ok(providers::by_discovery(&metadata, custom, client))
            }
            None => providers::by_addresses(custom),
        }
    }

    /// Exchanges the authorization code and returns the user's identity.
    pub async fn identified(
        &self,
        client: &SocialClient,
        pending: &Pending,
        returned: Returned<'_>,
    ) -> Result<Identity> {
        let description = self.description(client).await?;
        let openid = description.openid.as_ref();
        if let Some(openid) = openid {
            let told = returned.issuer.map(|told| openid.issuers.iter().any(|issuer| issuer == told));
            if told == Some(false) {
                return Err(Error::Distrusted("the answer is from another issuer"));
            }
        }
        let tokens = tokens::exchange(&self.http, &description, client, pending, returned.code).await?;
        let claims = match (openid, &tokens.id) {
            (Some(openid), Some(token)) => Some(self.claims(client, openid, token, pending).await?),
            (Some(_), None) => return Err(Error::Distrusted("there is no ID token")),
            (None, _) => None,
        };
        let mut identity = self.told(&description, client, &tokens.access, claims).await?;
        let expires = tokens.expires_in.map(|seconds| self.clock.now_ms() + seconds * 1000);
        identity.access_token = Some(tokens.access.expose_secret().to_owned());
        identity.token_expires_at = expires;
        Ok(identity)
    }

    async fn claims(
        &self,
        client: &SocialClient,
        openid: &Openid,
        token: &SecretString,
        pending: &Pending,
    ) -> Result<Map<String, Value>> {
        let claims = self.keys.verify(&openid.jwks_uri, token.expose_secret()).await?;
        let now_ms = self.clock.now_ms();
        let nonce = openid.nonce.then_some(pending.nonce.as_str());
        let expected = Expected { issuers: &openid.issuers, client_id: &client.client_id, nonce, now_ms };
        id_token::check(&claims, &expected)?;
        Ok(claims)
    }

    /// Fetches the identity of the token's owner. Skips the profile request if the ID token's claims are complete.
    async fn told(
        &self,
        description: &Description,
        client: &SocialClient,
        access: &SecretString,
        claims: Option<Map<String, Value>>,
    ) -> Result<Identity> {
        let token = access.expose_secret();
        match &description.profile {
            Profile::Github => providers::github_profile(&self.http, &self.at, token).await,
            Profile::Facebook => providers::facebook_profile(&self.http, &self.at, client, token).await,
            Profile::Fields(names) => Ok(profile::read(&self.asked(description, token).await?, names)),
            Profile::Openid(names) => {
                let claims = claims.unwrap_or_default();
                if description.profile_url.is_none() || is_complete(&claims, names) {
                    return Ok(profile::read(&claims, names));
                }
                let told = self.asked(description, token).await?;
                if claims.get("sub").is_some_and(|sub| told.get("sub") != Some(sub)) {
                    return Err(Error::Distrusted("the profile is another person's than the ID token"));
                }
                Ok(profile::read_both(claims, told, names))
            }
        }
    }

    async fn asked(&self, description: &Description, token: &str) -> Result<Map<String, Value>> {
        let url = description.profile_url.as_deref().unwrap_or_default();
        match self.http.get(url, &[], Some(token)).await? {
            Value::Object(profile) => Ok(profile),
            _ => Err(Error::Unreachable("it told of nobody".to_owned())),
        }
    }

    /// Returns the identity of the owner of an access token from an app, if it was issued to our client.
    pub async fn vouched_for(&self, client: &SocialClient, access: &SecretString) -> Result<Identity> {
        let description = self.description(client).await?;
        let token = access.expose_secret();
        let (http, at) = (&self.http, &self.at);
        let person = match &description.check {
            Check::Impossible => return Err(Error::Unchecked),
            Check::Google => providers::check_google(http, at, client, token).await?,
            Check::Facebook => providers::check_facebook(http, at, client, token).await?,
            Check::Github => providers::check_github(http, at, client, token).await?,
            Check::Introspection(url) => self.introspected(url, &description, client, token).await?,
        };
        let mut identity = self.told(&description, client, access, None).await?;
        if person.is_some_and(|person| person != identity.provider_user_id) {
            return Err(Error::Distrusted("the profile is another person's than the token"));
        }
        identity.access_token = Some(token.to_owned());
        Ok(identity)
    }

    /// Introspects an access token (RFC 7662), which must be active and issued to our client. Returns its `sub`, if the
    /// provider reports it.
    async fn introspected(
        &self,
        url: &str,
        description: &Description,
        client: &SocialClient,
        token: &str,
    ) -> Result<Option<String>> {
        let secret = client.client_secret.expose_secret();
        let mut form = vec![("token", token), ("token_type_hint", "access_token")];
        if description.proof == Proof::Body {
            form.extend([("client_id", client.client_id.as_str()), ("client_secret", secret)]);
        }
        let told = self.http.post(url, &form, (description.proof == Proof::Basic).then_some(client)).await?;
        if told.get("active") != Some(&Value::Bool(true)) {
            return Err(Error::Refused("invalid_token".to_owned()));
        }
        if told.get("client_id").and_then(Value::as_str) != Some(client.client_id.as_str()) {
            return Err(Error::Distrusted("the token was issued to another app"));
        }
        Ok(told.get("sub").and_then(Value::as_str).map(str::to_owned))
    }
}

/// Returns whether the ID token makes the profile request unnecessary. It never does with configured field names, which
/// refer to the profile.
fn is_complete(claims: &Map<String, Value>, names: &Oauth2) -> bool {
    let has = |name: &str| claims.contains_key(name);
    let set = [
        &names.id_field,
        &names.email_field,
        &names.email_verified_field,
        &names.name_field,
        &names.first_name_field,
        &names.last_name_field,
    ];
    set.into_iter().all(Option::is_none) && has("email") && has("email_verified") && (has("name") || has("given_name"))
}
