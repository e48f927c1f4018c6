//! Custom parameters and the `$Variables` in them, as Canvas fills them in.

use serde_json::{Map, Value, json};

use super::claims::Scene;
use crate::{
    Flavour, Period,
    identifiers::{context_of, resource_link_of},
};

impl Scene<'_> {
    /// The parameters in order; a later one of the same name counts.
    pub(super) fn custom<'a>(
        &self,
        parameters: impl IntoIterator<Item = &'a (String, String)>,
    ) -> Map<String, Value> {
        let mut custom = Map::new();
        for (name, value) in parameters {
            custom.insert(name.clone(), json!(self.substitute(value)));
        }
        custom
    }

    /// Replaces a value that is a known `$Variable`; what is not known, or has no value here, stays
    /// as it was written.
    fn substitute(&self, value: &str) -> String {
        self.find_value(value).unwrap_or_else(|| value.to_owned())
    }

    fn find_value(&self, variable: &str) -> Option<String> {
        let Self {
            state,
            person,
            course,
            role,
            ..
        } = self;
        let time = |period: fn(&crate::Link) -> Period, end: bool| {
            let period = period(self.link?);
            let time = if end { period.end } else { period.start }?;
            Some(time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
        };
        Some(match variable {
            "$User.id" => super::claims::subject(state, person.id),
            "$Canvas.user.id" => person.id.to_string(),
            "$User.username" | "$Canvas.user.loginId" => person.username.clone(),
            "$Person.name.full" => person.name(),
            "$Person.name.given" => person.given_name.clone(),
            "$Person.name.family" => person.family_name.clone(),
            "$Person.email.primary" => person.email(),
            "$Person.sourcedId" | "$Canvas.user.sisid" => person.sourced_id(),
            "$Context.id" => context_of(state, Flavour::Canvas, course.id),
            "$Context.title" | "$CourseSection.title" => course.title.clone(),
            "$Context.label" | "$CourseSection.label" => course.label.clone(),
            "$Context.sourcedId" | "$CourseSection.sourcedId" => format!("SIS-{}", course.label),
            "$Context.id.history" => {
                let earlier = course.copied_from.iter();
                let earlier: Vec<String> = earlier
                    .map(|course| context_of(state, Flavour::Canvas, *course))
                    .collect();
                earlier.join(",")
            }
            "$Canvas.course.id" => course.id.to_string(),
            "$Canvas.course.previousCourseIds" => course.history(),
            "$Membership.role" => role.canvas_roles().join(","),
            "$ResourceLink.id" => resource_link_of(state, Flavour::Canvas, self.link?.id),
            "$ResourceLink.id.history" => {
                let earlier = self.link?.copied_from.iter();
                let earlier: Vec<String> = earlier
                    .map(|link| resource_link_of(state, Flavour::Canvas, *link))
                    .collect();
                earlier.join(",")
            }
            "$ResourceLink.title" => self.link?.title.clone(),
            "$ResourceLink.description" => self.link?.description.clone(),
            "$ResourceLink.available.startDateTime" => time(|link| link.available, false)?,
            "$ResourceLink.available.endDateTime" => time(|link| link.available, true)?,
            "$ResourceLink.submission.startDateTime" => time(|link| link.submission, false)?,
            "$ResourceLink.submission.endDateTime" | "$Canvas.assignment.dueAt.iso8601" => {
                time(|link| link.submission, true)?
            }
            _ => return None,
        })
    }
}
