//! Decisions in a fresh sandbox beside the same rules as a native function, in one run.
//!
//! The input has 20 judgements: five components with two attempts each, judged by coach and tutor,
//! some late, some capped. The native function gets its input already built and the settings as
//! text, as the policy does, and builds the same explanations. The sandbox's figure holds all that
//! the host does for a decision: converting the work, making the instance, passing it in, reading
//! the answer, checking it, and throwing the instance away.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and cannot go on without its input"
)]

#[path = "../tests/suite/cases.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod cases;
#[path = "../tests/suite/native.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod native;

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use mtl_policy::{CompiledCache, Limits, PolicyHost};
use mtl_programme::assessment::ModuleWork;
use serde_json::{Value, json};

/// Decisions of a row that are timed, and those before that warm it up.
const RUNS: usize = 5_000;
const WARM_UP: usize = 500;

fn main() {
    let host = PolicyHost::new(
        Limits {
            // A busy machine must not end the benchmark; the loop below has the default deadline.
            deadline: Duration::from_secs(1),
            ..Limits::default()
        },
        CompiledCache::none(),
    )
    .unwrap();
    let policy = host.compile_blocking(&component("uk-masters")).unwrap();
    let defaults: Value = serde_json::from_str(mtl_uk_masters::DEFAULTS).unwrap();
    let settings = policy.check_settings(&defaults).unwrap();

    println!("                                        median      p99   decisions/s");
    let mut ratios = Vec::new();
    for (name, criteria) in [("20 judgements", 0), ("the same with 6 criteria each", 6)] {
        let work = work(criteria);
        let built = native::build(&work);
        let expected = native::decide_module(&work, settings.json()).unwrap();
        let native = time(|| {
            black_box(mtl_uk_masters::decide_module(
                black_box(&built),
                settings.json(),
            ))
            .unwrap();
        });
        let sandbox = time(|| {
            let (decided, _fuel) = host.evaluate_module(&policy, black_box(&work), &settings);
            assert_eq!(black_box(decided).unwrap().mark, expected.mark);
        });
        let receipt = time(|| {
            black_box(host.decide_module_blocking(&policy, black_box(&work), &settings)).unwrap();
        });
        println!("{name}");
        print_row("native function", &native);
        print_row("fresh sandbox, checked", &sandbox);
        print_row("the same with its receipt", &receipt);
        let (_, fuel) = host.evaluate_module(&policy, &work, &settings);
        let ratio = median(&sandbox).as_secs_f64() / median(&native).as_secs_f64();
        println!("  sandbox / native, of the medians     {ratio:>6.2}   fuel {fuel}");
        ratios.push(ratio);
    }
    let stopped = endless_loop();
    println!(
        "endless loop, deadline {} ms",
        Limits::default().deadline.as_millis()
    );
    println!(
        "  time until stopped            median {:>6.1} ms, longest {:>6.1} ms of {}",
        median(&stopped).as_secs_f64() * 1e3,
        stopped.last().unwrap().as_secs_f64() * 1e3,
        stopped.len()
    );
    println!(
        "targets: ratio at most 8 ({}), loop stopped within 50 ms ({})",
        met(ratios[0] <= 8.0),
        met(*stopped.last().unwrap() <= Duration::from_millis(50))
    );
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "NOT MET" }
}

/// The time from asking to knowing that it was stopped, sorted.
fn endless_loop() -> Vec<Duration> {
    let host = PolicyHost::new(Limits::default(), CompiledCache::none()).unwrap();
    let policy = host.compile_blocking(&component("hostile")).unwrap();
    let settings = policy.check_settings(&json!({"do": "loop"})).unwrap();
    let work = work(0);
    let mut times: Vec<_> = (0..20)
        .map(|_| {
            let start = Instant::now();
            let (result, _fuel) = host.evaluate_module(&policy, &work, &settings);
            assert_eq!(result.unwrap_err().code(), "deadline");
            start.elapsed()
        })
        .collect();
    times.sort();
    times
}

/// Every run's time, sorted.
fn time(mut run: impl FnMut()) -> Vec<Duration> {
    for _ in 0..WARM_UP {
        run();
    }
    let mut times: Vec<_> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times
}

fn median(sorted: &[Duration]) -> Duration {
    sorted[sorted.len() / 2]
}

fn print_row(name: &str, sorted: &[Duration]) {
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let total: Duration = sorted.iter().sum();
    println!(
        "  {name:<32} {:>8.1} µs {:>6.1} µs {:>10.0}",
        micros(median(sorted)),
        micros(sorted[sorted.len() * 99 / 100]),
        f64::from(u32::try_from(sorted.len()).unwrap()) / total.as_secs_f64(),
    );
}

fn component(guest: &str) -> Vec<u8> {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    std::fs::read(plugins.join(guest).join(format!("{guest}.wasm"))).unwrap()
}

fn work(criteria: usize) -> ModuleWork {
    let criteria: Vec<_> = (1..=criteria)
        .map(|number| json!({"criterion": format!("criterion-{number}"), "mark": 5800 + number}))
        .collect();
    let components: Vec<_> = (1..=5)
        .map(|number| {
            let attempts: Vec<_> = (1..=2)
                .map(|attempt| {
                    let day = 10 + number * attempt % 7;
                    json!({
                        "number": attempt, "counts-as": attempt,
                        "due": format!("2026-0{attempt}-12T12:00:00"),
                        "submitted": format!("2026-0{attempt}-{day}T11:59:00"),
                        "words": 5000,
                        "judgements": [
                            {
                                "id": format!("judgement-{number}-{attempt}-coach"),
                                "assessor": "coach", "mark": 6000 + number * 90,
                                "criteria": criteria,
                            },
                            {
                                "id": format!("judgement-{number}-{attempt}-tutor"),
                                "assessor": "tutor", "mark": 5500 + number * 111,
                                "criteria": criteria,
                            },
                        ],
                    })
                })
                .collect();
            json!({
                "id": format!("scenario-{number}"), "weight": 20, "must-pass": number % 2 == 0,
                "attempts": attempts,
            })
        })
        .collect();
    cases::module_work(&json!({
        "calendar": {"weekend": ["saturday", "sunday"], "closed": ["2026-01-01", "2026-12-25"]},
        "components": components,
    }))
}
