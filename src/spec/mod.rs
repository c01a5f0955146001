//! Reading API definitions: what kind, which version, what they say of themselves.
