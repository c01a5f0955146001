//! The help of every group and command: its width, its groups of options, and where it is printed.

use crate::support::InProcessAzure;

/// The width of help that is not printed to a terminal.
const COLUMNS: usize = 80;

/// The path of every group and command, such as `apic api list`.
fn paths() -> Vec<&'static str> {
    // The golden file has a line for each: "azr apic api list: List the APIs in a center".
    let tree = include_str!("../golden/tree.txt");
    tree.lines()
        .filter_map(|line| line.strip_prefix("azr "))
        .filter_map(|line| line.split(':').next())
        .map(|path| path.trim_end_matches(" (hidden)"))
        .collect()
}

#[test]
fn every_page_fits_eighty_columns() {
    let azure = InProcessAzure::new();
    let paths = paths();
    assert!(paths.len() > 180, "{} pages", paths.len());
    for path in paths {
        let help = azure.ok(format!("{path} --help"));
        for line in help.stdout().lines() {
            assert!(line.chars().count() <= COLUMNS, "azr {path}: {} columns: {line}", line.chars().count());
            assert_eq!(line, line.trim_end(), "azr {path}");
        }
        assert!(help.stdout().contains(&format!("\nUsage: azr {path}")), "{help}");
        assert!(help.stderr.is_empty(), "{help}");
    }
}

#[test]
fn required_options_are_first() {
    let azure = InProcessAzure::new();
    let create = azure.ok("apic api create --help");
    let (before, rest) = create.stdout().split_once("\nRequired:\n").expect("a group");
    assert!(!before.contains("\nOptions:\n"), "{before}");
    let (required, _) = rest.split_once("\n\n").expect("a next group");
    for option in ["--resource-group", "--service-name", "--api-id", "--type <KIND>", "--title <TEXT>"] {
        assert!(required.contains(option), "{option}: {required}");
    }
    assert!(!required.contains("--summary"), "{required}");
    let import = azure.ok("apic import-from-apim --help");
    for text in [
        "Usage: azr apic import-from-apim -g <GROUP> -n <NAME> --apim-name <NAME>\n           --apim-apis <API>... [OPTIONS]\n",
        "Required, unless --ids is given:\n  -g,",
        "Required, unless --source-resource-ids is given:\n      --apim-name",
        "  -n, --service-name <NAME>     API center\n",
        "--on-collision <ACTION>",
        "    azr apic import-from-apim -g myResourceGroup -n myAPICenter \\\n        --apim-name",
    ] {
        let text = if cfg!(windows) { text.replace('\\', "`") } else { text.to_owned() };
        assert!(import.stdout().contains(&text), "{text}\n{import}");
    }
}

#[test]
fn a_group_without_a_command_prints_its_help() {
    let azure = InProcessAzure::new();
    for path in ["", "apic", "apic api", "apim"] {
        let help = azure.ok(path);
        assert_eq!(help.stdout(), azure.ok(format!("{path} --help").trim()).stdout(), "azr {path}");
        assert!(help.stdout().contains("Usage: azr") && help.stderr.is_empty(), "{help}");
    }
    assert_eq!(azure.ok("apic help").stdout(), azure.ok("apic --help").stdout());
    assert_eq!(azure.ok("apic help api list").stdout(), azure.ok("apic api list --help").stdout());
    let root = azure.ok("--help");
    for section in ["Work with APIs:", "Sign in:", "Set up:", "More:", "Global options:"] {
        assert!(root.stdout().contains(&format!("\n{section}\n")), "{root}");
    }
    assert!(azure.ok("apic api list -h").stdout().len() <= azure.ok("apic api list --help").stdout().len());
}

#[test]
fn a_default_group_is_optional_in_help() {
    let mut azure = InProcessAzure::new();
    azure.set("AZURE_DEFAULTS_GROUP", "myResourceGroup");
    let help = azure.ok("apic api show --help");
    assert!(help.stdout().contains("Usage: azr apic api show -n <NAME> --api-id <NAME>"), "{help}");
    azure.ok("apic api show -n myAPICenter --api-id swagger-petstore --query name");
}

#[test]
fn version_prints_what_scripts_read() {
    let azure = InProcessAzure::new();
    let version = azure.ok("version --query azr -o tsv");
    assert_eq!(version.stdout().trim(), env!("CARGO_PKG_VERSION"));
    let version = azure.ok("version");
    for member in ["\"azure-cli\": \"2.", "\"apic-extension\": \"1."] {
        assert!(version.stdout().contains(member), "{version}");
    }
}

#[test]
fn a_command_of_az_that_azr_does_not_have_is_explained() {
    let azure = InProcessAzure::new();
    let vm = azure.run("vm list");
    assert!(vm.error(2).contains("'vm' is not a command of azr"), "{vm}");
    assert!(
        vm.stderr.contains("azr has the commands of az apic and az apim") && vm.stderr.contains("az vm list")
    );
    assert!(azure.run("import").stderr.contains("azr apic import-from-apim"));
    assert!(azure.run("apic api list myAPICenter").stderr.contains("Did you mean -n myAPICenter?"));
}

#[test]
fn what_few_people_look_up_is_at_the_end() {
    let azure = InProcessAzure::new();
    let help = azure.ok("emulator start --help");
    let position = |text: &str| help.stdout().find(text).unwrap_or_else(|| panic!("no {text}\n{help}"));
    let places =
        ["Usage: ", "--port", "Examples:", "A rule of --faults is", "\n  status=CODE", "\n  wsdl-500"];
    let places: Vec<usize> = places.into_iter().map(position).collect();
    assert!(places.is_sorted(), "{help}");
    assert!(position("Usage: ") < 600, "the usage is too far down\n{help}");
    assert!(!azure.ok("emulator start -h").stdout().contains("A rule of"));
}
