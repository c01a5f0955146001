//! `azr emulator start`: serves the emulator until it is stopped.

use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Arg, ArgMatches};
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
    Leaf::run_with_matches("start", "Serve the emulator on this machine", options, run)
    .details(
        "It listens on 127.0.0.1 only, and prints 'listening on URL' when it is ready. Ctrl-C ends it; the state is \
         saved where --state names a file, and forgotten otherwise. Point azr at it with \
         AZURE_CLOUD_NAME=AzureEmulator AZR_ARM_ENDPOINT=URL, or --arm-endpoint URL.\n\n\
         It also issues tokens. azr requests them if AZURE_CLOUD_NAME is not set, and needs them with --sign-in: \
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
         \u{20} wsdl-500  exports in the format wsdl-link fail with 500; the format wsdl works",
    )
    .handles_interrupt()
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

fn options() -> Vec<Arg> {
    vec![
        args::text("port")
            .value_name("PORT")
            .value_parser(clap::value_parser!(u16))
            .help("Port to listen on [default: a free one]"),
        args::text("state").value_name("FILE").help("File to keep the state in"),
        args::flag("sample")
            .help("Start with sample data: myAPIManagement and myAPICenter in myResourceGroup"),
        args::text("apis")
            .value_name("N")
            .value_parser(clap::value_parser!(i64).range(0..=MAX_APIS))
            .help("Number of synthetic APIs to add to the sample's myAPIManagement"),
        args::flag("version-sets")
            .help("Make api-00010 and api-00011 of --apis versions of one API, and so on in steps of ten"),
        args::text("plan")
            .value_name("PLAN")
            .value_parser(["free", "standard"])
            .ignore_case(true)
            .help("Plan of the sample's myAPICenter [default: free, and standard with more than 150 APIs]"),
        args::flag("tls").help("Serve https with a self-signed certificate"),
        args::text("tls-name")
            .value_name("HOST")
            .value_parser(tls::parse_host)
            .help("Serve https with a certificate for this host instead of this machine, so that clients refuse it"),
        args::text("latency-ms")
            .value_name("MS")
            .value_parser(clap::value_parser!(u64))
            .help("Wait so long before each answer"),
        args::text("faults").value_name("RULES|FILE").help(
            "Misbehave as told by these rules, such as 'PUT */apis/* status=503 p=0.1; seed=42'; --help says more",
        ),
        args::text("quirks")
            .value_name("NAME,…")
            .num_args(0..=1)
            .default_missing_value("export-mix-up,conflict")
            .value_parser(|text: &str| text.parse::<QuirkList>())
            .help(
                "Misbehave as the services do; --help lists the names [default without a name: \
                 export-mix-up,conflict]",
            ),
        args::text("log")
            .value_name("FILE")
            .help("File to append a JSON line to for each request: method, path, status"),
        args::flag("sign-in").help("Accept only tokens that this emulator issued and that have not expired"),
        args::text("token-seconds")
            .value_name("N")
            .value_parser(clap::value_parser!(i64).range(1..=MAX_TOKEN_SECONDS))
            .help("Lifetime of the tokens it issues, in seconds [default: 3600]"),
        args::text("throttle")
            .value_name("arm|CLASS=N:RATE,…")
            .value_parser(|text: &str| text.parse::<RateLimits>())
            .help(
                "Take no more requests than ARM does, or than such as reads=250:25,writes=200:10,deletes=200:10 \
                 allows: how many at once, and how many a second",
            ),
    ]
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let port = matches.get_one::<u16>("port").copied().unwrap_or(0);
    let state_file = matches.get_one::<String>("state").map(PathBuf::from);
    let apis = matches.get_one::<i64>("apis").and_then(|n| usize::try_from(*n).ok()).unwrap_or(0);
    let sampled = matches.get_flag("sample") || apis > 0;
    let version_sets = matches.get_flag("version-sets");
    if version_sets && apis == 0 {
        return Err(Error::usage("--version-sets: there are no synthetic APIs to make versions of")
            .with_hint("Add --apis N."));
    }
    let synthetic = SyntheticApis { count: apis, version_sets };
    let plan = plan(matches, sampled, apis)?;
    let network = Arc::new(NetworkTransport::new(&session.context)?);
    let runtime = Handle::current();
    let token_seconds = matches.get_one::<i64>("token-seconds").copied().unwrap_or(DEFAULT_TOKEN_SECONDS);
    let options = Options {
        require_token: true,
        token_issuer: Some(TokenIssuer::new(token_seconds, matches.get_flag("sign-in"))?),
        fetch: Some(Box::new(move |link| fetch(&runtime, network.as_ref(), link))),
        rate_limits: matches.get_one::<RateLimits>("throttle").copied().unwrap_or_default(),
        ..Options::default()
    };
    let serve_options = serve_options(matches)?;
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
    let emulator = if let Some(path) = &state_file {
        Emulator::open_with(path, options, fill)?
    } else {
        let mut state = State::default();
        fill(&mut state);
        Emulator::new(state, options)
    };
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|e| cannot_listen(port, e))?;
    let address = listener.local_addr().map_err(|e| cannot_listen(port, e))?;
    let tls_name = matches.get_one::<String>("tls-name");
    let (scheme, acceptor) = if matches.get_flag("tls") || tls_name.is_some() {
        let beside = match state_file {
            Some(path) => path,
            None => session.context.emulator_state()?,
        };
        let files = tls::CertificateFiles::beside(&beside, tls_name.cloned());
        let acceptor = tls::acceptor(&files)?;
        message::status(&format!("Certificate to trust: SSL_CERT_FILE={}", files.certificate.display()));
        ("https", Some(acceptor))
    } else {
        ("http", None)
    };
    // Whoever reads the line may end the emulator at once.
    let ended = crate::session::wait_for_interrupt();
    azr_output::write_stdout(format!("listening on {scheme}://{address}\n").as_bytes())?;
    serve(emulator, serve_options, listener, acceptor, ended)
        .await
        .map_err(|e| Error::unexpected(format!("the emulator stopped: {e}")))?;
    Ok(Outcome::empty())
}

/// The plan of the sample's API center.
fn plan(matches: &ArgMatches, sampled: bool, apis: usize) -> Result<Plan> {
    match matches.get_one::<String>("plan").map(|given| given.to_ascii_lowercase()) {
        Some(_) if !sampled => {
            Err(Error::usage("--plan: it is for the API center of the sample data, which is not asked for")
                .with_hint("Add --sample, or --apis N."))
        }
        Some(given) if given == "free" => Ok(Plan::Free),
        Some(_) => Ok(Plan::Standard),
        None if apis > MAX_APIS_OF_FREE => Ok(Plan::Standard),
        None => Ok(Plan::Free),
    }
}

/// The options that concern the connection, or other requests in flight.
fn serve_options(matches: &ArgMatches) -> Result<ServeOptions> {
    let log = matches.get_one::<String>("log").map(|path| RequestLog::open(Path::new(path))).transpose()?;
    let latency = Duration::from_millis(matches.get_one::<u64>("latency-ms").copied().unwrap_or(0));
    let faults =
        matches.get_one::<String>("faults").map(|given| faults(given)).transpose()?.unwrap_or_default();
    let quirks = matches.get_one::<QuirkList>("quirks").map(|list| Quirks::new(list, faults.seed()));
    let host = matches.get_one::<String>("tls-name").cloned();
    Ok(ServeOptions { host, latency, faults, quirks, log, ..ServeOptions::default() })
}

/// The fault rules of a text, or of the file that it names.
fn faults(given: &str) -> Result<Faults> {
    let path = Path::new(given);
    let file = path.is_file();
    let text = if file {
        std::fs::read_to_string(path).map_err(|e| Error::read(path, e))?
    } else {
        given.to_owned()
    };
    text.parse().map_err(|why| {
        let more = if given.contains([' ', '=']) { "" } else { ", and there is no such file" };
        let place = if file { format!("{given}: ") } else { String::new() };
        Error::usage(format!("--faults: {place}{why}{more}")).with_hint(
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
