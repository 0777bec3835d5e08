-- Only what is ours: anything else that somebody put into the schema stops it. The extension stays, others may use it.
drop function lectern.number_in(jsonb, text);
drop function lectern.is_uuid(text);
drop function lectern.is_blob_key(text);
drop function lectern.are_tags(text[]);
drop function lectern.is_display_name(text);
drop function lectern.like_pattern(text);
drop function lectern.search_text(text, text[]);
drop function lectern.sortable(text);
drop function lectern.fold_all(text[]);
drop function lectern.fold(text);
drop function lectern.require_user();
drop function lectern.fail(text, text, jsonb);
drop function lectern.administered_tenant();
drop function lectern.home_tenant();
drop function lectern.tenant_of(uuid);
drop table lectern.tenant_limits, lectern.memberships;
drop schema lectern;
