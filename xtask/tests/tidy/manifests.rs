//! What every `Cargo.toml` must say, and which outside crates may not appear where.

use super::{Crate, crates, files, none, read};

#[test]
fn a_crate_is_named_as_its_folder() {
    let strange = crates().into_iter().filter(|found| !found.folder.ends_with(found.name()));
    none(strange.map(|found| format!("{} is named {}", found.folder.display(), found.name())));
}

#[test]
fn every_crate_takes_the_workspace_lints() {
    // They forbid `unsafe`. The jail calls the kernel; the Wasm engine maps modules that it compiled itself.
    const OWN_TABLE: [&str; 2] = ["jail", "engine-wasm"];
    let own = crates().into_iter().filter(|found| !OWN_TABLE.contains(&found.name()) && !takes_lints(found));
    none(own.map(|found| format!("{} has no `lints.workspace = true`", found.name())));
}

fn takes_lints(found: &Crate) -> bool {
    found
        .manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"))
        .is_some_and(|value| value.as_bool() == Some(true))
}

#[test]
fn versions_are_said_once_in_the_root_manifest() {
    let mut complaints = Vec::new();
    for found in crates() {
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let entries = found.manifest.get(table).and_then(toml::Value::as_table).into_iter().flatten();
            let own = entries.filter(|(_, entry)| entry.get("workspace").is_none());
            complaints
                .extend(own.map(|(name, _)| format!("{} states its own version of {name}", found.name())));
        }
    }
    none(complaints);
}

#[test]
fn the_protocol_is_types_and_names() {
    let crates = crates();
    let protocol = crates.iter().find(|found| found.name() == "protocol").expect("there is a protocol");
    let strange = protocol.dependencies("dependencies").into_iter().filter(|name| !name.starts_with("serde"));
    none(strange.map(|name| format!("protocol depends on {name}, but it is serde and names")));
}

#[test]
fn services_leave_http_and_xml_to_the_wire() {
    const WIRE: [&str; 4] = ["axum", "hyper", "quick-xml", "tower"];
    // API Gateway is HTTP: it serves what functions answer. SNS delivers by it: it asks its subscribers.
    const HTTP: [&str; 2] = ["cloud-apigateway", "cloud-sns"];
    let services = crates()
        .into_iter()
        .filter(|found| found.name().starts_with("cloud-") && found.name() != "cloud-wire");
    let mut complaints = Vec::new();
    for service in services.filter(|service| !HTTP.contains(&service.name())) {
        let wire = service.dependencies("dependencies").into_iter().filter(|name| WIRE.contains(name));
        complaints
            .extend(wire.map(|name| format!("{} depends on {name}: that is cloud-wire's", service.name())));
    }
    none(complaints);
}

#[test]
fn templates_are_no_members() {
    let root: toml::Table = read("Cargo.toml").parse().unwrap();
    let workspace = &root["workspace"];
    let excluded = workspace["exclude"].as_array().expect("the root manifest excludes folders");
    assert!(
        excluded.iter().any(|folder| folder.as_str() == Some("templates")),
        "templates must stay excluded"
    );
}

#[test]
fn every_template_is_a_sam_application() {
    let mut complaints = Vec::new();
    for path in files().iter().filter(|path| path.starts_with("templates")) {
        let mut parts = path.components();
        let (_, Some(name), Some(_)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let folder = std::path::Path::new("templates").join(name);
        if !super::root().join(&folder).join("template.yaml").exists() {
            complaints.push(format!("{} has no template.yaml", folder.display()));
        }
    }
    complaints.dedup();
    none(complaints);
}

#[test]
fn lock_files_name_no_host() {
    let locks = files().into_iter().filter(|path| path.ends_with("package-lock.json"));
    let named = locks.filter(|path| read(path).contains("\"resolved\": \"http"));
    none(named.map(|path| format!("{} records addresses: omit-lockfile-registry-resolved", path.display())));
}
