//! DeleteLayerVersion.

use cloud_core::{AwsError, Caller};

use crate::Lambda;
use crate::names::LayerName;
use crate::shapes::DeleteLayerVersionRequest;

/// AWS: deleting a version that is not there is no error. Functions that have it keep it.
pub(crate) async fn delete_layer_version(
    service: &Lambda,
    _caller: &Caller,
    input: DeleteLayerVersionRequest,
) -> Result<(), AwsError> {
    let named = LayerName::own(service.context(), &input.layer_name)?.version(input.version_number)?;
    let package = service.records().remove_layer(&named.layer.name, named.number).await?;
    service.collect(package.into_iter().collect());
    Ok(())
}
