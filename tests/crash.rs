//! Acknowledged writes survive a killed server.
