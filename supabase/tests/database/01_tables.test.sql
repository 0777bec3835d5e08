-- What there is: tables, their columns, keys and the indexes that pages and searches need.
begin;
select plan(52);

select tables_are('public', array[
  'media_blobs', 'upload_sessions', 'media_files', 'media_file_versions', 'media_file_history', 'media_usage',
  'media_operations', 'studio_projects', 'studio_project_revisions', 'scenes', 'voices', 'courses', 'chapters',
  'chapter_items'
], 'the exposed tables');
select views_are('public', array['project_clips', 'project_audio', 'project_exports'], 'the views');
select tables_are('lectern', array[
  'memberships', 'tenant_limits', 'tenant_usage', 'media_totals', 'saves', 'discarded_blobs'
], 'the tables that nobody is shown');

select columns_are('public', 'media_files', array[
  'id', 'owner_id', 'tenant_id', 'name', 'kind', 'mime_type', 'size_bytes', 'status', 'source_type', 'studio_metadata',
  'tags', 'probe', 'poster_key', 'blob_key', 'current_version_id', 'verified_sha256', 'fingerprint', 'rev', 'created_at',
  'updated_at', 'deleted_at', 'purged_at', 'duration_seconds', 'width', 'height', 'project_id', 'sort_name',
  'search_text', 'folded_tags'
], 'the columns of media_files');
select columns_are('public', 'media_file_versions', array[
  'id', 'asset_id', 'owner_id', 'tenant_id', 'number', 'blob_key', 'mime_type', 'size_bytes', 'probe', 'poster_key',
  'fingerprint', 'created_at'
], 'the columns of media_file_versions');
select columns_are('public', 'media_file_history', array[
  'id', 'asset_id', 'owner_id', 'tenant_id', 'author', 'action', 'change', 'inverse', 'rev', 'created_at'
], 'the columns of media_file_history');
select columns_are('public', 'media_usage', array[
  'asset_id', 'resource_type', 'resource_id', 'owner_id', 'tenant_id', 'label', 'created_at'
], 'the columns of media_usage');
select columns_are('public', 'media_operations', array[
  'id', 'owner_id', 'tenant_id', 'kind', 'args', 'asset_ids', 'status', 'total', 'done', 'failed', 'errors',
  'created_at', 'updated_at'
], 'the columns of media_operations');
select columns_are('public', 'upload_sessions', array[
  'id', 'owner_id', 'tenant_id', 'key', 'object_name', 'store', 'size_bytes', 'mime_type', 'status', 'asset',
  'multipart_id', 'created_at', 'expires_at', 'finished_at'
], 'the columns of upload_sessions, none of them secret');
select columns_are('public', 'media_blobs', array[
  'owner_id', 'tenant_id', 'key', 'object_name', 'store', 'size_bytes', 'mime_type', 'verified_sha256', 'created_at'
], 'the columns of media_blobs, none of them secret');
select columns_are('public', 'studio_projects', array[
  'id', 'owner_id', 'tenant_id', 'title', 'description', 'script', 'is_draft', 'poster_key', 'last_export_id', 'rev',
  'content_hash', 'schema_version', 'timeline_state', 'total_frames', 'duration_seconds', 'asset_ids', 'head_author',
  'head_at', 'save_count', 'conflict_count', 'created_at', 'updated_at', 'deleted_at', 'sort_title', 'search_text'
], 'the columns of studio_projects');
select columns_are('public', 'studio_project_revisions', array[
  'project_id', 'rev', 'parent_rev', 'save_id', 'owner_id', 'tenant_id', 'author', 'kind', 'content_hash',
  'schema_version', 'timeline_state', 'state_bytes', 'save_number', 'created_at'
], 'the columns of studio_project_revisions');

select col_is_pk('public', 'media_files', 'id', 'an asset has an id');
select col_is_pk('public', 'media_blobs', array['owner_id', 'key'], 'a blob''s key is its owner''s own');
select col_is_pk('public', 'media_usage', array['asset_id', 'resource_type', 'resource_id'], 'a place is said once');
select col_is_pk('public', 'studio_project_revisions', array['project_id', 'rev'], 'a revision has a number');
select col_is_unique('public', 'studio_project_revisions', array['save_id'], 'a save is made once');
select col_is_unique('public', 'media_file_versions', array['asset_id', 'number'], 'versions are numbered');
select col_is_unique('public', 'media_blobs', array['object_name'], 'an object''s name is never used again');

select fk_ok('public', 'media_file_versions', array['owner_id', 'blob_key'], 'public', 'media_blobs',
  array['owner_id', 'key'], 'a version points at bytes that are there, of the same owner');
select fk_ok('public', 'media_file_versions', array['owner_id', 'poster_key'], 'public', 'media_blobs',
  array['owner_id', 'key'], 'and so does its poster');
select fk_ok('public', 'media_files', array['owner_id', 'poster_key'], 'public', 'media_blobs',
  array['owner_id', 'key'], 'and an asset''s');
select fk_ok('public', 'media_usage', 'asset_id', 'public', 'media_files', 'id', 'a place uses an asset that is there');
select fk_ok('public', 'scenes', 'project_id', 'public', 'studio_projects', 'id', 'a scene is a project''s');
select fk_ok('public', 'chapter_items', 'asset_id', 'public', 'media_files', 'id', 'an item may be an asset');
select fk_ok('public', 'chapter_items', 'project_id', 'public', 'studio_projects', 'id', 'or a project');

select has_index('public', 'media_files', 'media_files_by_age_idx', array['owner_id', 'created_at', 'id'],
  'pages by age');
select has_index('public', 'media_files', 'media_files_by_name_idx', array['owner_id', 'sort_name', 'id'],
  'pages by name');
select has_index('public', 'media_files', 'media_files_by_size_idx', array['owner_id', 'size_bytes', 'id'],
  'pages by size');
select has_index('public', 'media_files', 'media_files_by_duration_idx', array['owner_id', 'duration_seconds', 'id'],
  'pages by length');
select has_index('public', 'media_files', 'media_files_fingerprint_idx', array['owner_id', 'fingerprint'],
  'likely duplicates by fingerprint');
select has_index('public', 'media_usage', 'media_usage_resource_idx',
  array['owner_id', 'resource_type', 'resource_id'], 'usage by place');
select has_index('public', 'media_file_history', 'media_file_history_asset_idx', array['asset_id', 'id'],
  'history by asset');
select index_is_type('public', 'media_files', 'media_files_search_idx', 'gin', 'parts of names by trigrams');
select index_is_type('public', 'media_files', 'media_files_tags_idx', 'gin', 'tags by a set');
select index_is_type('public', 'studio_projects', 'studio_projects_search_idx', 'gin', 'projects by trigrams');

select col_not_null('public', t.name::name, 'owner_id', t.name || ' has an owner')
from unnest(array['media_blobs', 'media_files', 'media_file_versions', 'media_file_history', 'media_usage',
  'media_operations', 'upload_sessions', 'studio_projects', 'studio_project_revisions', 'scenes', 'voices', 'courses',
  'chapters', 'chapter_items']) t (name);

select col_has_check('public', 'media_files', 'fingerprint', 'a fingerprint is 64 hexadecimal digits');
select enums_are('public', array[]::name[], 'there are no enums, which can''t be changed in a migration');

select * from finish();
rollback;
