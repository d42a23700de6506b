//! SQL of the seed: rows as Gantry would have written them, without the cost of its rules.

use gantry_db::{Db, Query, Tx, params, row, statements};

row! {
    /// The realm's signing key.
    pub struct Key {
        pub id: String,
    }
}

statements! {
    KEY: Key = "SELECT id FROM jwt_keys WHERE realm_id = $1 AND expired_at IS NULL";
    USER: () = "INSERT INTO users (id, realm_id, user_type, state, custom, username, email, unique_email,
        email_verification, first_name, last_name, name, folded_name, created_at)
        VALUES ($1, $2, 'human', 'active', '{}', $3, $4, $4, 'none', 'Ada', 'Lovelace', 'Ada Lovelace', 'ada lovelace', $5)";
    MEMBER: () = "INSERT INTO users (id, realm_id, user_type, state, reference, custom, username, email, unique_email,
        email_verification, first_name, last_name, name, folded_name, created_at)
        VALUES ($1, $2, 'human', 'active', $3, '{}', $4, $5, $5, 'none', 'Ada', $6, $7, $8, $9)";
    EVENT: () = "INSERT INTO events (id, account_id, realm_id, event_type, event_at, user_id)
        VALUES ($1, $2, $3, 'user.login.succeeded', $4, $5)";
    CREDENTIAL: () = "INSERT INTO credentials (id, realm_id, user_id, credential_type, state, password_hash, created_at)
        VALUES ($1, $2, $3, 'password', 'active', $4, $5)";
    SESSION: () = "INSERT INTO sessions (id, realm_id, user_id, request_ip, request_client, expires_at, created_at)
        VALUES ($1, $2, $3, '192.0.2.1', 'Seed', $4, $5)";
}

/// Returns the id of the key that signs the realm's tokens.
pub async fn key(db: &Db, realm: &str) -> Result<Option<String>, gantry_db::Error> {
    Ok(db.row(&KEY, params![realm]).await?.map(|key| key.id))
}

/// One user with a password and a live session.
pub struct Person<'a> {
    pub user: &'a str,
    pub credential: &'a str,
    pub session: &'a str,
    pub username: &'a str,
    pub hash: &'a str,
    pub now_ms: i64,
    pub expires_ms: i64,
}

/// A user of a crowd, who never logs in.
pub struct Member<'a> {
    pub user: &'a str,
    pub username: &'a str,
    pub number: usize,
    pub now_ms: i64,
}

pub async fn insert_member(tx: &mut Tx, realm: &str, one: &Member<'_>) -> Result<(), gantry_db::Error> {
    let (reference, last) = (format!("R-{}", one.number), format!("Number{}", one.number));
    let (email, name) = (format!("{}@example.com", one.username), format!("Ada {last}"));
    let folded = name.to_lowercase();
    let values = params![one.user, realm, &reference, one.username, &email, &last, &name, &folded, one.now_ms];
    tx.execute(&MEMBER, values).await.map(|_| ())
}

pub async fn insert_event(
    tx: &mut Tx,
    realm: &str,
    account: &str,
    event: &str,
    (user, now_ms): (&str, i64),
) -> Result<(), gantry_db::Error> {
    tx.execute(&EVENT, params![event, account, realm, now_ms, user]).await.map(|_| ())
}

pub async fn insert(tx: &mut Tx, realm: &str, one: &Person<'_>) -> Result<(), gantry_db::Error> {
    let email = format!("{}@example.com", one.username);
    tx.execute(&USER, params![one.user, realm, one.username, &email, one.now_ms]).await?;
    tx.execute(&CREDENTIAL, params![one.credential, realm, one.user, one.hash, one.now_ms]).await?;
    tx.execute(&SESSION, params![one.session, realm, one.user, one.expires_ms, one.now_ms]).await?;
    Ok(())
}
