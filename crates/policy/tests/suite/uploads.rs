//! What is no policy: refused before anything of it runs, with the reason.

use mtl_policy::{CompiledCache, Incompatibility, Limits, PolicyFailure, PolicyHost};

use crate::guests::host;

async fn refusal(component: Vec<u8>) -> Incompatibility {
    match host().compile(component).await {
        Err(PolicyFailure::Incompatible(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_forbidden_import_is_named() {
    let clock = r#"(component
        (import "wasi:clocks/wall-clock@0.2.0" (instance
            (export "now" (func (result u64))))))"#;
    let reason = refusal(wat::parse_str(clock).unwrap()).await;
    assert_eq!(
        reason.to_string(),
        "it imports wasi:clocks/wall-clock@0.2.0, and a policy may import nothing"
    );
    let function = r#"(component (import "log" (func (param "text" string))))"#;
    let reason = refusal(wat::parse_str(function).unwrap()).await;
    assert!(matches!(reason, Incompatibility::Import { name } if name == "log"));
}

#[tokio::test]
async fn what_a_component_imports_inside_itself_is_its_own_affair() {
    // The inner component gets its function from the outer one, not from the host; what is refused
    // then is that the contract is not exported.
    let nested = r#"(component
        (component $inner (import "f" (func)))
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m))
        (func $f (canon lift (core func $i "f")))
        (instance (instantiate $inner (with "f" (func $f)))))"#;
    let reason = refusal(wat::parse_str(nested).unwrap()).await;
    assert!(
        matches!(reason, Incompatibility::Exports { .. }),
        "{reason}"
    );
}

#[tokio::test]
async fn what_is_no_component_is_refused() {
    for bytes in [
        Vec::new(),
        b"\0asm".to_vec(),
        b"not WebAssembly at all".to_vec(),
        wat::parse_str("(module)").unwrap(),
    ] {
        let reason = refusal(bytes).await;
        assert!(matches!(reason, Incompatibility::NotAComponent), "{reason}");
    }
    let reason = refusal(wat::parse_str("(component)").unwrap()).await;
    assert!(
        matches!(reason, Incompatibility::Exports { .. }),
        "{reason}"
    );
}

#[tokio::test]
async fn functions_of_another_shape_are_not_the_contract() {
    let other = r#"(component
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m))
        (func $f (canon lift (core func $i "f")))
        (instance $a (export "describe" (func $f)) (export "decide-module" (func $f))
            (export "decide-award" (func $f)))
        (export "mtl:policy/assessment@0.1.0" (instance $a)))"#;
    let reason = refusal(wat::parse_str(other).unwrap()).await;
    assert!(
        matches!(reason, Incompatibility::Exports { .. }),
        "{reason}"
    );
}

#[tokio::test]
async fn an_upload_beyond_the_limit_is_refused() {
    let reason = refusal(vec![0; 100 << 20]).await;
    assert!(
        matches!(reason, Incompatibility::TooLarge { .. }),
        "{reason}"
    );
}

#[tokio::test]
async fn code_that_loops_while_it_starts_is_stopped() {
    let limits = Limits {
        describe_deadline: std::time::Duration::from_millis(20),
        ..Limits::default()
    };
    let host = PolicyHost::new(limits, CompiledCache::none()).unwrap();
    let component = crate::guests::committed("hostile");
    let looping = wrapped_with_start_loop(&component);
    match host.compile(looping).await {
        Err(PolicyFailure::Incompatible(Incompatibility::Describe(failure))) => {
            assert_eq!(failure.code(), "deadline");
        }
        other => panic!("{other:?}"),
    }
}

/// A component that starts a core module with an endless loop before the guest, whose contract it
/// exports. The text format cannot hold a component as bytes, so the rest is appended in binary.
fn wrapped_with_start_loop(guest: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"mtl:policy/assessment@0.1.0";
    let looping = r"(component
        (core module (func $f (loop (br 0))) (start $f))
        (core instance (instantiate 0)))";
    let mut bytes = wat::parse_str(looping).unwrap();
    let length = u8::try_from(NAME.len()).unwrap();
    // The guest as component 0, instance 0 of it, the alias instance 1 of its export, the export.
    section(&mut bytes, 4, guest);
    section(&mut bytes, 5, &[1, 0, 0, 0]);
    section(&mut bytes, 6, &[&[1, 5, 0, 0, length], NAME].concat());
    section(
        &mut bytes,
        11,
        &[&[1, 0, length], NAME, &[5, 1, 0]].concat(),
    );
    bytes
}

/// Appends a section: its id, its length in LEB128, its contents.
fn section(bytes: &mut Vec<u8>, id: u8, contents: &[u8]) {
    bytes.push(id);
    let mut length = contents.len();
    while length >= 0x80 {
        bytes.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap());
    bytes.extend_from_slice(contents);
}
