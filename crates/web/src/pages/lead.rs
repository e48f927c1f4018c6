//! For the programme lead: the catalogue, the policies, the learning records.

use askama::Template;

use crate::markdown::CleanHtml;
use crate::moments::Moment;
use crate::pages::parts::Badge;
use crate::pages::shell::Shell;

/// The catalogue.
#[derive(Template)]
#[template(path = "lead/catalogue.html")]
pub(crate) struct CataloguePage {
    pub(crate) shell: Shell,
    pub(crate) programmes: Vec<ProgrammeCard>,
}

/// One programme.
pub(crate) struct ProgrammeCard {
    pub(crate) title: String,
    pub(crate) facts: Vec<String>,
    pub(crate) summary: CleanHtml,
    pub(crate) phases: Vec<CataloguePhase>,
}

/// One phase.
pub(crate) struct CataloguePhase {
    pub(crate) title: String,
    pub(crate) modules: Vec<CatalogueModule>,
}

/// One module.
pub(crate) struct CatalogueModule {
    pub(crate) title: String,
    pub(crate) facts: String,
    pub(crate) components: Vec<CatalogueComponent>,
    pub(crate) activities: Vec<CatalogueActivity>,
}

/// One component.
pub(crate) struct CatalogueComponent {
    pub(crate) title: String,
    pub(crate) weight: String,
}

/// One activity.
pub(crate) struct CatalogueActivity {
    pub(crate) title: String,
    pub(crate) key: String,
    pub(crate) about: String,
    pub(crate) instructions: CleanHtml,
    pub(crate) prompts: Vec<PromptView>,
}

/// The prompt of one stage.
pub(crate) struct PromptView {
    pub(crate) title: String,
    pub(crate) text: CleanHtml,
}

/// The policies of the institution.
#[derive(Template)]
#[template(path = "lead/policies.html")]
pub(crate) struct PoliciesPage {
    pub(crate) shell: Shell,
    pub(crate) policies: Vec<PolicyCard>,
}

/// One policy.
pub(crate) struct PolicyCard {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) state: Badge,
    pub(crate) summary: String,
    pub(crate) facts: Vec<(&'static str, String)>,
    pub(crate) digest: String,
    pub(crate) settings: Vec<(String, String)>,
}

/// The learning records.
#[derive(Template)]
#[template(path = "lead/statements.html")]
pub(crate) struct StatementsPage {
    pub(crate) shell: Shell,
    pub(crate) filter: StatementFilter,
    /// The verbs that can be asked for: their IRI and their words.
    pub(crate) verbs: Vec<(String, String)>,
    pub(crate) error: Option<String>,
    pub(crate) statements: Vec<StatementLine>,
    /// The next page.
    pub(crate) more: Option<String>,
}

/// What was asked for, as it was typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatementFilter {
    pub(crate) person: String,
    pub(crate) verb: String,
    pub(crate) activity: String,
    pub(crate) since: String,
}

/// One statement.
pub(crate) struct StatementLine {
    pub(crate) sentence: String,
    pub(crate) at: Moment,
    pub(crate) json: String,
}
