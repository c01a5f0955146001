//! `azr apic`.

pub mod register_plan;
