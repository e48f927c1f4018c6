-- Nonces and sessions that have run out are found by reading the few that there are.

DROP INDEX nonce_expiry;
DROP INDEX session_expiry;
