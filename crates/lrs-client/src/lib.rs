//! Sends batches of statements to any learning record store
