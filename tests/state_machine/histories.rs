//! Histories that failed before, played with the event at each request of a run.

use crate::people::{EditKind, PersonEdit};
use crate::source::{SourceApi, VersionSet};
use crate::world::{Events, Fault};
use crate::{Machines, Step, play};

/// The number of the last request at which a run is killed; an import or a deletion of one API sends fewer.
const LAST_REQUEST: usize = 45;

const VERSIONED: SourceApi = SourceApi { title: 0, document: 0, path: 0, set: VersionSet::Own, version: 2 };
const UNVERSIONED: SourceApi = SourceApi { set: VersionSet::None, version: 0, path: 1, ..VERSIONED };

/// A change of the first API, and then a run of one machine.
fn step(to: Option<SourceApi>, events: Events, prune: bool) -> Step {
    Step { changes: vec![(0, to)], events, prune, on_new_machine: true, machines: Machines::One }
}

fn kill_at(request: usize, is_carried_out: bool) -> Events {
    Events { kill: Some((request, is_carried_out)), ..Events::default() }
}

fn run_each(history: impl Fn(usize) -> Vec<Step>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for request in 0..LAST_REQUEST {
        runtime.block_on(play(&history(request), 1));
    }
}

#[test]
fn a_version_whose_import_was_killed_goes_when_its_source_loses_the_version() {
    for is_carried_out in [false, true] {
        run_each(|request| {
            vec![
                step(Some(VERSIONED), kill_at(request, is_carried_out), false),
                step(Some(UNVERSIONED), Events::default(), false),
            ]
        });
    }
}

#[test]
fn a_version_goes_when_a_run_is_killed_while_it_deletes_it() {
    run_each(|request| {
        vec![
            step(Some(VERSIONED), Events::default(), false),
            step(Some(UNVERSIONED), kill_at(request, true), true),
        ]
    });
}

#[test]
fn a_definition_of_people_stays_when_the_deletion_of_its_api_is_not_carried_out() {
    let edit = PersonEdit { api: 0, kind: EditKind::Definition, value: 1 };
    run_each(|request| {
        let edits = [(request, vec![edit.clone()])].into();
        vec![
            step(Some(VERSIONED), Events::default(), false),
            step(None, Events { edits, ..kill_at(request, false) }, true),
            step(Some(UNVERSIONED), Events::default(), true),
        ]
    });
}

#[test]
fn a_version_goes_though_its_deletion_is_refused_once() {
    // As if its API did not exist, or as if somebody had edited it.
    for fault in [Fault::NotVisible, Fault::Changed] {
        run_each(|request| {
            let faults = [(request, fault)].into();
            vec![
                step(Some(VERSIONED), Events::default(), false),
                step(Some(UNVERSIONED), Events { faults, ..Events::default() }, true),
            ]
        });
    }
}

#[test]
fn what_an_interrupted_run_has_written_is_written_again_if_people_have_edited_it() {
    let renamed = SourceApi { title: 1, ..VERSIONED };
    let edit = PersonEdit { api: 0, kind: EditKind::Title, value: 1 };
    run_each(|request| {
        let edits = [(request, vec![edit.clone()])].into();
        let interrupted = step(Some(renamed), Events { edits, ..kill_at(request, true) }, false);
        vec![step(Some(VERSIONED), Events::default(), false), Step { on_new_machine: false, ..interrupted }]
    });
}

#[test]
fn a_document_that_people_replace_while_its_version_is_being_deleted_stays() {
    let edit = PersonEdit { api: 0, kind: EditKind::Document, value: 0 };
    let moved = SourceApi { version: 1, path: 0, ..VERSIONED };
    let unversioned = SourceApi { path: 0, ..UNVERSIONED };
    run_each(|request| {
        let edits = [(request, vec![edit.clone()])].into();
        let events = Events { edits, ..Events::default() };
        vec![
            step(Some(unversioned), Events::default(), false),
            Step { machines: Machines::TwoShards, ..step(Some(moved), events, true) },
        ]
    });
}

#[test]
fn what_people_add_until_the_last_look_at_an_api_stays() {
    for kind in [EditKind::Definition, EditKind::Document] {
        let edit = PersonEdit { api: 0, kind, value: 1 };
        run_each(|request| {
            let edits = [(request, vec![edit.clone()])].into();
            vec![
                step(Some(UNVERSIONED), Events::default(), false),
                step(None, Events { edits, ..Events::default() }, true),
            ]
        });
    }
}

#[test]
fn a_document_of_people_stays_when_their_deployment_no_longer_keeps_its_version() {
    let single = SourceApi { set: VersionSet::None, version: 0, ..VERSIONED };
    let moved = SourceApi { version: 1, ..VERSIONED };
    let deployment = PersonEdit { api: 0, kind: EditKind::Deployment, value: 0 };
    let document = PersonEdit { api: 0, kind: EditKind::Document, value: 0 };
    let edit = |request: usize, edit: &PersonEdit| (request, vec![edit.clone()]);
    run_each(|request| {
        let edits = [edit(0, &deployment), edit(1 + request, &document)].into();
        let again = Events { edits: [edit(0, &deployment)].into(), ..Events::default() };
        vec![
            step(Some(single), Events::default(), false),
            step(Some(moved), Events { edits, ..Events::default() }, true),
            step(Some(moved), again, false),
        ]
    });
}
