//! At a terminal: colours, and no pager.

use crate::support::{self, APIM, InProcessAzure};

/// The output of azr at a new terminal, with these variables.
fn run_at_terminal(azure: &InProcessAzure, line: &str, variables: &[(&str, &str)]) -> String {
    let variables: Vec<_> = [("NO_COLOR", "")].iter().chain(variables).copied().collect();
    let run = support::run_at_terminal(azure, 80, line, &variables);
    assert_eq!(run.code, Some(0), "{run}");
    run.stdout().to_owned()
}

#[test]
fn only_jsonc_and_yamlc_are_coloured() {
    let azure = InProcessAzure::new();
    let show = format!("apim show {APIM} --query {{name:name,sku:sku.capacity}}");
    let json = run_at_terminal(&azure, &format!("{show} -o jsonc"), &[]);
    assert_eq!(
        json,
        "{\n  \u{1b}[94m\"name\"\u{1b}[39m: \u{1b}[33m\"myAPIManagement\"\u{1b}[39m,\n  \
         \u{1b}[94m\"sku\"\u{1b}[39m: \u{1b}[34m1\u{1b}[39m\n}\n"
    );
    assert!(run_at_terminal(&azure, &format!("{show} -o yamlc"), &[]).contains("\u{1b}["));
    for format in ["json", "yaml", "table", "tsv", "wide"] {
        let text = run_at_terminal(&azure, &format!("{show} -o {format}"), &[]);
        assert!(!text.contains('\u{1b}'), "{format}: {text:?}");
    }
}

#[test]
fn colours_can_be_switched_off() {
    let azure = InProcessAzure::new();
    let show = format!("apim show {APIM} --query {{name:name}} -o jsonc");
    for variable in [("NO_COLOR", "1"), ("AZURE_CORE_NO_COLOR", "true"), ("TERM", "dumb")] {
        let text = run_at_terminal(&azure, &show, &[variable]);
        assert_eq!(text, "{\n  \"name\": \"myAPIManagement\"\n}\n", "{variable:?}");
    }
}

#[test]
fn long_output_is_not_paged() {
    let azure = InProcessAzure::new();
    let pagers = [("PAGER", "false"), ("AZURE_PAGER", "false"), ("MANPAGER", "false"), ("LESS", "")];
    for line in [format!("apim api list {APIM} -o json"), "apim api create --help".to_owned()] {
        assert!(run_at_terminal(&azure, &line, &pagers).lines().count() > 24, "{line}");
    }
}

/// A password is typed without echo, which must not outlast the prompt.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_at_the_password_prompt_restores_the_terminal() {
    use rustix::termios::{LocalModes, tcgetattr};
    use std::io::Read as _;

    let azure = crate::login::start_signed_out(&[]);
    for signal in ["-INT", "-TERM", "-HUP"] {
        let terminal = support::Terminal::open(80);
        let side = terminal.open_side();
        let has_echo = || tcgetattr(&side).expect("a terminal").local_modes.contains(LocalModes::ECHO);
        // setsid makes it the controlling terminal, which /dev/tty opens.
        let mut command = azure.command("setsid");
        let args = "login --service-principal -u 33333333-3333-3333-3333-333333333333 --tenant t.example";
        command.args(["--ctty", env!("CARGO_BIN_EXE_azr")]).args(args.split(' '));
        let mut child = terminal.spawn(command);
        let mut screen = terminal.into_file();
        let mut read = || {
            let mut buffer = [0; 4096];
            let count = screen.read(&mut buffer).unwrap_or_default();
            String::from_utf8_lossy(&buffer[..count]).into_owned()
        };
        let mut text = String::new();
        while !text.contains("Password: ") {
            text += &read();
        }
        while has_echo() {
            std::thread::yield_now();
        }
        support::send_signal(&child, signal);
        let code = child.wait().expect("azr ends").code();
        assert_eq!((code, has_echo()), (Some(130), true), "{signal}: {text}");
        while !text.ends_with("ERROR: interrupted\r\n") {
            text += &read();
        }
        assert_eq!(text, "Password: \r\nERROR: interrupted\r\n", "{signal}");
    }
}
