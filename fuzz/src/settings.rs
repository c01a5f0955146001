//! az's files: `config`, `clouds.config` and `azureProfile.json`.
//!
//! `=== NAME` on a line of its own begins a file of that name; other names are left out.

use std::fs;

use azr_core::context::{ConfigScope, Context, Environment, Terminal};

const FILES: [&str; 3] = ["config", "clouds.config", "azureProfile.json"];

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let folder = std::env::temp_dir().join(format!("azr-fuzz-settings-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    for name in FILES {
        drop(fs::remove_file(folder.join(name)));
    }
    let begins: &[u8] = b"=== ";
    let mut rest = data;
    while let Some(at) = rest.windows(begins.len()).position(|window| window == begins) {
        rest = &rest[at + begins.len()..];
        let end = rest.windows(begins.len()).position(|window| window == begins).unwrap_or(rest.len());
        for name in FILES {
            if let Some(content) =
                rest[..end].strip_prefix(name.as_bytes()).and_then(|c| c.strip_prefix(b"\n"))
            {
                fs::write(folder.join(name), content).expect("written");
            }
        }
    }
    let dir = folder.to_str().expect("a path of letters");
    let environment = Environment::for_test(dir, [("AZURE_CONFIG_DIR", dir)]);
    let context = Context::new(environment, Terminal::default());
    drop(context.cloud().cloned());
    drop(context.subscriptions(true));
    drop(context.subscription(None));
    drop(context.default_output());
    drop(context.default_group());
    drop(context.option_default("apic"));
    drop(context.only_show_errors());
    drop(context.no_color());
    drop(context.clouds());
    if let Ok(config) = context.config_files(ConfigScope::Local) {
        drop(config.sections());
        drop(config.entries("defaults"));
    }
    if context.set_config(ConfigScope::Global, "defaults", "group", "a = [b] %% c").is_ok() {
        // What was set is what is read, whatever stood in the file, and unset it is gone.
        let set = || {
            let items = context.config_files(ConfigScope::Global).expect("read again").entries("defaults");
            items.into_iter().find(|item| item.name == "group").map(|item| item.value)
        };
        assert_eq!(set().as_deref(), Some("a = [b] % c"));
        let before = fs::read(folder.join("config")).expect("the file");
        context.set_config(ConfigScope::Global, "defaults", "group", "a = [b] %% c").expect("set again");
        assert_eq!(fs::read(folder.join("config")).expect("the file"), before);
        context.unset_config(ConfigScope::Global, "defaults", "group").expect("unset");
        assert_ne!(set().as_deref(), Some("a = [b] % c"));
    }
    if let Ok(chosen) = context.set_default_subscription("s") {
        // What was written is read again by the next run.
        let environment = Environment::for_test(dir, [("AZURE_CONFIG_DIR", dir)]);
        let again = Context::new(environment, Terminal::default());
        assert!(again.subscriptions(true).is_ok_and(|all| all.iter().any(|s| s.id == chosen.id)));
    }
}
