//! Which product a platform is, as far as its gradebook needs other treatment.

/// A platform's product.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Product {
    /// Keeps a history of hand-ins and a list of comments.
    Canvas,
    /// Moodle, and every product that is not known: what is not repeated may be forgotten, and a
    /// score without a mark may erase the mark.
    Forgetful,
}

impl Product {
    /// By the name that the registration or the launch gives (`product_family_code`).
    pub(crate) fn of(name: Option<&str>) -> Self {
        match name {
            Some(name) if name.to_ascii_lowercase().contains("canvas") => Self::Canvas,
            _ => Self::Forgetful,
        }
    }
}
