//! `azr emulator start`: serves the emulator until it is stopped.

use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use url::Url;

use crate::commands::args;
use crate::commands::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_arm::transport::network::NetworkTransport;
use azr_arm::transport::{Request, Transport as _};
use azr_core::context::is_loopback;
use azr_core::error::{Error, Result};
use azr_emulator::faults::Faults;
use azr_emulator::sample::{Plan, SyntheticApis};
use azr_emulator::{
    DEFAULT_TOKEN_SECONDS, Emulator, Options, QuirkList, Quirks, RateLimits, RequestLog, ServeOptions, State,
    TokenIssuer, sample, serve, tls,
};
use azr_output::message;

/// The maximum of `--apis`.
const MAX_APIS: i64 = 100_000;

/// The maximum of `--token-seconds`: a day, like the longest lifetime of Entra.
const MAX_TOKEN_SECONDS: i64 = 24 * 60 * 60;

/// With more synthetic APIs than this the sample's API center is on the Standard plan, so that all of them fit.
///
/// The Free plan holds 200, besides those of the sample.
const MAX_APIS_OF_FREE: usize = 150;

/// `azr emulator start`.
pub(super) fn command() -> Leaf {
    Leaf::run("start", "Serve the emulator on this machine", run)
    .details(
        "It listens on 127.0.0.1 only, and prints 'listening on URL' when it is ready. Ctrl-C ends it; the state is \
         saved where --state names a file, and forgotten otherwise. Point azr at it with \
         AZURE_CLOUD_NAME=AzureEmulator AZR_ARM_ENDPOINT=URL, or --arm-endpoint URL. The tokens that it issues, the rules of \
         --faults and the names of --quirks are described below the examples.",
    )
    .notes(
        "It also issues tokens. azr requests them if AZURE_CLOUD_NAME is not set, and needs them with --sign-in: \
         AZURE_AUTHORITY_HOST=URL with the tenant 22222222-2222-2222-2222-222222222222, any GUID as client, and any \
         secret (the first one that a client sends becomes its secret) or assertion; azr login signs its only user in with a \
         browser, or with a code that is approved on URL/devicelogin; AZURE_POD_IDENTITY_AUTHORITY_HOST=URL and IDENTITY_ENDPOINT=URL/msi/token for a \
         managed identity; ACTIONS_ID_TOKEN_REQUEST_URL=URL/oidc/github and SYSTEM_OIDCREQUESTURI=URL/oidc/pipelines \
         for a pipeline's.\n\n\
         A rule of --faults is METHOD GLOB ACTION… WHEN, on a line of its own or between ';'; # begins a comment.\n\
         METHOD is * or such as PUT,POST. GLOB is for the path, or for path?query: */apis/*export=true*.\n\
         WHEN is p=0.1 (by chance), n=3 (the third that matches), every=5, first=2, or nothing for always. seed=N, a \
         rule of its own, decides what chance brings: the same to the same requests.\n\
         ACTION is one or more of:\n\
         \u{20} status=CODE [code=ERROR] [after]  an error instead of carrying the request out, or after it\n\
         \u{20} retry-after=SECONDS|MSms|date|absurd\n\
         \u{20} reset=before|after  the connection is reset before or after the request is carried out\n\
         \u{20} drip=BYTES  the body is sent at this many bytes per second\n\
         \u{20} truncate, overlong, garbage, content-type=TYPE  an invalid body\n\
         \u{20} accept  a write to API Center becomes a long-running operation: a 202 with a location to poll\n\
         \u{20} no-location, location-elsewhere, ok-for-accepted  a 202 that is not what it should be; \
         location-elsewhere is for status=3xx, too\n\
         \u{20} stuck, fail-operation  the operation that is started or polled never ends, or fails\n\
         \u{20} next-loop, next-elsewhere  the nextLink of a list leads to itself, or to another host\n\
         \u{20} skew=SECONDS  the service's clock is ahead\n\
         \u{20} expire  the token expires; another is accepted\n\n\
         The names of --quirks are:\n\
         \u{20} export-mix-up  exports of one version set that are requested at once are mixed up\n\
         \u{20} conflict  a write to an API that is being written to, and some others, is refused with 409 \
         PessimisticConcurrencyConflict\n\
         \u{20} propagation[=SECONDS]  requests below a new resource are refused with 404 ParentResourceNotFound, and \
         a new role assignment has no effect (403), for this time [default: 5]\n\
         \u{20} shifting-pages  a resource is deleted or created between two pages of a list, so that the later page \
         misses or repeats one\n\
         \u{20} short-lists  some lists lack an item, and some of these the count\n\
         \u{20} escapes  error texts of Entra have line breaks and \\u0027 for an apostrophe\n\
         \u{20} wsdl-500  exports in the format wsdl-link fail with 500; the format wsdl works\n\
         \u{20} late-sync[=SECONDS]  an API source of a center does not notice changes in API Management for this time \
         [default: 300]",
    )
    .handles_interrupt()
    .without_spinner()
    .examples(&[
        Example { summary: "Serve sample data on a free port", command: "azr emulator start --sample" },
        Example {
            summary: "Keep the state in a file",
            command: "azr emulator start --port 4280 --state emulator.json",
        },
        Example {
            summary: "Serve a thousand APIs under the limits of ARM",
            command: "azr emulator start --apis 1000 --throttle arm",
        },
        Example {
            summary: "Inject faults, and log every request",
            command: "azr emulator start --apis 1000 --quirks --log requests.jsonl \
                   --faults '* * reset=before p=0.02; PUT * status=503 retry-after=1 every=50'",
        },
    ])
}

/// The options of the command.
#[derive(Args)]
struct StartOptions {
    #[arg(long, value_name = "PORT", help = "Port to listen on [default: a free one]")]
    port: Option<u16>,
    #[arg(long, value_name = "FILE", value_parser = args::output_path(), help = "File to keep the state in")]
    state: Option<PathBuf>,
    #[arg(long, help = "Start with sample data: myAPIManagement and myAPICenter in myResourceGroup")]
    sample: bool,
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(0..=MAX_APIS),
        help = "Number of synthetic APIs to add to the sample's myAPIManagement"
    )]
    apis: Option<u32>,
    #[arg(
        long,
        help = "Make api-00010 and api-00011 of --apis versions of one API, and so on in steps of ten"
    )]
    version_sets: bool,
    #[arg(
        long,
        ignore_case = true,
        help = "Plan of the sample's myAPICenter [default: free, and standard with more than 150 APIs]"
    )]
    plan: Option<PlanOption>,
    #[arg(long, help = "Serve https with a self-signed certificate")]
    tls: bool,
    #[arg(
        long,
        value_name = "HOST",
        value_parser = tls::parse_host,
        help = "Serve https with a certificate for this host instead of this machine, so that clients refuse it"
    )]
    tls_name: Option<String>,
    #[arg(long, value_name = "MS", help = "Delay of each response, in milliseconds [default: 0]")]
    latency_ms: Option<u64>,
    #[arg(
        long,
        value_name = "MS",
        help = "Duration of long-running operations, in milliseconds [default: 0]"
    )]
    operation_ms: Option<u32>,
    #[arg(
        long,
        value_name = "RULES|FILE",
        help = "Inject faults by these rules, such as 'PUT */apis/* status=503 p=0.1; seed=42'; see --help"
    )]
    faults: Option<String>,
    #[arg(
        long,
        value_name = "NAME,…",
        num_args = 0..=1,
        default_missing_value = "export-mix-up,conflict",
        value_parser = str::parse::<QuirkList>,
        help = "Imitate defects of the services; --help lists the names [default without a name: \
                export-mix-up,conflict]"
    )]
    quirks: Option<QuirkList>,
    #[arg(
        long,
        value_name = "FILE",
        value_parser = args::output_path(),
        help = "File to append a JSON line to for each request: method, path, status"
    )]
    log: Option<PathBuf>,
    #[arg(long, help = "Accept only tokens that this emulator issued and that have not expired")]
    sign_in: bool,
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(i64).range(1..=MAX_TOKEN_SECONDS),
        help = "Lifetime of the tokens it issues, in seconds [default: 3600]"
    )]
    token_seconds: Option<i64>,
    #[arg(
        long,
        value_name = "arm|CLASS=N:RATE,…",
        value_parser = str::parse::<RateLimits>,
        help = "Limit requests as ARM does, or to a burst and a rate per second for each class, such as \
                reads=250:25,writes=200:10,deletes=200:10"
    )]
    throttle: Option<RateLimits>,
}

/// A value of `--plan`.
#[derive(Clone, Copy, ValueEnum)]
enum PlanOption {
    Free,
    Standard,
}

impl From<PlanOption> for Plan {
    fn from(plan: PlanOption) -> Self {
        match plan {
            PlanOption::Free => Self::Free,
            PlanOption::Standard => Self::Standard,
        }
    }
}

async fn run(session: &Session, start: StartOptions) -> Result<Outcome> {
    let port = start.port.unwrap_or(0);
    let apis = start.apis.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let sampled = start.sample || apis > 0;
    if start.version_sets && apis == 0 {
        return Err(Error::usage("--version-sets: there are no synthetic APIs to make versions of")
            .with_hint("Add --apis N."));
    }
    let synthetic = SyntheticApis { count: apis, version_sets: start.version_sets };
    let plan = sample_plan(start.plan, sampled, apis)?;
    let network = Arc::new(NetworkTransport::new(&session.context)?);
    let runtime = Handle::current();
    let token_seconds = start.token_seconds.unwrap_or(DEFAULT_TOKEN_SECONDS);
    let options = Options {
        require_token: true,
        token_issuer: Some(TokenIssuer::new(token_seconds, start.sign_in)),
        fetch: Some(Box::new(move |link| fetch(&runtime, network.as_ref(), link))),
        rate_limits: start.throttle.unwrap_or_default(),
        operation_time: Duration::from_millis(start.operation_ms.unwrap_or(0).into()),
        synchronization_delay: start
            .quirks
            .as_ref()
            .and_then(QuirkList::synchronization_delay)
            .unwrap_or_default(),
        ..Options::default()
    };
    let serve_options = serve_options(&start)?;
    let fill = |state: &mut State| {
        let now = OffsetDateTime::now_utc();
        if sampled {
            sample::load_sample(state, now);
        } else {
            sample::load_minimal(state);
        }
        sample::add_synthetic_apis(state, synthetic, now);
        sample::set_plan(state, plan);
    };
    let emulator = if let Some(path) = &start.state {
        Emulator::open_with(path, options, fill)?
    } else {
        let mut state = State::default();
        fill(&mut state);
        Emulator::new(state, options)
    };
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|e| cannot_listen(port, e))?;
    let address = listener.local_addr().map_err(|e| cannot_listen(port, e))?;
    let (scheme, acceptor) = if start.tls || start.tls_name.is_some() {
        let state_file = match start.state {
            Some(path) => path,
            None => session.context.emulator_state()?,
        };
        let files = tls::CertificateFiles::beside(&state_file, start.tls_name);
        let acceptor = tls::acceptor(&files)?;
        message::status(&format!("Certificate to trust: SSL_CERT_FILE={}", files.certificate.display()));
        ("https", Some(acceptor))
    } else {
        ("http", None)
    };
    // Before the line is printed: its reader may stop the emulator at once.
    let interrupt = crate::interrupt::wait_for_interrupt();
    azr_output::write_stdout(format!("listening on {scheme}://{address}\n").as_bytes())?;
    if session.context.terminal().stdout {
        let endpoint = format!("{scheme}://{address}");
        message::suggest(&format!(
            "To try it in another terminal:\n  {}",
            command_to_try(&endpoint, cfg!(windows))
        ));
        message::suggest("To stop it: Ctrl-C.");
    }
    serve(emulator, serve_options, listener, acceptor, interrupt)
        .await
        .map_err(|e| Error::unexpected(format!("the emulator stopped: {e}")))?;
    Ok(Outcome::empty())
}

/// A command for a shell of the system that sends a request to the emulator.
fn command_to_try(endpoint: &str, is_windows: bool) -> String {
    if is_windows {
        format!(
            "$env:AZURE_CLOUD_NAME = \"AzureEmulator\"; $env:AZR_ARM_ENDPOINT = \"{endpoint}\"; azr apic list"
        )
    } else {
        format!("AZURE_CLOUD_NAME=AzureEmulator AZR_ARM_ENDPOINT={endpoint} azr apic list")
    }
}

/// The plan of the sample's API center.
fn sample_plan(plan: Option<PlanOption>, sampled: bool, apis: usize) -> Result<Plan> {
    match plan {
        Some(_) if !sampled => {
            Err(Error::usage("--plan applies to the API center of the sample data, which is not loaded")
                .with_hint("Add --sample, or --apis N."))
        }
        Some(plan) => Ok(plan.into()),
        None if apis > MAX_APIS_OF_FREE => Ok(Plan::Standard),
        None => Ok(Plan::Free),
    }
}

/// The options that concern the connection, or other requests in flight.
fn serve_options(start: &StartOptions) -> Result<ServeOptions> {
    let log = start.log.as_deref().map(RequestLog::open).transpose()?;
    let latency = Duration::from_millis(start.latency_ms.unwrap_or(0));
    let faults = start.faults.as_deref().map(parse_faults).transpose()?.unwrap_or_default();
    let quirks = start.quirks.as_ref().map(|list| Quirks::new(list, faults.seed()));
    let host = start.tls_name.clone();
    Ok(ServeOptions { host, latency, faults, quirks, log, ..ServeOptions::default() })
}

/// The fault rules of a text, or of the file that it names.
fn parse_faults(value: &str) -> Result<Faults> {
    let path = Path::new(value);
    let is_file = path.is_file();
    let rules = if is_file {
        std::fs::read_to_string(path).map_err(|e| Error::read(path, e))?
    } else {
        value.to_owned()
    };
    rules.parse().map_err(|reason| {
        let suffix = if value.contains([' ', '=']) { "" } else { ", and no file has this name" };
        let prefix = if is_file { format!("{value}: ") } else { String::new() };
        Error::usage(format!("--faults: {prefix}{reason}{suffix}")).with_hint(
            "Rules are lines, or separated by ';': METHOD GLOB ACTION… [p=0.1|n=3|every=5|first=2]; and seed=N.",
        )
    })
}

/// Fetches a document from this machine; the emulator connects to no other.
///
/// Blocks, so it is called off the event loop.
fn fetch(runtime: &Handle, network: &NetworkTransport, link: &str) -> Result<String, String> {
    let url = Url::parse(link).map_err(|e| e.to_string())?;
    if !is_loopback(&url) {
        let host = url.host_str().unwrap_or_default();
        return Err(format!("the emulator connects to this machine only, not to {host}"));
    }
    let request = Request::new(azr_arm::Method::GET, url);
    let response = runtime.block_on(network.send(request)).map_err(|e| e.to_string())?;
    match response.status.as_u16() {
        200 => String::from_utf8(response.body.to_vec()).map_err(|_| "it is not UTF-8".to_owned()),
        status => Err(format!("the server answered HTTP {status}")),
    }
}

fn cannot_listen(port: u16, error: io::Error) -> Error {
    Error::io(format!("--port: cannot listen on 127.0.0.1:{port}"), error)
        .with_hint("Give another port, or none for a free one.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_to_try_is_for_the_shell_of_the_system() {
        let command = |is_windows| command_to_try("http://127.0.0.1:1", is_windows);
        assert!(command(false).starts_with("AZURE_CLOUD_NAME=AzureEmulator AZR_ARM_ENDPOINT=http"));
        assert!(
            command(true)
                .starts_with("$env:AZURE_CLOUD_NAME = \"AzureEmulator\"; $env:AZR_ARM_ENDPOINT = \"http")
        );
    }
}
