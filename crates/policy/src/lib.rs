//! The sandbox that runs assessment policies, and the checks of what they answer
