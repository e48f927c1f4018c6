//! The people and the course of the demonstration.

use std::collections::BTreeSet;

use crate::{CourseId, LinkId, LinkSeed, Lms, LmsError, NewCourse, NewPerson, PersonId, Role};

const COURSE_LABEL: &str = "MTL-2026";

/// What the demonstration consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demonstration {
    /// The course.
    pub course: CourseId,
    /// Participant teachers: Amara Okafor, Tomasz Nowak, Siân Pritchard, Declan O'Neill.
    pub participants: Vec<PersonId>,
    /// Helen Marsh, coach of Amara Okafor and Tomasz Nowak.
    pub coach: PersonId,
    /// Idris Campbell, coach of the other two.
    pub second_coach: PersonId,
    /// Ruth Adeyemi, university tutor.
    pub tutor: PersonId,
    /// Colin Fairweather, programme lead and administrator.
    pub lead: PersonId,
    /// The links, in the order of the seeds.
    pub links: Vec<LinkId>,
}

impl Lms {
    /// Adds the people, the course and the given activities of the demonstration.
    ///
    /// May be called at every start: what is there already is kept, with its numbers and marks.
    /// An activity is known again by its section and title. Needs a registered tool.
    pub fn seed_demonstration(&self, links: &[LinkSeed]) -> Result<Demonstration, LmsError> {
        let lead = self.seed_person(
            "Colin",
            "Fairweather",
            "Leads the programme; sees everything",
        );
        let tutor = self.seed_person("Ruth", "Adeyemi", "Marks, releases, pairs coaches");
        let participants = vec![
            self.seed_person("Amara", "Okafor", "Teaches science in Leeds"),
            self.seed_person("Tomasz", "Nowak", "Teaches Year 4 in Hull"),
            self.seed_person("Siân", "Pritchard", "Teaches Welsh and drama in Wrexham"),
            self.seed_person("Declan", "O'Neill", "Teaches mathematics in Bradford"),
        ];
        let coach = self.seed_person("Helen", "Marsh", "Coaches Amara Okafor and Tomasz Nowak");
        let second_coach = self.seed_person(
            "Idris",
            "Campbell",
            "Coaches Siân Pritchard and Declan O'Neill",
        );

        let course = self.seed_course();
        self.enrol(course, lead, Role::Administrator)?;
        self.enrol(course, tutor, Role::Tutor)?;
        for &participant in &participants {
            self.enrol(course, participant, Role::Participant)?;
        }
        let (first, second) = participants.split_at(2);
        for (coach, theirs) in [(coach, first), (second_coach, second)] {
            let participants: BTreeSet<PersonId> = theirs.iter().copied().collect();
            self.enrol(course, coach, Role::Coach { participants })?;
        }

        let links = links
            .iter()
            .map(|seed| self.seed_link(course, seed))
            .collect::<Result<_, _>>()?;
        Ok(Demonstration {
            course,
            participants,
            coach,
            second_coach,
            tutor,
            lead,
            links,
        })
    }

    fn seed_person(&self, given_name: &str, family_name: &str, about: &str) -> PersonId {
        let person = NewPerson::named(given_name, family_name).about(about);
        let known = self.read(|state| {
            state
                .people
                .values()
                .find(|known| known.username == person.username)
                .map(|known| known.id)
        });
        known.unwrap_or_else(|| self.add_person(person))
    }

    fn seed_course(&self) -> CourseId {
        let known = self.read(|state| {
            state
                .courses
                .values()
                .find(|course| course.label == COURSE_LABEL)
                .map(|course| course.id)
        });
        known.unwrap_or_else(|| {
            self.add_course(NewCourse {
                label: COURSE_LABEL.to_owned(),
                title: "Master's in Teaching and Learning".to_owned(),
            })
        })
    }

    fn seed_link(&self, course: CourseId, seed: &LinkSeed) -> Result<LinkId, LmsError> {
        let known = self.read(|state| {
            state
                .links
                .values()
                .find(|link| {
                    link.course == course
                        && link.section == seed.section
                        && link.title == seed.title
                })
                .map(|link| link.id)
        });
        match known {
            Some(id) => {
                self.replace_link(id, seed);
                Ok(id)
            }
            None => self.add_link(course, seed.clone()),
        }
    }
}
