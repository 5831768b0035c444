//! Roles.

use cloud_core::{AwsError, Caller, Context, Maker};
use cloud_store::Transaction;

use super::shapes::{
    AttachedPermissionsBoundary, Code, CreateRoleRequest, CreateRoleResponse,
    DeleteRolePermissionsBoundaryRequest, DeleteRoleRequest, GetRoleRequest, GetRoleResponse,
    ListRoleTagsRequest, ListRoleTagsResponse, ListRolesRequest, ListRolesResponse,
    PermissionsBoundaryAttachmentType, PutRolePermissionsBoundaryRequest, Role, RoleLastUsed, Tag,
    TagRoleRequest, UntagRoleRequest, UpdateAssumeRolePolicyRequest, UpdateRoleRequest, UpdateRoleResponse,
};
use super::{encoded, listed, paged};
use crate::open::Iam;
use crate::role::{self, RoleRecord};
use crate::{document, names};

/// What a new role is made from.
pub(crate) struct NewRole {
    pub request: CreateRoleRequest,
    pub made_by: Maker,
}

/// Makes a role's record.
pub(crate) fn new_role(context: &Context, new: NewRole) -> Result<RoleRecord, AwsError> {
    let NewRole { request, made_by } = new;
    document::check(&request.assume_role_policy_document, document::Kind::Trust)?;
    names::check_name(&request.role_name, "roleName", 64)?;
    names::check_duration(request.max_session_duration)?;
    names::check_tags(request.tags.as_deref().unwrap_or_default())?;
    if let Some(boundary) = &request.permissions_boundary {
        names::check_policy_arn(boundary)?;
    }
    let path = request.path.unwrap_or_else(|| "/".into());
    names::check_path(&path)?;
    let arn = context.global_arn("iam", format!("role{path}{}", request.role_name));
    let boundary = request.permissions_boundary.map(boundary);
    let role = Role {
        path,
        role_name: request.role_name,
        role_id: format!("AROA{}", context.entropy().upper(17)),
        arn: arn.to_string(),
        create_date: context.now(),
        assume_role_policy_document: Some(request.assume_role_policy_document),
        description: request.description,
        max_session_duration: Some(request.max_session_duration.unwrap_or(3600)),
        permissions_boundary: boundary,
        tags: request.tags,
        role_last_used: None,
    };
    Ok(RoleRecord { role, made_by, ..RoleRecord::default() })
}

fn boundary(arn: String) -> AttachedPermissionsBoundary {
    AttachedPermissionsBoundary {
        // AWS: not what its model lists.
        permissions_boundary_type: Some(PermissionsBoundaryAttachmentType::from("Policy")),
        permissions_boundary_arn: Some(arn),
    }
}

pub(super) async fn put_role_permissions_boundary(
    iam: &Iam,
    _caller: &Caller,
    input: PutRolePermissionsBoundaryRequest,
) -> Result<(), AwsError> {
    names::check_policy_arn(&input.permissions_boundary)?;
    let (roles, policies) = (iam.roles.clone(), iam.policies.clone());
    let put = move |transaction: &mut Transaction<'_>| {
        let (name, arn) = (input.role_name, input.permissions_boundary);
        role::check_boundary(&policies, transaction, &arn)?;
        let mut roles = roles.within(transaction);
        let mut record = roles.get(&name)?.ok_or_else(|| role::no_such_role(&name))?;
        record.role.permissions_boundary = Some(boundary(arn));
        Ok::<_, AwsError>(roles.put(name, record)?)
    };
    iam.roles.store().transact(put).await
}

pub(super) async fn delete_role_permissions_boundary(
    iam: &Iam,
    _caller: &Caller,
    input: DeleteRolePermissionsBoundaryRequest,
) -> Result<(), AwsError> {
    role::change(&iam.roles, &input.role_name, move |record| {
        // AWS: the words of a role that has none.
        let none = || Code::NoSuchEntityException.error("The role has no permissions boundary.");
        record.role.permissions_boundary.take().map(drop).ok_or_else(none)
    })
    .await
}

pub(super) async fn create_role(
    iam: &Iam,
    _caller: &Caller,
    input: CreateRoleRequest,
) -> Result<CreateRoleResponse, AwsError> {
    let record = new_role(&iam.context, NewRole { request: input, made_by: Maker::NOBODY })?;
    let role = record.role.clone();
    let (roles, policies) = (iam.roles.clone(), iam.policies.clone());
    let add = move |transaction: &mut Transaction<'_>| {
        let name = record.role.role_name.clone();
        if roles.within(transaction).get(&name)?.is_some() {
            let message = format!("Role with name {name} already exists.");
            return Err(Code::EntityAlreadyExistsException.error(message));
        }
        if let Some(arn) = record.boundary() {
            role::check_boundary(&policies, transaction, arn)?;
        }
        Ok(roles.within(transaction).put(name, record)?)
    };
    iam.roles.store().transact(add).await?;
    // AWS: how long its sessions may last, and what bounds it, is told when it is got.
    let role = Role { max_session_duration: None, permissions_boundary: None, ..shown(role) };
    Ok(CreateRoleResponse { role })
}

/// A role as it is answered.
fn shown(role: Role) -> Role {
    let bounding = role.permissions_boundary.and_then(|boundary| boundary.permissions_boundary_arn);
    Role {
        assume_role_policy_document: role.assume_role_policy_document.as_deref().map(encoded),
        permissions_boundary: bounding.map(boundary),
        ..role
    }
}

pub(super) async fn get_role(
    iam: &Iam,
    _caller: &Caller,
    input: GetRoleRequest,
) -> Result<GetRoleResponse, AwsError> {
    let record = role::get(&iam.roles, &input.role_name).await?;
    // LIMIT: when a role was last used is not kept; AWS says the same of one that was never used.
    let role_last_used = Some(RoleLastUsed::default());
    Ok(GetRoleResponse { role: Role { role_last_used, ..shown(record.role) } })
}

pub(super) async fn delete_role(
    iam: &Iam,
    _caller: &Caller,
    input: DeleteRoleRequest,
) -> Result<(), AwsError> {
    let name = input.role_name.clone();
    let delete = move |record: Option<&RoleRecord>| {
        let record = record.ok_or_else(|| role::no_such_role(&input.role_name))?;
        let conflict = |what: &str| {
            Code::DeleteConflictException.error(format!("Cannot delete entity, must {what} first."))
        };
        if !record.attached.is_empty() {
            return Err(conflict("detach all policies"));
        }
        if !record.inline.is_empty() {
            return Err(conflict("delete policies"));
        }
        Ok((None, ()))
    };
    iam.roles.free(name, delete).await
}

pub(super) async fn list_roles(
    iam: &Iam,
    _caller: &Caller,
    input: ListRolesRequest,
) -> Result<ListRolesResponse, AwsError> {
    let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
    let show = |record: RoleRecord| {
        // AWS: lists leave out tags and boundaries.
        let role = Role { tags: None, permissions_boundary: None, ..shown(record.role) };
        role.path.starts_with(&prefix).then_some(role)
    };
    let (roles, marker) = listed(&iam.roles, show, input.marker.as_deref(), input.max_items).await?;
    Ok(ListRolesResponse { roles, is_truncated: Some(marker.is_some()), marker })
}

pub(super) async fn update_role(
    iam: &Iam,
    _caller: &Caller,
    input: UpdateRoleRequest,
) -> Result<UpdateRoleResponse, AwsError> {
    names::check_duration(input.max_session_duration)?;
    role::change(&iam.roles, &input.role_name, move |record| {
        record.role.description = input.description.or(record.role.description.take());
        record.role.max_session_duration = input.max_session_duration.or(record.role.max_session_duration);
        Ok(UpdateRoleResponse {})
    })
    .await
}

pub(super) async fn update_assume_role_policy(
    iam: &Iam,
    _caller: &Caller,
    input: UpdateAssumeRolePolicyRequest,
) -> Result<(), AwsError> {
    document::check(&input.policy_document, document::Kind::Trust)?;
    role::change(&iam.roles, &input.role_name, move |record| {
        record.role.assume_role_policy_document = Some(input.policy_document);
        Ok(())
    })
    .await
}

pub(super) async fn tag_role(iam: &Iam, _caller: &Caller, input: TagRoleRequest) -> Result<(), AwsError> {
    names::check_tags(&input.tags)?;
    role::change(&iam.roles, &input.role_name, move |record| {
        let mut tags = record.role.tags.take().unwrap_or_default();
        for tag in input.tags {
            // AWS: a key in other letters is the same key.
            tags.retain(|present| !present.key.eq_ignore_ascii_case(&tag.key));
            tags.push(tag);
        }
        names::TAGS.check_count(tags.len())?;
        record.role.tags = Some(tags);
        Ok(())
    })
    .await
}

pub(super) async fn untag_role(iam: &Iam, _caller: &Caller, input: UntagRoleRequest) -> Result<(), AwsError> {
    role::change(&iam.roles, &input.role_name, move |record| {
        if let Some(tags) = &mut record.role.tags {
            let is_named = |tag: &Tag| input.tag_keys.iter().any(|key| key.eq_ignore_ascii_case(&tag.key));
            tags.retain(|tag| !is_named(tag));
        }
        Ok(())
    })
    .await
}

pub(super) async fn list_role_tags(
    iam: &Iam,
    _caller: &Caller,
    input: ListRoleTagsRequest,
) -> Result<ListRoleTagsResponse, AwsError> {
    let record = role::get(&iam.roles, &input.role_name).await?;
    let mut tags: Vec<Tag> = record.role.tags.unwrap_or_default();
    tags.sort_by(|a, b| a.key.cmp(&b.key));
    let (tags, marker) = paged(tags, |tag| tag.key.clone(), input.marker.as_deref(), input.max_items);
    Ok(ListRoleTagsResponse { tags, is_truncated: Some(marker.is_some()), marker })
}
