//! What of the workspace's settings reaches its cloud.

use std::sync::Arc;

use ide_core::Trust;
use ide_workspace::SettingsPorts;
use protocol::settings::{Fixed, PERMISSIONS};
use serde_json::{Map, Value};

use crate::{AgentConfig, Permissions, cloud::Cloud};

/// What the program was started with wins over the settings.
pub(super) fn ports(config: &AgentConfig, cloud: &Cloud, trust: Trust) -> SettingsPorts {
    let fixed = config.permissions.map(|mode| Fixed {
        id: PERMISSIONS.to_owned(),
        value: mode.as_str().to_owned(),
        by: "--permissions".to_owned(),
    });
    let (context, follows) = (cloud.context().clone(), fixed.is_none());
    let apply = move |values: &Map<String, Value>| {
        let stated = values.get(PERMISSIONS).and_then(Value::as_str);
        let mode: Permissions = stated.and_then(|mode| mode.parse().ok()).unwrap_or_default();
        if follows && context.permissions() != mode {
            tracing::info!(mode = mode.as_str(), "the workspace's settings change the cloud's permissions");
            context.set_permissions(mode);
        }
    };
    SettingsPorts { trust, fixed: fixed.into_iter().collect(), apply: Arc::new(apply) }
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
        let ports = ports(&config, &cloud, Trust::new(true));
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

    #[test]
    fn the_schema_has_every_mode_and_the_usual_one_first() {
        let Some(Kind::Choice(modes)) = Setting::of(PERMISSIONS).map(|setting| setting.kind) else {
            panic!()
        };
        let modes: Vec<Permissions> = modes.iter().map(|mode| mode.parse().unwrap()).collect();
        assert_eq!((modes.len(), modes[0]), (3, Permissions::default()));
    }
}
