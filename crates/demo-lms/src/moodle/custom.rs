//! Custom parameters and the `$Variables` in them, as Moodle 4.5 fills them in.

use serde_json::{Map, Value, json};

use crate::{Course, Link, Person, Role};

/// What a variable may speak of.
pub(super) struct Scene<'a> {
    pub(super) person: &'a Person,
    pub(super) course: &'a Course,
    /// Nothing where activities are picked.
    pub(super) link: Option<&'a Link>,
    pub(super) role: &'a Role,
}

impl Scene<'_> {
    /// The parameters in order, each also under its lower-cased name.
    pub(super) fn custom<'a>(
        &self,
        parameters: impl IntoIterator<Item = &'a (String, String)>,
    ) -> Map<String, Value> {
        let mut custom = Map::new();
        for (key, value) in parameters {
            let value = self.substitute(value);
            custom.insert(key.to_lowercase(), json!(value));
            custom.insert(key.clone(), json!(value));
        }
        custom
    }

    /// Replaces a value that is a known `$Variable`; an unknown one stays as it was written.
    fn substitute(&self, value: &str) -> String {
        let Self {
            person,
            course,
            role,
            ..
        } = self;
        let of_link = |part: fn(&Link) -> String| match self.link {
            Some(link) => part(link),
            None => value.to_owned(),
        };
        match value {
            "$User.id" => person.id.to_string(),
            "$User.username" => person.username.clone(),
            "$Person.name.full" => person.name(),
            "$Person.name.given" => person.given_name.clone(),
            "$Person.name.family" => person.family_name.clone(),
            "$Person.email.primary" => person.email(),
            "$Person.sourcedId" => person.sourced_id(),
            "$Context.id" => course.id.to_string(),
            "$Context.title" | "$CourseSection.title" => course.title.clone(),
            "$Context.label" | "$CourseSection.label" => course.label.clone(),
            "$Context.sourcedId" | "$CourseSection.sourcedId" => format!("SIS-{}", course.label),
            "$Context.id.history" => course.history(),
            "$ResourceLink.id" => of_link(|link| link.id.to_string()),
            "$ResourceLink.title" => of_link(|link| link.title.clone()),
            "$ResourceLink.description" => of_link(|link| link.description.clone()),
            "$Membership.role" => role.launch_roles().join(","),
            _ => value.to_owned(),
        }
    }
}
