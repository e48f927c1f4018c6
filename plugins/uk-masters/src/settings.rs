//! The settings: read from JSON, every one with a default.

use mtl_policy_sdk::contract::{Refusal, RefusalKind};
use mtl_policy_sdk::json::Json;
use mtl_policy_sdk::{Beyond, LateBand, LateEffect, LateRule, LateUnit, Markers, Rounding, Tie};

/// The settings of one institution's rules. Marks are in hundredths.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// The mark that passes, where the level has no other.
    pub pass_mark: u32,
    /// Levels with another pass mark.
    pub pass_marks_by_level: Vec<(u32, u32)>,
    /// How often a part may be tried, as the regulations count.
    pub max_attempts: u32,
    /// Whether the best attempt counts; else the latest.
    pub best_of: bool,
    /// Whether work that was never handed in gets zero; else no mark at all.
    pub zero_for_nothing: bool,
    /// Whether a settled decision is recommended for release.
    pub recommend_release: bool,
    /// Whose marks count.
    pub markers: Markers,
    /// Late work.
    pub late: LateRule,
    /// Late work at a later attempt, where it has a rule of its own.
    pub late_resits: Option<LateRule>,
    /// What is capped.
    pub cap: Cap,
    /// Rounding of an element.
    pub element: Step,
    /// Rounding of a component.
    pub component: Step,
    /// Rounding of a module.
    pub module: Step,
    /// Rounding of the award's mean.
    pub award: Step,
    /// Grades and classes with their lowest marks, from the highest down.
    pub grades: Vec<(String, u32)>,
    /// Lesser awards with their credits, from the most down.
    pub exit_awards: Vec<(String, u32)>,
}

/// One step of the rounding pipeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// How.
    pub rounding: Rounding,
    /// Whether the rounded value goes on; else the exact one, and only the record is rounded.
    pub carry_rounded: bool,
}

/// Caps on what is taken again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cap {
    /// What is capped.
    pub scope: CapScope,
    /// At what; the pass mark where there is none.
    pub mark: Option<u32>,
    /// Whether the record shows the full mark, and only what is carried is capped.
    pub record_full: bool,
    /// Whether a component's cap comes before its late penalty.
    pub before_late: bool,
}

/// What is capped once something was taken again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CapScope {
    /// Nothing.
    None,
    /// The component or element that was taken again.
    Component,
    /// The module.
    Module,
}

impl Settings {
    /// Reads the settings; what is left out has the default of the schema.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let json = Json::parse(text).map_err(|at| Refusal {
            kind: RefusalKind::Settings,
            at: None,
            reason: format!(
                "The settings are not JSON with whole numbers, at byte {}.",
                at.0
            ),
        })?;
        let top = Table(Some(&json), "");
        let markers = top.table("markers", "/markers");
        let cap = top.table("cap", "/cap");
        let late = top.table("late", "/late");
        let rounding = top.table("rounding", "/rounding");
        let rule = late_rule(late)?;
        let step = |name, at, decimals, carry_rounded| {
            let table = rounding.table(name, at);
            Ok::<_, Refusal>(Step {
                rounding: Rounding {
                    decimals: u8::try_from(table.number("decimals", decimals)?).unwrap_or(2),
                    tie: table.choice(
                        "tie",
                        &[
                            ("half-up", Tie::HalfUp),
                            ("half-even", Tie::HalfEven),
                            ("down", Tie::Down),
                        ],
                    )?,
                },
                carry_rounded: match table.get("carry") {
                    None => carry_rounded,
                    Some(_) => table.choice("carry", &[("rounded", true), ("exact", false)])?,
                },
            })
        };
        Ok(Self {
            pass_mark: top.number("pass-mark", 5000)?,
            pass_marks_by_level: top
                .items("pass-marks-by-level", "/pass-marks-by-level")
                .map(|item| Ok((item.number("level", 7)?, item.number("mark", 5000)?)))
                .collect::<Result<_, Refusal>>()?,
            max_attempts: top.number("max-attempts", 2)?,
            best_of: top.choice("combine-attempts", &[("replace", false), ("best-of", true)])?,
            zero_for_nothing: top.choice(
                "non-submission",
                &[("zero", true), ("non-submission", false)],
            )?,
            recommend_release: top.flag("recommend-release", false)?,
            markers: Markers {
                coach_share: markers.number("coach-share", 0)?,
                tolerance: markers.number("tolerance", 1000)?,
                across_pass_mark: markers.flag("moderate-across-pass-mark", false)?,
            },
            late_resits: late
                .choice(
                    "resits",
                    &[
                        ("same", None),
                        ("zero", Some(Beyond::Zero)),
                        ("non-submission", Some(Beyond::NonSubmission)),
                    ],
                )?
                .map(|beyond| LateRule {
                    bands: Vec::new(),
                    beyond,
                    ..rule.clone()
                }),
            late: rule,
            cap: Cap {
                scope: cap.choice(
                    "scope",
                    &[
                        ("component", CapScope::Component),
                        ("module", CapScope::Module),
                        ("none", CapScope::None),
                    ],
                )?,
                mark: match cap.get("mark") {
                    None => None,
                    Some(_) => Some(cap.number("mark", 0)?),
                },
                record_full: cap.choice("record", &[("capped", false), ("full", true)])?,
                before_late: cap
                    .choice("order", &[("after-late", false), ("before-late", true)])?,
            },
            element: step("element", "/rounding/element", 2, false)?,
            component: step("component", "/rounding/component", 0, true)?,
            module: step("module", "/rounding/module", 0, true)?,
            award: step("award", "/rounding/award", 0, true)?,
            grades: named(top, "grades", "/grades", "from")?,
            exit_awards: named(top, "exit-awards", "/exit-awards", "credits")?,
        })
    }

    /// The mark that passes at a level.
    pub fn pass_mark(&self, level: u32) -> u32 {
        self.pass_marks_by_level
            .iter()
            .find(|(at, _)| *at == level)
            .map_or(self.pass_mark, |(_, mark)| *mark)
    }
}

fn named(
    top: Table<'_>,
    name: &str,
    at: &'static str,
    number: &'static str,
) -> Result<Vec<(String, u32)>, Refusal> {
    top.items(name, at)
        .map(|item| {
            let name = item.get("name").and_then(Json::as_text);
            let name = name.ok_or_else(|| item.wrong("name"))?;
            Ok((name.to_owned(), item.number(number, 0)?))
        })
        .collect()
}

fn late_rule(late: Table<'_>) -> Result<LateRule, Refusal> {
    let bands = late
        .items("bands", "/late/bands")
        .map(|band| {
            let points = band.get("points").is_some();
            let periods = band.get("points-per-period").is_some();
            let cap = band.get("cap").is_some();
            let effect = match (points, periods, cap) {
                (true, false, false) => LateEffect::Points(band.number("points", 0)?),
                (false, true, false) => LateEffect::PointsPerPeriod {
                    points: band.number("points-per-period", 0)?,
                    period: band.number("period", 24)?,
                },
                (false, false, true) => LateEffect::Cap(band.number("cap", 0)?),
                _ => {
                    return Err(Refusal {
                        kind: RefusalKind::Settings,
                        at: Some("/late/bands".into()),
                        reason: "Each late band needs one of points, points-per-period and cap."
                            .into(),
                    });
                }
            };
            Ok(LateBand {
                up_to: band.number("up-to", 0)?,
                effect,
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    if !bands.is_sorted_by(|one, next| one.up_to < next.up_to) {
        return Err(Refusal {
            kind: RefusalKind::Settings,
            at: Some("/late/bands".into()),
            reason: "The late bands have to be in ascending order of up-to.".into(),
        });
    }
    Ok(LateRule {
        unit: late.choice(
            "unit",
            &[
                ("hours", LateUnit::Hour),
                ("calendar-days", LateUnit::CalendarDay),
                ("working-days", LateUnit::WorkingDay),
            ],
        )?,
        grace: late.number("grace-minutes", 0)?.saturating_mul(60),
        ends_inclusive: late.choice("ends", &[("inclusive", true), ("exclusive", false)])?,
        bands,
        beyond: late.choice(
            "beyond",
            &[
                ("zero", Beyond::Zero),
                ("non-submission", Beyond::NonSubmission),
            ],
        )?,
        floor_at_pass_mark: late.flag("floor-at-pass-mark", true)?,
    })
}

/// A table of the settings and its place, for messages.
#[derive(Clone, Copy)]
struct Table<'a>(Option<&'a Json<'a>>, &'static str);

impl<'a> Table<'a> {
    fn get(&self, name: &str) -> Option<&'a Json<'a>> {
        self.0?.get(name)
    }

    fn table(&self, name: &str, at: &'static str) -> Self {
        Self(self.get(name), at)
    }

    fn items(&self, name: &str, at: &'static str) -> impl Iterator<Item = Self> {
        let items = self.get(name).map_or(&[][..], Json::items);
        items.iter().map(move |item| Self(Some(item), at))
    }

    fn number(&self, name: &str, default: u32) -> Result<u32, Refusal> {
        match self.get(name) {
            None => Ok(default),
            Some(value) => value
                .as_number()
                .and_then(|number| u32::try_from(number).ok())
                .ok_or_else(|| self.wrong(name)),
        }
    }

    fn flag(&self, name: &str, default: bool) -> Result<bool, Refusal> {
        match self.get(name) {
            None => Ok(default),
            Some(value) => value.as_bool().ok_or_else(|| self.wrong(name)),
        }
    }

    /// One of several words; the first is the default.
    fn choice<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<T, Refusal> {
        let Some(value) = self.get(name) else {
            return words
                .first()
                .map(|(_, value)| *value)
                .ok_or_else(|| self.wrong(name));
        };
        let text = value.as_text();
        words
            .iter()
            .find(|(word, _)| text == Some(word))
            .map(|(_, value)| *value)
            .ok_or_else(|| self.wrong(name))
    }

    fn wrong(&self, name: &str) -> Refusal {
        Refusal {
            kind: RefusalKind::Settings,
            at: Some(format!("{}/{name}", self.1)),
            reason: format!("The setting {name} is not as the schema has it."),
        }
    }
}
