//! From uploaded bytes to machine code: size, imports, compilation.
//!
//! Compiling takes the component's bytes and gives back machine code, and touches nothing else; it
//! happens off the request path, and in the bridge in a process of its own (`confined`).

use wasmparser::{ComponentExternalKind, Encoding, Parser, Payload};
use wasmtime::Engine;

use crate::failure::Incompatibility;

/// Refuses what is too large, no component, or imports anything; names the first import.
pub(crate) fn check_bytes(bytes: &[u8], limit: usize) -> Result<(), Incompatibility> {
    if bytes.len() > limit {
        return Err(Incompatibility::TooLarge {
            bytes: bytes.len(),
            limit,
        });
    }
    let mut depth = 0_u32;
    let mut is_component = false;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|_| Incompatibility::NotAComponent)? {
            Payload::Version { encoding, .. } => {
                if depth == 0 {
                    is_component = encoding == Encoding::Component;
                }
                depth += 1;
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            // Only what the outermost component imports comes from the host.
            Payload::ComponentImportSection(imports) if depth == 1 => {
                for import in imports {
                    let import = import.map_err(|_| Incompatibility::NotAComponent)?;
                    if import.ty.kind() != ComponentExternalKind::Type {
                        return Err(Incompatibility::Import {
                            name: import.name.name.to_owned(),
                        });
                    }
                }
            }
            _ => {}
        }
    }
    if is_component {
        Ok(())
    } else {
        Err(Incompatibility::NotAComponent)
    }
}

/// Compiles a component to machine code of this engine.
pub(crate) fn translate(engine: &Engine, bytes: &[u8]) -> Result<Vec<u8>, Incompatibility> {
    engine
        .precompile_component(bytes)
        .map_err(|error| Incompatibility::DoesNotCompile {
            reason: format!("{error:#}"),
        })
}
