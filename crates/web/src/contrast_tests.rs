//! The stylesheet's colours, held against WCAG 2.2: 4.5 to 1 for text (1.4.3), 3 to 1 for the
//! edges of fields and the focus ring (1.4.11), in light and in dark.

use std::collections::HashMap;

const TOKENS: &str = include_str!("../static/css/1-tokens.css");

const TEXT: &[(&str, &str)] = &[
    ("ink", "canvas"),
    ("ink", "surface"),
    ("ink", "raised"),
    ("ink", "accent-soft"),
    ("muted", "accent-soft"),
    ("ink", "good-soft"),
    ("ink", "warn-soft"),
    ("ink", "bad-soft"),
    ("muted", "canvas"),
    ("muted", "surface"),
    ("muted", "good-soft"),
    ("muted", "warn-soft"),
    ("muted", "bad-soft"),
    ("accent", "canvas"),
    ("accent", "surface"),
    ("accent", "good-soft"),
    ("accent", "warn-soft"),
    ("accent", "bad-soft"),
    ("accent-strong", "surface"),
    ("accent-strong", "canvas"),
    ("accent-strong", "accent-soft"),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("good", "good-soft"),
    ("surface", "good"),
    ("warn", "warn-soft"),
    ("bad", "bad-soft"),
    ("bad", "surface"),
    ("bad", "canvas"),
    ("bad", "warn-soft"),
    ("calm", "calm-soft"),
];

const EDGES: &[(&str, &str)] = &[
    ("edge", "surface"),
    ("edge", "canvas"),
    ("focus", "surface"),
    ("focus", "canvas"),
    ("accent", "surface"),
    ("good", "surface"),
    ("warn", "surface"),
    ("bad", "surface"),
];

fn colours(block: &str) -> HashMap<&str, (f64, f64, f64)> {
    block
        .lines()
        .filter_map(|line| {
            line.trim()
                .strip_prefix("--")?
                .strip_suffix(';')?
                .split_once(": #")
        })
        .map(|(name, hex)| {
            let part =
                |at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            (name, (part(0), part(2), part(4)))
        })
        .collect()
}

/// WCAG 2.2, definition of relative luminance.
fn luminance((red, green, blue): (f64, f64, f64)) -> f64 {
    let linear = |part: f64| {
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

fn contrast(one: (f64, f64, f64), other: (f64, f64, f64)) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn black_on_white_is_21_to_1() {
    assert!((contrast((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)) - 21.0).abs() < 1e-9);
}

#[test]
fn every_pair_can_be_read() {
    let (light, dark) = TOKENS.split_once("@media").unwrap();
    let light = colours(light);
    let mut dark_over = light.clone();
    dark_over.extend(colours(dark));
    let mut wrong = Vec::new();
    for (mode, colours) in [("light", &light), ("dark", &dark_over)] {
        for (pairs, least) in [(TEXT, 4.5), (EDGES, 3.0)] {
            for (front, back) in pairs {
                let ratio = contrast(colours[front], colours[back]);
                if ratio < least {
                    wrong.push(format!(
                        "{mode}: {front} on {back} is {ratio:.2}, less than {least}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
