//! Rendering a result: the only module that prints.
