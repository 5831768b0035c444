//! Layers of one's own: published, listed, permitted, removed; and functions that have them.

use cloud_core::{ResourceRequest, Updated};

use super::*;

const INVALID: (u16, &str) = (400, "InvalidParameterValueException");
const NOT_FOUND: (u16, &str) = (404, "ResourceNotFoundException");

#[tokio::test]
async fn a_layer_is_published_told_and_fetched() {
    let cloud = Cloud::start().await;
    let wanted = json!({
        "Description": "what all need", "LicenseInfo": "MIT",
        "CompatibleRuntimes": ["python3.14", "python3.13"], "CompatibleArchitectures": ["x86_64"],
        "Content": { "ZipFile": zipped(&[("python/one.py", "1")]) },
    });
    let made = cloud.post(&layers("libs"), wanted).await;
    let arn = format!("{REALM}:layer:libs");
    assert_eq!((&made["LayerArn"], &made["LayerVersionArn"]), (&json!(arn), &json!(format!("{arn}:1"))));
    assert_eq!((&made["Version"], &made["LicenseInfo"]), (&json!(1), &json!("MIT")));
    assert_eq!(made["CreatedDate"], "2026-01-01T00:00:00.000+0000");
    let told = cloud.get("/2018-10-31/layers/libs/versions/1").await;
    assert_eq!(told, made);
    let by_arn = cloud.get(&format!("/2018-10-31/layers?find=LayerVersion&Arn={arn}:1")).await;
    assert_eq!(by_arn, made);
    let by_name = cloud.get(&format!("{}/1", layers(&arn.replace(':', "%3A")))).await;
    assert_eq!(by_name, made);
    let location = made["Content"]["Location"].as_str().unwrap();
    let path = location.strip_prefix(&cloud.endpoint.url()).unwrap();
    let fetched = cloud.ask("GET", path, &Value::Null).await;
    assert_eq!((fetched.status, fetched.header("content-type")), (200, Some("application/zip")));
    let size = made["Content"]["CodeSize"].to_string();
    assert_eq!(fetched.header("content-length"), Some(size.as_str()));
    let plain = cloud.layer("libs", "python/two.py", "2").await;
    assert_eq!((&plain["Version"], &plain["Description"]), (&json!(2), &json!("")));
    assert_eq!((&plain["CompatibleRuntimes"], &plain["CompatibleArchitectures"]), (&json!([]), &json!([])));
    assert_eq!(plain.get("LicenseInfo"), None);
}

#[tokio::test]
async fn layers_are_listed_by_what_they_are_for_and_the_newest_first() {
    let cloud = Cloud::start().await;
    let publish = async |name: &str, runtimes: Value, architectures: Value| {
        let content = json!({ "ZipFile": zipped(&[("x", name)]) });
        let wanted = json!({
            "Content": content, "CompatibleRuntimes": runtimes, "CompatibleArchitectures": architectures,
        });
        cloud.post(&layers(name), wanted).await;
    };
    for _ in 0..3 {
        publish("a", json!(["python3.13"]), json!(["x86_64"])).await;
        publish("a", json!(["python3.14"]), json!(["arm64", "x86_64"])).await;
    }
    publish("b", json!(["nodejs22.x"]), json!([])).await;
    publish("c", json!([]), json!(["arm64"])).await;
    let versions = async |query: &str| {
        let mut all = Vec::new();
        let mut marker = String::new();
        loop {
            let page = cloud.get(&format!("{}?MaxItems=2{query}{marker}", layers("a"))).await;
            let some = page["LayerVersions"].as_array().unwrap();
            assert!(some.len() <= 2);
            all.extend(some.iter().map(|version| version["Version"].as_u64().unwrap()));
            let Some(next) = page["NextMarker"].as_str() else { return all };
            marker = format!("&Marker={next}");
        }
    };
    assert_eq!(versions("").await, [6, 5, 4, 3, 2, 1]);
    assert_eq!(versions("&CompatibleRuntime=python3.13").await, [5, 3, 1]);
    assert_eq!(versions("&CompatibleArchitecture=arm64").await, [6, 4, 2]);
    assert_eq!(versions("&CompatibleRuntime=python3.13&CompatibleArchitecture=arm64").await, [0; 0]);
    let names = async |query: &str| {
        let mut all = Vec::new();
        let mut marker = String::new();
        loop {
            let page = cloud.get(&format!("/2018-10-31/layers?MaxItems=1{query}{marker}")).await;
            for layer in page["Layers"].as_array().unwrap() {
                let latest = &layer["LatestMatchingVersion"]["Version"];
                all.push(format!("{} {latest}", layer["LayerName"].as_str().unwrap()));
            }
            let Some(next) = page["NextMarker"].as_str() else { return all };
            marker = format!("&Marker={next}");
        }
    };
    assert_eq!(names("").await, ["a 6", "b 1", "c 1"]);
    assert_eq!(names("&CompatibleRuntime=python3.13").await, ["a 5"]);
    assert_eq!(names("&CompatibleArchitecture=arm64").await, ["a 6", "c 1"]);
    let none = cloud.get(&layers("none")).await;
    assert_eq!((&none["LayerVersions"], none.get("NextMarker")), (&json!([]), None));
    cloud.delete(&format!("{}/1", layers("b"))).await;
    assert_eq!(names("").await, ["a 6", "c 1"]);
}

#[tokio::test]
async fn layers_that_cannot_be_are_refused() {
    let cloud = Cloud::start().await;
    let validation = (400, "ValidationException");
    let content = || json!({ "ZipFile": zipped(&[("x", "1")]) });
    let supported = "nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, \
                     python3.10, python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, \
                     dotnet10, dotnet8, java11, dotnet6, nodejs18.x, provided.al2, java8.al2";
    let publish = ("POST", "/2018-10-31/layers/l/versions");
    let wrong = json!({
        "Content": content(), "CompatibleRuntimes": ["cobol", "nodejs20.x"],
        "CompatibleArchitectures": ["vax", "x86_64"],
    });
    let words = format!(
        "2 validation errors detected: Value '[cobol, nodejs20.x]' at 'compatibleRuntimes' failed to satisfy constraint: \
         Member must satisfy enum value set: [{supported}]; Value '[vax, x86_64]' at 'compatibleArchitectures' failed to \
         satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member \
         must not be null]"
    );
    cloud.refused(publish, wrong, validation, &words).await;
    let listed = cloud.ask("GET", "/2018-10-31/layers?CompatibleRuntime=cobol", &Value::Null).await;
    assert_eq!(listed.status, 400);
    let begins = "1 validation error detected: Value 'cobol' at 'compatibleRuntime' failed to satisfy constraint: Member \
                  must satisfy enum value set: [ruby3.5, ";
    assert!(listed.body.contains(begins), "{}", listed.body);
    let empty = json!({ "Content": {} });
    cloud.refused(publish, empty, INVALID, "Please provide a source for layer content.").await;
    let bad = json!({ "Content": { "ZipFile": BASE64_STANDARD.encode("no zip") } });
    let words = "Could not unzip uploaded file. Please check your file, then try to upload again.";
    cloud.refused(publish, bad, INVALID, words).await;
    let missing = "The resource you requested does not exist.";
    cloud.refused(("GET", "/2018-10-31/layers/l/versions/1"), Value::Null, NOT_FOUND, missing).await;
    for number in ["0", "-1"] {
        for method in ["GET", "DELETE"] {
            let path = format!("/2018-10-31/layers/l/versions/{number}");
            let words = "Layer Version Cannot be less than 1";
            cloud.refused((method, &path), Value::Null, INVALID, words).await;
        }
    }
    let arn = format!("{REALM}:layer:l");
    let path = format!("/2018-10-31/layers?find=LayerVersion&Arn={arn}:1");
    cloud.refused(("GET", &path), Value::Null, NOT_FOUND, missing).await;
    let pattern = "(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:\
                   [a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)";
    let words = format!(
        "1 validation error detected: Value '{arn}' at 'arn' failed to satisfy constraint: Member must satisfy regular \
         expression pattern: {pattern}"
    );
    let path = format!("/2018-10-31/layers?find=LayerVersion&Arn={arn}");
    cloud.refused(("GET", &path), Value::Null, validation, &words).await;
    cloud.delete("/2018-10-31/layers/l/versions/1").await;
}

#[tokio::test]
async fn a_version_s_policy_grows_and_shrinks() {
    let cloud = Cloud::start().await;
    cloud.layer("l", "x", "1").await;
    let path = format!("{}/1/policy", layers("l"));
    let none = "No policy is associated with the given resource.";
    cloud.refused(("GET", &path), Value::Null, NOT_FOUND, none).await;
    let statement = |id: &str, principal: &str| json!({ "StatementId": id, "Action": "lambda:GetLayerVersion", "Principal": principal });
    let first = cloud.post(&path, statement("s1", "*")).await;
    let said: Value = serde_json::from_str(first["Statement"].as_str().unwrap()).unwrap();
    let expected = json!({
        "Sid": "s1", "Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion",
        "Resource": format!("{REALM}:layer:l:1"),
    });
    assert_eq!(said, expected);
    let conflict = (409, "ResourceConflictException");
    let words = "The statement id (s1) provided already exists. Please provide a new statement id, or remove the existing \
                 statement.";
    cloud.refused(("POST", &path), statement("s1", "*"), conflict, words).await;
    let revision = first["RevisionId"].as_str().unwrap();
    let second = cloud.post(&format!("{path}?RevisionId={revision}"), statement("s2", "111111111111")).await;
    assert_ne!(second["RevisionId"], first["RevisionId"]);
    let stale = cloud.ask("POST", &format!("{path}?RevisionId={revision}"), &statement("s3", "*")).await;
    assert_eq!(stale.status, 412, "{}", stale.body);
    let mut of_organization = statement("s3", "*");
    of_organization["OrganizationId"] = json!("o-0123456789");
    let noted = cloud.ask("POST", &path, &of_organization).await;
    assert_eq!(noted.status, 201, "{}", noted.body);
    let in_vain = noted.header("x-cumulo-without-effect").unwrap_or_default();
    assert!(in_vain.starts_with("OrganizationId"), "{in_vain}");
    let all = cloud.get(&path).await;
    let policy: Value = serde_json::from_str(all["Policy"].as_str().unwrap()).unwrap();
    let ids: Vec<&Value> = policy["Statement"].as_array().unwrap().iter().map(|s| &s["Sid"]).collect();
    assert_eq!(ids, ["s1", "s2", "s3"]);
    assert_eq!(policy["Statement"][1]["Principal"]["AWS"], "arn:aws:iam::111111111111:root");
    let condition = json!({ "StringEquals": { "aws:PrincipalOrgID": "o-0123456789" } });
    assert_eq!(policy["Statement"][2]["Condition"], condition);
    for id in ["s1", "s2", "s3"] {
        cloud.delete(&format!("{path}/{id}")).await;
    }
    let words = "Statement s1 is not found in resource policy.";
    cloud.refused(("DELETE", &format!("{path}/s1")), Value::Null, NOT_FOUND, words).await;
    cloud.refused(("GET", &path), Value::Null, NOT_FOUND, none).await;
    let other = format!("{}/2/policy", layers("l"));
    let words = format!("Layer version {REALM}:layer:l:2 does not exist.");
    cloud.refused(("POST", &other), statement("s", "*"), NOT_FOUND, &words).await;
}

#[tokio::test]
async fn a_function_has_its_layers_in_order_and_for_good() {
    let cloud = Cloud::start().await;
    let mut arns = Vec::new();
    let mut sizes = Vec::new();
    for name in ["one", "two"] {
        let made = cloud.layer(name, "same", name).await;
        arns.push(made["LayerVersionArn"].clone());
        sizes.push(made["Content"]["CodeSize"].clone());
    }
    let shown = json!([
        { "Arn": arns[0], "CodeSize": sizes[0] },
        { "Arn": arns[1], "CodeSize": sizes[1] },
    ]);
    let made = cloud.function("f", json!({ "Layers": arns, "Publish": true })).await;
    assert_eq!(made["Layers"], shown);
    cloud.packages(3).await;
    for name in ["one", "two"] {
        cloud.delete(&format!("{}/1", layers(name))).await;
    }
    let cloud = cloud.again().await;
    for name in ["f", "f:1"] {
        assert_eq!(cloud.configuration(name).await["Layers"], shown, "{name}");
        assert_eq!(cloud.invoke(name).await.status, 200);
        let laid = cloud.engine.last().layers;
        let contents = laid.iter().map(|layer| std::fs::read_to_string(layer.join("same")).unwrap());
        assert_eq!(contents.collect::<Vec<_>>(), ["one", "two"], "{name}");
    }
    // What was deleted is given to no other, nor to this one anew.
    let words = format!("Layer version {} does not exist.", arns[0].as_str().unwrap());
    let path = "/2015-03-31/functions/f/configuration";
    cloud.refused(("PUT", path), json!({ "Layers": [arns[0]] }), INVALID, &words).await;
    let changed = cloud.configure("f", json!({ "Layers": [] })).await;
    assert_eq!(changed.get("Layers"), None);
    assert_eq!(cloud.configuration("f:1").await["Layers"], shown);
    cloud.packages(3).await;
    cloud.delete("/2015-03-31/functions/f?Qualifier=1").await;
    cloud.packages(1).await;
    let third = cloud.layer("one", "same", "again").await;
    assert_eq!(third["Version"], 2, "numbers are not used twice");
}

#[tokio::test]
async fn other_layers_make_another_version() {
    let cloud = Cloud::start().await;
    let one = cloud.layer("l", "x", "1").await["LayerVersionArn"].clone();
    let two = cloud.layer("l", "x", "2").await["LayerVersionArn"].clone();
    cloud.function("f", json!({ "Layers": [one] })).await;
    let publish = async || cloud.post("/2015-03-31/functions/f/versions", json!({})).await["Version"].clone();
    assert_eq!([publish().await, publish().await], ["1", "1"]);
    let changed = cloud.configure("f", json!({ "Layers": [two] })).await;
    assert_eq!(changed["Layers"][0]["Arn"], two);
    assert_eq!(publish().await, "2");
    assert_eq!(cloud.invoke("f").await.status, 200);
    let laid = cloud.engine.last().layers;
    assert_eq!(std::fs::read_to_string(laid[0].join("x")).unwrap(), "2");
    assert_eq!(cloud.configuration("f:1").await["Layers"][0]["Arn"], one);
}

#[tokio::test]
async fn layers_that_a_function_cannot_have_are_refused() {
    let cloud = Cloud::start().await;
    let one = cloud.layer("l", "x", "1").await["LayerVersionArn"].clone();
    let two = cloud.layer("l", "x", "2").await["LayerVersionArn"].clone();
    cloud.function("f", json!({})).await;
    let own = |layer: &str| format!("{REALM}:layer:{layer}");
    let of_region = "arn:aws:lambda:eu-west-1:000000000000:layer:l:1";
    let of_other = "arn:aws:lambda:us-east-1:111111111111:layer:l:1";
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for (layers, refusal, words) in [
        (vec![own("l:3")], INVALID, format!("Layer version {} does not exist.", own("l:3"))),
        (vec![own("none:1")], INVALID, format!("Layer version {} does not exist.", own("none:1"))),
        (
            (1..7).map(|number| own(&format!("l{number}:1"))).collect(),
            INVALID,
            "Cannot reference more than 5 layers.".to_owned(),
        ),
        (
            vec![text(&one), text(&two)],
            INVALID,
            format!(
                "Two different versions of the same layer are not allowed to be referenced in the same function. {} and {} \
                 are versions of the same layer.",
                text(&one),
                text(&two)
            ),
        ),
        (
            vec![of_region.to_owned()],
            INVALID,
            "Layers are not in the same region as the function. Layers are expected to be in region us-east-1.".to_owned(),
        ),
        (
            vec![of_other.to_owned()],
            (403, "AccessDeniedException"),
            format!(
                "User: arn:aws:iam::000000000000:root is not authorized to perform: lambda:GetLayerVersion on resource: \
                 {of_other} because no resource-based policy allows the lambda:GetLayerVersion action"
            ),
        ),
    ] {
        let create = function("g", json!({ "Layers": layers }));
        cloud.refused(("POST", "/2015-03-31/functions"), create, refusal, &words).await;
        let update = ("PUT", "/2015-03-31/functions/f/configuration");
        cloud.refused(update, json!({ "Layers": layers }), refusal, &words).await;
    }
    assert_eq!(cloud.configuration("f").await.get("Layers"), None);
}

/// The engine of these tests lays none.
#[tokio::test]
async fn who_gives_layers_in_vain_is_told() {
    let cloud = Cloud::start().await;
    let arn = cloud.layer("l", "x", "1").await["LayerVersionArn"].clone();
    let create = function("f", json!({ "Layers": [arn] }));
    let made = cloud.ask("POST", "/2015-03-31/functions", &create).await;
    let note = made.header("x-cumulo-without-effect").unwrap_or_default();
    assert!(made.status == 201 && note.starts_with("Layers ("), "{note} {}", made.body);
    let plain = cloud.ask("POST", "/2015-03-31/functions", &function("g", json!({}))).await;
    assert_eq!((plain.status, plain.header("x-cumulo-without-effect")), (201, None));
}

fn request(logical_id: &str, token: &str, properties: Value) -> ResourceRequest {
    ResourceRequest {
        logical_id: logical_id.into(),
        stack_name: "stack".into(),
        stack_id: "arn:aws:cloudformation:us-east-1:000000000000:stack/stack/1".into(),
        properties,
        token: token.into(),
        tags: std::collections::BTreeMap::new(),
        caller: None,
    }
}

#[tokio::test]
async fn templates_make_layers_and_permissions() {
    let cloud = Cloud::start().await;
    let provider = |name: &str| cloud.context.peers().provider(name).unwrap();
    let layer = provider("AWS::Lambda::LayerVersion");
    let content = json!({ "ZipFile": zipped(&[("x", "1")]) });
    let wanted = request("Layer", "t1", json!({ "LayerName": "l", "Content": content }));
    let made = layer.create(&wanted).await.unwrap();
    assert_eq!(made.physical_id, format!("{REALM}:layer:l:1"));
    assert_eq!(layer.create(&wanted).await.unwrap(), made, "a step that is repeated finds its own");
    let next = request("Layer", "t2", wanted.properties.clone());
    assert_eq!(layer.create(&next).await.unwrap().physical_id, format!("{REALM}:layer:l:2"));
    let unnamed = request("Layer", "t3", json!({ "Content": content }));
    let unnamed = layer.create(&unnamed).await.unwrap().physical_id;
    assert!(unnamed.starts_with(&format!("{REALM}:layer:stack-Layer-")), "{unnamed}");
    let permission = provider("AWS::Lambda::LayerVersionPermission");
    let allow = json!({
        "LayerVersionArn": made.physical_id, "Action": "lambda:GetLayerVersion", "Principal": "111111111111",
    });
    let allow = request("Allow", "t4", allow);
    let allowed = permission.create(&allow).await.unwrap();
    assert_eq!(permission.create(&allow).await.unwrap(), allowed);
    let policy = async || cloud.ask("GET", &format!("{}/1/policy", layers("l")), &Value::Null).await;
    assert!(policy().await.body.contains("111111111111"));
    let kept = permission.update(&allowed.physical_id, &allow.properties, &allow).await.unwrap();
    assert_eq!(kept, Updated::InPlace(allowed.clone()));
    for _ in 0..2 {
        permission.delete(&allowed.physical_id, &allow.properties).await.unwrap();
        layer.delete(&format!("{REALM}:layer:l:2"), &Value::Null).await.unwrap();
    }
    assert_eq!(policy().await.status, 404);
    layer.delete(&made.physical_id, &Value::Null).await.unwrap();
    permission.delete(&allowed.physical_id, &allow.properties).await.unwrap();
    let left = cloud.get(&layers("l")).await;
    assert_eq!(left["LayerVersions"], json!([]));
}
