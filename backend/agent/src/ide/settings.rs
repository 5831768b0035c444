//! What of the workspace's settings reaches its cloud.

use std::sync::Arc;

use ide_core::Trust;
use ide_workspace::SettingsPorts;
use protocol::settings::{EGRESS, Fixed, PERMISSIONS, WATCH};
use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::{AgentConfig, HostPattern, Permissions, cloud::Cloud};

/// What the program was started with wins over the settings. `reloads` says whether functions are reloaded.
pub(super) fn ports(
    config: &AgentConfig,
    cloud: &Cloud,
    trust: Trust,
    reloads: watch::Sender<bool>,
) -> SettingsPorts {
    let fixed = |id: &str, value: String, by: &str| Fixed { id: id.to_owned(), value, by: by.to_owned() };
    let permissions =
        config.permissions.map(|mode| fixed(PERMISSIONS, mode.as_str().to_owned(), "--permissions"));
    let egress = config.egress.as_ref().map(|hosts| fixed(EGRESS, HostPattern::text(hosts), "--egress"));
    let (context, follows) = (cloud.context().clone(), permissions.is_none());
    let way_out = egress.is_none().then(|| cloud.way_out());
    let apply = move |values: &Map<String, Value>| {
        let text = |id: &str| values.get(id).and_then(Value::as_str);
        let stated = text(PERMISSIONS);
        let mode: Permissions = stated.and_then(|mode| mode.parse().ok()).unwrap_or_default();
        if follows && context.permissions() != mode {
            tracing::info!(mode = mode.as_str(), "the workspace's settings change the cloud's permissions");
            context.set_permissions(mode);
        }
        if let Some(way_out) = &way_out {
            // What is no list of hosts is not in force, and was told as such.
            way_out.lead_to(HostPattern::list(text(EGRESS).unwrap_or_default()).unwrap_or_default());
        }
        reloads.send_replace(values.get(WATCH) == Some(&Value::Bool(true)));
    };
    SettingsPorts { trust, fixed: permissions.into_iter().chain(egress).collect(), apply: Arc::new(apply) }
}

#[cfg(test)]
mod tests {
    use protocol::settings::{Kind, Setting};
    use serde_json::json;

    use super::*;
    use crate::{Mode, RootKeys};

    fn config(folder: &std::path::Path, permissions: Option<Permissions>) -> AgentConfig {
        AgentConfig {
            mode: Mode::Cloud,
            data_dir: folder.to_owned(),
            cloud_listen: "127.0.0.1:0".parse().unwrap(),
            region: "us-east-1".into(),
            account_id: "000000000000".into(),
            any_key: false,
            permissions,
            egress: None,
            root_keys: RootKeys { access_key_id: "AKIA".into(), secret_access_key: "secret".into() },
            worker: "/bin/false".into(),
            path: "/usr/bin:/bin".into(),
            cache_dir: folder.to_owned(),
            version: "test".into(),
        }
    }

    async fn check(started_with: Option<Permissions>, stated: Value, expected: Permissions) {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), started_with);
        let cloud = Cloud::start(&config).await.unwrap();
        let ports = ports(&config, &cloud, Trust::new(true), watch::Sender::new(false));
        (ports.apply)(stated.as_object().unwrap());
        assert_eq!(cloud.context().permissions(), expected);
        assert_eq!(ports.fixed.len(), usize::from(started_with.is_some()));
        (ports.apply)(&Map::new());
        assert_eq!(cloud.context().permissions(), started_with.unwrap_or_default(), "what goes is undone");
        cloud.stop().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_cloud_follows_unless_it_was_started_otherwise() {
        check(None, json!({PERMISSIONS: "enforce"}), Permissions::Enforce).await;
        check(None, json!({}), Permissions::Report).await;
        check(Some(Permissions::Off), json!({PERMISSIONS: "enforce"}), Permissions::Off).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn functions_are_reloaded_where_the_settings_say_so() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), None);
        let cloud = Cloud::start(&config).await.unwrap();
        let (reloads, wanted) = watch::channel(false);
        let ports = ports(&config, &cloud, Trust::new(true), reloads);
        for (stated, expected) in
            [(json!({ WATCH: true }), true), (json!({ WATCH: false }), false), (json!({}), false)]
        {
            (ports.apply)(stated.as_object().unwrap());
            assert_eq!(*wanted.borrow(), expected, "{stated}");
        }
        cloud.stop().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn functions_reach_what_the_settings_name_unless_it_was_started_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        for (started_with, stated, expected) in [
            (None, json!({ EGRESS: "example.com" }), "example.com"),
            (None, json!({}), ""),
            (Some("*"), json!({ EGRESS: "example.com" }), "*"),
        ] {
            let mut config = config(folder.path(), None);
            config.egress = started_with.map(|hosts| HostPattern::list(hosts).unwrap());
            let cloud = Cloud::start(&config).await.unwrap();
            let ports = ports(&config, &cloud, Trust::new(true), watch::Sender::new(false));
            (ports.apply)(stated.as_object().unwrap());
            assert_eq!(HostPattern::text(&cloud.way_out().hosts()), expected, "{stated}");
            let fixed: Vec<_> = ports.fixed.iter().map(|fixed| (&*fixed.id, &*fixed.value)).collect();
            assert_eq!(fixed, started_with.map(|hosts| (EGRESS, hosts)).into_iter().collect::<Vec<_>>());
            cloud.stop().await;
        }
    }

    #[test]
    fn hosts_are_the_same_to_the_settings_and_to_the_engine() {
        for (text, expected) in [
            ("", true),
            (" example.com,*.Example.org:443\n10.0.0.5:5432 [::1]:80 ::1 * *:443 localhost", true),
            ("http://example.com", false),
            ("*.", false),
            ("a:0", false),
            ("a:70000", false),
            ("1.2.3", false),
            ("[::1", false),
            ("a_b.example", true),
            ("-a.com", false),
            (&"a.com ".repeat(100), true),
            (&"a.com ".repeat(101), false),
        ] {
            assert_eq!(protocol::settings::are_hosts(text), expected, "{text}");
            assert_eq!(HostPattern::list(text).is_ok(), expected, "{text}");
        }
    }

    #[test]
    fn the_schema_has_every_mode_and_the_usual_one_first() {
        let Some(Kind::Choice(modes)) = Setting::of(PERMISSIONS).map(|setting| setting.kind) else {
            panic!()
        };
        let modes: Vec<Permissions> = modes.iter().map(|mode| mode.parse().unwrap()).collect();
        assert_eq!((modes.len(), modes[0]), (3, Permissions::default()));
    }
}
