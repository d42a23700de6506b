//! Resolves the filters of a list of events. A deleted resource still has its events. A resource that never existed is
//! an error, since an empty list would mean that nothing has happened to it.

use super::rules::Wanted;
use super::store::{self, Filter};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::page::Page;
use crate::realms::Realm;
use crate::{app_hooks, auth_providers, connected_apps, memberships, orgs, users};

/// Ids for those filters that also accept names.
#[derive(Default)]
pub(super) struct FilterIds {
    user: Option<String>,
    auth_provider: Option<String>,
}

impl FilterIds {
    /// Looks the names up. An unknown name is kept as it was sent: it may be the id of a deleted resource.
    pub(super) async fn resolve(core: &Core, realm: &Realm, actor: &Actor, wanted: &Wanted<'_>) -> Result<Self> {
        let mut ids = Self::default();
        if let Some(user) = wanted.user {
            ids.user = users::resolve(&core.db, realm, user).await?.map(|user| user.id);
        }
        if let Some(provider) = wanted.auth_provider {
            let found = if_found(auth_providers::find(core, realm, actor, provider).await)?;
            ids.auth_provider = found.map(|shown| shown.provider.id);
        }
        Ok(ids)
    }

    /// Returns the filter with these ids.
    pub(super) fn filter<'a>(&'a self, wanted: &Wanted<'a>, since_ms: Option<i64>) -> Filter<'a> {
        Filter {
            user: self.user.as_deref().or(wanted.user),
            org: wanted.org,
            membership: wanted.membership,
            app_hook: wanted.app_hook,
            auth_provider: self.auth_provider.as_deref().or(wanted.auth_provider),
            connected_app: wanted.connected_app,
            since_ms,
            event_type: None,
        }
    }
}

/// Fails for a filter that names a resource that never existed in the realm.
pub(super) async fn require_known_subjects(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    filter: &Filter<'_>,
) -> Result<()> {
    let Filter { user, org, membership, app_hook, auth_provider, connected_app, .. } = *filter;
    let none = Filter::default();
    if let Some(id) = user {
        let known = users::resolve(&core.db, realm, id).await?;
        require_known(core, realm, known.is_some(), "user", Filter { user, ..none }).await?;
    }
    if let Some(id) = org {
        let known = if_found(orgs::find(core, realm, actor, id).await)?;
        require_known(core, realm, known.is_some(), "org", Filter { org, ..none }).await?;
    }
    if let Some(id) = membership {
        let known = if_found(memberships::find(core, realm, actor, id).await)?;
        require_known(core, realm, known.is_some(), "membership", Filter { membership, ..none }).await?;
    }
    if let Some(id) = app_hook {
        let known = if_found(app_hooks::find(core, actor, Some(&realm.id), id).await)?;
        require_known(core, realm, known.is_some(), "app hook", Filter { app_hook, ..none }).await?;
    }
    if let Some(id) = auth_provider {
        let known = if_found(auth_providers::find(core, realm, actor, id).await)?;
        require_known(core, realm, known.is_some(), "auth provider", Filter { auth_provider, ..none }).await?;
    }
    if let Some(id) = connected_app {
        let known = if_found(connected_apps::find(core, realm, actor, id).await)?;
        require_known(core, realm, known.is_some(), "Connected App", Filter { connected_app, ..none }).await?;
    }
    Ok(())
}

/// Succeeds if the resource exists or an event mentions it.
async fn require_known(
    core: &Core,
    realm: &Realm,
    is_there: bool,
    what: &'static str,
    about: Filter<'_>,
) -> Result<()> {
    /// A page of a single row, to find out whether any event exists.
    const ANY: Page = Page { after: None, limit: 0, sort: "id", descending: true };
    if is_there || !store::list(&core.db, &realm.id, &about, &ANY).await?.is_empty() {
        return Ok(());
    }
    Err(Error::NotFound(what))
}

fn if_found<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Err(Error::NotFound(_)) => Ok(None),
        other => other.map(Some),
    }
}
