//! The xAPI statement model, its validation and the statements of the MTL
