//! What an administrator does with registered tools.

use crate::{Lms, ToolId, identifiers::opaque};

impl Lms {
    /// Offers a tool that registered itself to teachers. On Canvas it gets its deployment now.
    pub fn activate_tool(&self, tool: ToolId) {
        self.change(|state| {
            let deployment = format!("{tool}:{}", opaque(state, "deployment", tool.0));
            if let Some(tool) = state.tools.get_mut(&tool) {
                tool.is_pending = false;
                if tool.registration.deployment_id.is_empty() {
                    tool.registration.deployment_id = deployment;
                }
            }
        });
    }

    /// Removes a tool with its activities and their marks.
    pub fn remove_tool(&self, tool: ToolId) {
        self.change(|state| {
            state.tools.remove(&tool);
            state.links.retain(|_, link| link.tool != tool);
            let gone: Vec<_> = state
                .items
                .values()
                .filter(|item| item.tool == tool)
                .collect();
            let gone: Vec<_> = gone.into_iter().map(|item| item.id).collect();
            for item in gone {
                state.items.remove(&item);
                state.grades.remove(&item);
            }
        });
    }
}
