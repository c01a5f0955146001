//! The values of az's structured options: JSON, shorthand syntax, partial updates and `@file`.
