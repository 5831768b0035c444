//! ListLayers and ListLayerVersions.

use cloud_core::{AwsError, Caller, page};

use super::MOST;
use crate::Lambda;
use crate::layers::version_arn;
use crate::names::LayerName;
use crate::shapes::{
    Architecture, LayerVersionsListItem, LayersListItem, ListLayerVersionsRequest, ListLayerVersionsResponse,
    ListLayersRequest, ListLayersResponse, Runtime,
};
use crate::state::LayerVersion;

pub(crate) async fn list_layers(
    service: &Lambda,
    _caller: &Caller,
    input: ListLayersRequest,
) -> Result<ListLayersResponse, AwsError> {
    let wanted = (input.compatible_runtime.as_ref(), input.compatible_architecture.as_ref());
    let size = page::size(input.max_items, MOST);
    let (mut layers, mut next_marker) = (Vec::new(), None);
    let mut behind = input.marker.unwrap_or_default();
    while let Some(name) = service.records().layer_behind(&behind) {
        if let Some(item) = latest(service, &name, wanted)? {
            if layers.len() == size {
                next_marker = layers.last().and_then(|last: &LayersListItem| last.layer_name.clone());
                break;
            }
            layers.push(item);
        }
        behind = name;
    }
    Ok(ListLayersResponse { next_marker, layers: Some(layers) })
}

/// A layer with the newest of its versions that is for what is wanted; none where none is.
fn latest(
    service: &Lambda,
    name: &str,
    (runtime, architecture): (Option<&Runtime>, Option<&Architecture>),
) -> Result<Option<LayersListItem>, AwsError> {
    let layer = LayerName::own(service.context(), name)?;
    let found = service.records().layer_versions(name, u64::MAX, |versions| {
        let mut fits = versions.filter(|(_, version)| version.is_for(runtime, architecture));
        fits.next().map(|(number, version)| shown(&layer, number, version))
    });
    Ok(found.map(|version| LayersListItem {
        layer_name: Some(layer.name),
        layer_arn: Some(layer.arn.to_string()),
        latest_matching_version: Some(version),
    }))
}

/// The newest first.
pub(crate) async fn list_layer_versions(
    service: &Lambda,
    _caller: &Caller,
    input: ListLayerVersionsRequest,
) -> Result<ListLayerVersionsResponse, AwsError> {
    let layer = LayerName::own(service.context(), &input.layer_name)?;
    let (runtime, architecture) = (input.compatible_runtime, input.compatible_architecture);
    // A marker is the number of the last version of the page before.
    let below = input.marker.and_then(|marker| marker.parse().ok()).unwrap_or(u64::MAX);
    let size = page::size(input.max_items, MOST);
    let (versions, next_marker) = service.records().layer_versions(&layer.name, below, |versions| {
        let fits = versions.filter(|(_, version)| version.is_for(runtime.as_ref(), architecture.as_ref()));
        // Counted down, so that pages follow one another upwards.
        let items = fits.map(|(number, version)| (u64::MAX - number, shown(&layer, number, version)));
        page::page(items, None::<&u64>, size)
    });
    let next_marker = next_marker.map(|position| (u64::MAX - position).to_string());
    Ok(ListLayerVersionsResponse { next_marker, layer_versions: Some(versions) })
}

fn shown(layer: &LayerName, number: u64, version: &LayerVersion) -> LayerVersionsListItem {
    LayerVersionsListItem {
        layer_version_arn: Some(version_arn(layer, number)),
        version: Some(number as i64),
        description: Some(version.description.clone()),
        created_date: Some(version.created.clone()),
        compatible_runtimes: Some(version.runtimes.clone()),
        license_info: version.license.clone(),
        compatible_architectures: Some(version.architectures.clone()),
    }
}
