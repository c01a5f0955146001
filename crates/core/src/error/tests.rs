use super::*;

fn service_error(status: u16, code: &str) -> ServiceError {
    ServiceError {
        status,
        code: code.to_owned(),
        message: "It failed.".to_owned(),
        request_id: Some("r1".to_owned()),
        request: "GET /x".to_owned(),
    }
}

#[test]
fn the_documented_exit_codes_belong_to_kinds() {
    for (error, code) in [
        (Error::usage("x"), 2),
        (Error::invalid("x"), 1),
        (Error::no_match("x"), 1),
        (Error::timeout("x"), 1),
        (service_error(404, "ResourceNotFound").into(), 3),
        (service_error(409, "Conflict").into(), 1),
        (Error::partial(1, 2), 4),
        (Error::interrupted(), 130),
    ] {
        assert_eq!(error.exit_code(), code, "{error}");
    }
}

#[test]
fn another_exit_code_or_hint_leaves_the_service_error_as_it_is() {
    let error = Error::from(service_error(404, "ResourceNotFound")).with_exit_code(1).with_hint("Look.");
    assert_eq!((error.exit_code(), error.hint()), (1, Some("Look.")));
    assert!(error.is_not_found() && error.service_error().is_some_and(|e| e.status == 404));
    assert_eq!(error.described(), "It failed. (ResourceNotFound, request id r1)");
    assert_eq!(error.with_context("echo").described(), "echo: It failed. (ResourceNotFound, request id r1)");
}

#[test]
fn the_hint_depends_on_the_code_and_not_on_the_status() {
    let hint = |status, code: &str| Error::from(service_error(status, code)).hint().map(str::to_owned);
    assert_eq!(hint(403, "AuthorizationFailed"), hint(400, "AuthorizationFailed"));
    assert_ne!(hint(403, "AuthorizationFailed"), hint(403, "RequestDisallowedByPolicy"));
    for status in [403, 404, 429] {
        assert_eq!(hint(status, &format!("HTTP {status}")), None);
    }
    assert_eq!(hint(401, "HTTP 401"), hint(401, "ExpiredAuthenticationToken"));
}

#[test]
fn what_no_role_lifts_is_denied_by_policy() {
    for (status, code) in [(403, "RequestDisallowedByPolicy"), (409, "ScopeLocked")] {
        assert_eq!(Error::from(service_error(status, code)).kind(), ErrorKind::DeniedByPolicy);
        assert_eq!(Error::failed_operation(service_error(400, code)).kind(), ErrorKind::DeniedByPolicy);
    }
    assert_eq!(Error::from(service_error(403, "AuthorizationFailed")).kind(), ErrorKind::PermissionDenied);
    assert_eq!(Error::failed_operation(service_error(400, "Failed")).kind(), ErrorKind::OperationFailed);
}

#[test]
fn the_reason_for_a_file_that_does_not_exist_is_plain() {
    let missing = || io::Error::from_raw_os_error(2);
    assert_eq!(Error::read("a.json", missing()).to_string(), "cannot read a.json: no such file or folder");
    let folder = Error::write("f/a.json", io::Error::from(io::ErrorKind::NotFound));
    assert_eq!(folder.to_string(), "cannot write f/a.json: its folder does not exist");
    assert!(Error::read("-", missing()).hint().is_some_and(|hint| hint.contains("stdin")));
    assert_eq!(Error::read("a.json", missing()).hint(), None);
    assert_eq!(Error::read("", missing()).to_string(), "cannot read '': the path is empty");
    assert_eq!(Error::write(" a", missing()).to_string(), "cannot write ' a': its folder does not exist");
    let denied = Error::read("a", io::Error::other("disk broken (os error 5)"));
    assert_eq!(denied.to_string(), "cannot read a: disk broken");
}
