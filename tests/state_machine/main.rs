//! An import as a state machine: random changes of the source, edits by people, kills, faults and repeated runs.
//!
//! After every run, everything that people entered is there. After a last run that nothing disturbs, the center is what
//! an import into an empty center would make of the source, and what people entered, and nothing else.
//!
//! `AZR_TEST_STATE_MACHINE_MINUTES` sets how long it runs; by default it tries a few cases.

mod edits;
mod entered;
mod histories;
mod people;
mod source;
mod world;

use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tokio::sync::Notify;
use url::Url;

use azr_arm::auth::{Secret, TokenSource};
use azr_arm::client::Client;
use azr_arm::timeouts::Timeouts;
use azr_catalog::bulk_import::{BulkImport, ImportOptions};
use azr_catalog::clients::Clients;
use azr_catalog::import_source::ImportSource;
use azr_catalog::journal::Journal;
use azr_catalog::plan::PlanOptions;
use azr_catalog::report::Status;
use azr_catalog::source_inventory::Revisions;
use azr_catalog::writer::ExecutionOptions;
use azr_core::error::Result;

use entered::{Entered, Entry};
use people::{ADDED, EditKind, PersonEdit, find_apis};
use source::{APIS, Source, SourceApi, VersionSet};
use world::{
    ENDPOINT, Events, Fault, MachineTransport, Requests, World, center_id, center_path, name_of, service_id,
};

/// How many cases are tried by default.
const CASES: u32 = 12;

/// How many runs follow a history: an API that people took over by an edit during the last run may need another look.
const QUIET_RUNS: usize = 2;

/// The number of the last request during which something may happen.
const LAST_EVENT: usize = 110;

struct Token;

#[async_trait]
impl TokenSource for Token {
    async fn token(&self) -> Result<Secret> {
        Ok(Secret::new("t"))
    }

    async fn renew(&self, _: &Secret) -> Result<Secret> {
        self.token().await
    }

    fn describe(&self) -> String {
        "a token of the test".to_owned()
    }
}

/// Changes of the source, and then a run.
#[derive(Debug, Clone)]
struct Step {
    changes: Vec<(usize, Option<SourceApi>)>,
    events: Events,
    prune: bool,
    /// Whether the run is on a machine that does not have the journal of the previous one.
    on_new_machine: bool,
    machines: Machines,
}

/// How many machines import at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Machines {
    One,
    /// Two, each of which imports a share.
    TwoShards,
    /// Two that both import everything.
    TwoWhole,
}

/// How a run ended.
enum RunEnd {
    Killed,
    Failed(String),
    Finished { failures: Vec<String> },
}

async fn run(
    world: &World,
    events: Events,
    prune: bool,
    machines: Machines,
    journal: &Path,
) -> (RunEnd, Vec<Entry>) {
    let killed = Arc::new(Notify::new());
    let apis_before = world.list(&center_path("apis")).await;
    let requests = Arc::new(Requests {
        world: world.clone(),
        events,
        killed: Arc::clone(&killed),
        applied: Mutex::default(),
        read: Mutex::default(),
        deleted: Mutex::default(),
        count: tokio::sync::Mutex::default(),
    });
    let end = tokio::select! {
        biased;
        () = killed.notified() => RunEnd::Killed,
        end = import_on(&requests, prune, machines, journal) => {
            end.unwrap_or_else(|error| RunEnd::Failed(error.to_string()))
        }
    };
    let mut applied = requests.applied.lock().expect("not poisoned").clone();
    applied.retain_mut(|(added_at, entry)| {
        if entry.is_addition() && requests.has_deleted(&entry.added_path(), *added_at, entry) {
            return false;
        }
        if entry.edit.kind == EditKind::Deployment && requests.has_deleted(&entry.path(), *added_at, entry) {
            entry.version = None;
        }
        // What azr creates it does not read again, although another machine may have created the same in the meantime.
        let is_new = !apis_before.iter().any(|api| name_of(api) == entry.api);
        if let Some(document) = entry.document.as_mut().filter(|_| is_new && machines == Machines::TwoWhole) {
            document.digest = None;
        }
        true
    });
    (end, applied.into_iter().map(|(_, entry)| entry).collect())
}

async fn import_on(
    requests: &Arc<Requests>,
    prune: bool,
    machines: Machines,
    journal: &Path,
) -> Result<RunEnd> {
    let timeouts = Timeouts { max_delay: Duration::from_millis(1), ..Timeouts::default() };
    let endpoint: Url = ENDPOINT.parse().expect("a URL");
    let [client, other_client] = [0, 1].map(|machine| {
        let transport = MachineTransport { machine, requests: Arc::clone(requests) };
        Client::new(Arc::new(transport), Arc::new(Token), endpoint.clone(), timeouts)
    });
    let [(shard, journal), (other_shard, other_journal)] = match machines {
        Machines::One => return import(&client, prune, None, journal).await,
        Machines::TwoShards => {
            [(Some("1/2"), journal.with_extension("1")), (Some("2/2"), journal.with_extension("2"))]
        }
        Machines::TwoWhole => [(None, journal.to_owned()), (None, journal.with_extension("other"))],
    };
    let (end, other_end) = tokio::join!(
        import(&client, prune, shard, &journal),
        import(&other_client, prune, other_shard, &other_journal)
    );
    end.and(other_end)
}

async fn import(client: &Client, prune: bool, shard: Option<&str>, journal: &Path) -> Result<RunEnd> {
    let options = ImportOptions {
        source: ImportSource::service(service_id().parse()?),
        patterns: vec!["*".to_owned()],
        tags: Vec::new(),
        products: Vec::new(),
        revisions: Revisions::Current,
        shard: shard.map(|shard| shard.parse().expect("a shard")),
        plan: PlanOptions::default(),
        max_deletions: prune.then_some(1000),
        execution: ExecutionOptions { concurrency: 2, fail_fast: false },
    };
    let import = BulkImport::new(Clients { source: client, center: client }, center_id().parse()?, options);
    let inventory = Box::pin(import.read_inventory(&|_, _| {})).await?;
    let plan = import.plan(&inventory)?.approve(&|| ()).await?;
    let journal = Journal::open(journal, &center_id().parse()?, &import.journal_source())?;
    let mut failures = Vec::new();
    plan.execute(&journal, &mut |_, result| {
        failures.extend(result.filter(|result| result.status == Status::Failed).map(|r| format!("{r:?}")));
        Ok(())
    })
    .await?;
    journal.delete()?;
    Ok(RunEnd::Finished { failures })
}

/// Everything that the center has of the APIs, except for provenance.
async fn read_api(world: &World, name: &str) -> Value {
    let api = center_path(&format!("apis/{name}"));
    let mut all = json!({"api": world.get(&api).await.unwrap_or_default()["properties"]});
    for version in world.list(&format!("{api}/versions")).await.iter().filter(|v| name_of(v) != ADDED) {
        let path = format!("{api}/versions/{}", name_of(version));
        all["versions"][name_of(version)]["title"] = version["properties"]["title"].clone();
        for definition in world.list(&format!("{path}/definitions")).await {
            let name = name_of(&definition);
            if name != ADDED {
                all["versions"][name_of(version)][name] =
                    world.document(&format!("{path}/definitions/{name}")).await;
            }
        }
    }
    for deployment in world.list(&format!("{api}/deployments")).await.iter().filter(|d| name_of(d) != ADDED) {
        all["deployments"][name_of(deployment)] = deployment["properties"]["server"].clone();
    }
    let properties = all["api"].as_object_mut().expect("an object");
    properties.retain(|member, _| ["title", "description", "kind"].contains(&member.as_str()));
    all
}

/// Plays a history, and then runs that nothing disturbs; compares the center with a fresh import.
async fn play(steps: &[Step], quiet_runs: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::new().await;
    let mut source: Source = [None; APIS];
    let mut entered = Entered::default();
    for (number, step) in steps.iter().enumerate() {
        for (api, to) in &step.changes {
            source::change(&world, *api, source[*api], *to).await;
            source[*api] = *to;
        }
        let journal =
            folder.path().join(if step.on_new_machine { format!("j{number}") } else { "j".to_owned() });
        let (_, entries) =
            Box::pin(run(&world, step.events.clone(), step.prune, step.machines, &journal)).await;
        entered.add(entries);
        entered.check(&world, step.prune).await;
    }
    for _ in 0..quiet_runs {
        let (end, _) =
            Box::pin(run(&world, Events::default(), true, Machines::One, &folder.path().join("j"))).await;
        match end {
            RunEnd::Finished { failures } => assert!(failures.is_empty(), "{failures:?}"),
            RunEnd::Failed(error) => panic!("the last run failed: {error}"),
            RunEnd::Killed => unreachable!("nothing happens in the last run"),
        }
        entered.check(&world, true).await;
    }
    compare_with_fresh_import(&world, &source, &entered, folder.path()).await;
}

async fn compare_with_fresh_import(world: &World, source: &Source, entered: &Entered, folder: &Path) {
    let fresh = World::new().await;
    for (api, to) in source.iter().enumerate() {
        source::change(&fresh, api, None, *to).await;
    }
    let (end, _) =
        Box::pin(run(&fresh, Events::default(), false, Machines::One, &folder.join("fresh"))).await;
    assert!(matches!(end, RunEnd::Finished { .. }));
    let mut known = Vec::new();
    for api in (0..APIS).filter(|api| source[*api].is_some()) {
        let names = find_apis(world, api).await;
        assert_eq!(names.len(), 1, "API {api} is in the center as {names:?}");
        let expected = read_api(&fresh, &find_apis(&fresh, api).await[0]).await;
        let mut found = read_api(world, &names[0]).await;
        // Versions that people have added to stay, even if their source has another version now.
        let is_expected = |version: &str| {
            !expected["versions"][version].is_null() || !entered.keeps_version(&names[0], version)
        };
        found["versions"].as_object_mut().expect("an object").retain(|version, _| is_expected(version));
        entered.accept_documents(&names[0], &mut found, &expected);
        assert_eq!(found, expected, "API {api}");
        known.extend(names);
    }
    for api in world.list(&center_path("apis")).await {
        let name = name_of(&api).to_owned();
        let is_kept = entered.keeps_api(&name);
        assert!(known.contains(&name) || is_kept, "{name} has no source, and people did not add to it");
    }
}

fn source_api() -> impl Strategy<Value = Option<SourceApi>> {
    prop::option::weighted(
        0.8,
        (0..2_u8, 0..3_u8, 0..2_u8, version_set(), 0..3_u8).prop_map(
            |(title, document, path, set, version)| {
                let version = if set == VersionSet::None { 0 } else { version };
                SourceApi { title, document, path, set, version }
            },
        ),
    )
}

fn version_set() -> impl Strategy<Value = VersionSet> {
    prop_oneof![3 => Just(VersionSet::None), 1 => Just(VersionSet::Own), 2 => Just(VersionSet::Shared)]
}

fn machines() -> impl Strategy<Value = Machines> {
    prop_oneof![4 => Just(Machines::One), 1 => Just(Machines::TwoShards), 1 => Just(Machines::TwoWhole)]
}

fn person_edit() -> impl Strategy<Value = PersonEdit> {
    (0..APIS, prop::sample::select(EditKind::ALL.to_vec()), any::<u8>())
        .prop_map(|(api, kind, value)| PersonEdit { api, kind, value })
}

fn events() -> impl Strategy<Value = Events> {
    let fault = prop::sample::select(vec![
        Fault::Refused,
        Fault::ResponseLost,
        Fault::Unavailable,
        Fault::Changed,
        Fault::NotVisible,
    ]);
    (
        prop::option::weighted(0.4, (0..LAST_EVENT, any::<bool>())),
        prop::collection::btree_map(0..LAST_EVENT, fault, 0..3),
        prop::collection::btree_map(0..LAST_EVENT, prop::collection::vec(person_edit(), 1..3), 0..3),
    )
        .prop_map(|(kill, faults, edits)| Events { kill, faults, edits })
}

fn step() -> impl Strategy<Value = Step> {
    (prop::collection::vec((0..APIS, source_api()), 0..4), events(), any::<bool>(), any::<bool>(), machines())
        .prop_map(|(changes, events, prune, on_new_machine, machines)| Step {
            changes,
            events,
            prune,
            on_new_machine,
            machines,
        })
}

#[test]
fn after_any_history_the_center_is_a_fresh_import_and_what_people_entered() {
    let minutes = std::env::var("AZR_TEST_STATE_MACHINE_MINUTES").ok();
    let minutes = minutes.map(|text| text.parse::<f64>().expect("a number of minutes"));
    let started = Instant::now();
    let mut cases = 0;
    loop {
        let config =
            Config { cases: CASES, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        TestRunner::new(config)
            .run(&prop::collection::vec(step(), 1..7), |steps| {
                runtime.block_on(play(&steps, QUIET_RUNS));
                Ok(())
            })
            .unwrap_or_else(|error| panic!("{error}"));
        cases += CASES;
        let elapsed = started.elapsed().as_secs_f64();
        if minutes.is_none_or(|minutes| elapsed > minutes * 60.0) {
            let text = format!("{cases} cases in {elapsed:.0} s\n");
            std::io::stdout().write_all(text.as_bytes()).expect("written");
            return;
        }
    }
}
