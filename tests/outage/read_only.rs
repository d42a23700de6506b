//! A failover: connections are cut, and new ones reach a server that takes no writes, until the name leads to the new
//! primary.

use super::server::{Behind, is_unavailable};
use crate::support::execute;

impl Behind {
    /// New connections reach a server that takes no writes.
    async fn demote(&self) {
        execute(&format!("ALTER DATABASE {} SET default_transaction_read_only = on", self.database)).await;
        self.proxy.cut();
    }

    /// New connections reach one that does. Those that there are stay as they are.
    async fn promote(&self) {
        execute(&format!("ALTER DATABASE {} RESET default_transaction_read_only", self.database)).await;
    }
}

#[tokio::test]
async fn a_standby_is_not_taken_for_the_primary() {
    let behind = Behind::start("", "5").await;
    behind.write("before").await.json(201);
    behind.demote().await;
    for _ in 0..3 {
        is_unavailable(&behind.write("meanwhile").await);
        assert_eq!(behind.ready().await.status, 503);
    }
    behind.promote().await;
    behind.write("after").await.json(201);
    assert_eq!(behind.ready().await.status, 200);
}

/// Even where any server will do, a connection to one that takes no writes is left with the first write.
#[tokio::test]
async fn connections_to_a_server_that_takes_no_writes_are_left() {
    let behind = Behind::start("target_session_attrs=any", "5").await;
    behind.write("before").await.json(201);
    behind.demote().await;
    let read = async || behind.server.get("orgs").await.status;
    assert_eq!(read().await, 200, "reads go on");
    is_unavailable(&behind.write("meanwhile").await);
    assert_eq!(behind.ready().await.status, 503);
    assert_eq!(read().await, 200);
    behind.promote().await;
    let first = behind.write("first").await;
    if first.status != 201 {
        is_unavailable(&first);
    }
    behind.write("second").await.json(201);
    assert_eq!(behind.ready().await.status, 200);
}
