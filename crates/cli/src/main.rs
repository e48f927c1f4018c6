//! The `mtl-bridge` command: the only place where everything is put together.

fn main() {}
