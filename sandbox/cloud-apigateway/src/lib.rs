//! cloud-apigateway
