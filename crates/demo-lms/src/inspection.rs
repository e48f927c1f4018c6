//! What tests look at, and what they break.

use mtl_lti::Jwks;

use crate::{
    Course, CourseId, Faults, Flavour, GradebookRow, ItemId, LineItem, Link, Lms, LmsError, Person,
    PersonId, ScoreRecord, Tool, canvas, key::PlatformKey, moodle, openedx, state::State,
};

/// The addresses that a tool's administrator enters on their side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// The issuer.
    pub issuer: String,
    /// The OIDC authorisation endpoint.
    pub authorization: String,
    /// The token endpoint.
    pub token: String,
    /// The key set.
    pub jwks: String,
    /// Where a tool that registers itself reads all of these.
    pub openid_configuration: String,
}

impl Lms {
    /// The addresses that a tool's administrator enters on their side.
    pub fn endpoints(&self) -> Endpoints {
        match self.flavour() {
            Flavour::Moodle => moodle::endpoints(self.base()),
            Flavour::Canvas => canvas::endpoints(self.base()),
            Flavour::OpenEdx => openedx::endpoints(self.base()),
        }
    }

    /// The published key set.
    pub fn jwks(&self) -> Jwks {
        self.read(|state| state.keys.iter().map(PlatformKey::pair).collect())
    }

    /// Everybody with an account.
    pub fn people(&self) -> Vec<Person> {
        self.read(|state| state.people.values().cloned().collect())
    }

    /// The registered tools.
    pub fn tools(&self) -> Vec<Tool> {
        self.read(|state| state.tools.values().cloned().collect())
    }

    /// A course.
    pub fn find_course(&self, course: CourseId) -> Result<Course, LmsError> {
        self.read(|state| state.find_course(course).cloned())
    }

    /// The activities of a course.
    pub fn links(&self, course: CourseId) -> Vec<Link> {
        self.read(|state| {
            let of_course = state.links.values().filter(|link| link.course == course);
            of_course.cloned().collect()
        })
    }

    /// The columns of a course.
    pub fn line_items(&self, course: CourseId) -> Vec<LineItem> {
        self.read(|state| {
            let of_course = state.items.values().filter(|item| item.course == course);
            of_course.cloned().collect()
        })
    }

    /// Every gradable person and column of a course, by person, then column.
    pub fn gradebook(&self, course: CourseId) -> Vec<GradebookRow> {
        let reviews = |state: &State, row: &GradebookRow, item: &LineItem| match self.flavour() {
            Flavour::Canvas => {
                let link = item.link.and_then(|link| state.links.get(&link));
                link.is_some_and(|link| state.handed_in_at(link, row.person).is_some())
            }
            Flavour::Moodle => item.review.is_some(),
            Flavour::OpenEdx => false,
        };
        self.read(|state| {
            let mut rows = gradebook(state, course);
            for row in &mut rows {
                let item = state.items.get(&row.item);
                row.is_reviewable = item.is_some_and(|item| reviews(state, row, item));
            }
            rows
        })
    }

    /// The scores posted since the start, oldest first; beyond 50,000 the oldest are dropped.
    pub fn score_log(&self) -> Vec<ScoreRecord> {
        self.live().scores.iter().cloned().collect()
    }

    /// The faults that are on.
    pub fn faults(&self) -> Faults {
        self.live().faults.clone()
    }

    /// Switches faults on and off.
    pub fn set_faults(&self, faults: Faults) {
        self.live().faults = faults;
    }

    /// Withdraws every access token, as a platform does when its cache is lost.
    pub fn forget_access_tokens(&self) {
        self.live().forget_tokens();
    }

    /// Deletes a column with its marks, as a teacher can at any time.
    pub fn delete_line_item(&self, item: ItemId) {
        self.change(|state| {
            state.items.remove(&item);
            state.grades.remove(&item);
        });
    }

    /// Types another mark into a person's cell that a score has filled, or empties it, as a teacher
    /// can at any time.
    pub fn type_mark(&self, item: ItemId, person: PersonId, mark: Option<f64>) {
        self.change(|state| {
            let cells = state.grades.get_mut(&item);
            if let Some(grade) = cells.and_then(|cells| cells.get_mut(&person)) {
                grade.raw = mark;
                grade.mark = mark;
            }
        });
    }

    /// Signs with a new key from now on and returns its id. The ones before are gone at once, as
    /// after a key was lost.
    pub fn replace_key(&self) -> Result<String, LmsError> {
        let key = PlatformKey::generate()?;
        let id = key.pair().kid().to_owned();
        self.change(|state| state.keys = vec![key]);
        Ok(id)
    }

    /// Signs with a new key from now on and returns its id. The one before stays published.
    pub fn rotate_key(&self) -> Result<String, LmsError> {
        let key = PlatformKey::generate()?;
        let id = key.pair().kid().to_owned();
        self.change(|state| {
            let published = state.keys.len().saturating_sub(1);
            state.keys.drain(..published);
            state.keys.push(key);
        });
        Ok(id)
    }
}

fn gradebook(state: &State, course: CourseId) -> Vec<GradebookRow> {
    let Some(course) = state.courses.get(&course) else {
        return Vec::new();
    };
    let people = course
        .members
        .iter()
        .filter(|(_, role)| role.is_gradable())
        .filter_map(|(id, _)| state.people.get(id));
    let items: Vec<_> = state
        .items
        .values()
        .filter(|item| item.course == course.id)
        .collect();
    people
        .flat_map(|person| items.iter().map(move |item| (person, *item)))
        .map(|(person, item)| GradebookRow {
            person: person.id,
            name: person.name(),
            item: item.id,
            label: item.label.clone(),
            maximum: item.maximum,
            resource_id: item.resource_id.clone(),
            tag: item.tag.clone(),
            link: item.link,
            is_reviewable: false,
            grade: state
                .grades
                .get(&item.id)
                .and_then(|cells| cells.get(&person.id))
                .cloned(),
        })
        .collect()
}
