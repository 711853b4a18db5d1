--
-- A Django application, schema first: examples/django on the contractor auditor.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET IntervalStyle = 'postgres';
\set fixture scenario_django
\i :make_fixture
\set schema :abs_srcdir '/data/scenario_django_schema.psql'
\set migrate :abs_srcdir '/examples/django/migrate.sql'
\set catch_up :abs_srcdir '/examples/django/catch_up.sql'
\set sqlite_file :file

SET client_min_messages = warning;

-- the target: manage.py migrate has been there
\set ECHO errors
\i :schema
\set ECHO all
SELECT count(*) FROM django_content_type;
SELECT count(*) FROM auth_permission;
SELECT id, username FROM auth_user;

-- the script that a user keeps
\set ECHO errors
\i :migrate
\set ECHO all
\unset ON_ERROR_STOP

-- values
\x
SELECT * FROM contractors_contractor ORDER BY id;
\x
SELECT id, structured_data->>'rating' AS rating, fetched_at, expires_at FROM contractor_raw_data ORDER BY id;
SELECT id, contractor_id, status, completed_at - started_at AS took, result_summary->'flags' AS flags, deepseek_tokens_used FROM audit_records ORDER BY id;
SELECT id, username, last_name, is_superuser, is_active, last_login, date_joined FROM auth_user ORDER BY id;
SELECT * FROM legacy_ticket ORDER BY 1;
-- numbers that rows refer to are SQLite's; what is new has got new ones
SELECT l.id, l.action_time, c.model FROM django_admin_log l JOIN django_content_type c ON c.id = l.content_type_id ORDER BY 1;
SELECT u.username, p.codename FROM auth_user_user_permissions JOIN auth_user u ON u.id = user_id JOIN auth_permission p ON p.id = permission_id ORDER BY 2;
SELECT id, app_label, model FROM django_content_type ORDER BY id;
SELECT min(id), max(id), count(*), count(DISTINCT (content_type_id, codename)) FROM auth_permission;
SELECT count(*), max(applied) FROM django_migrations;
-- every foreign key, as the database itself sees it, and nothing deferred is left over
SELECT conname, convalidated, condeferrable, condeferred FROM pg_constraint
 WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1;
SELECT count(*) FROM contractors_contractor c JOIN audit_records a ON a.id = c.last_audit_id AND a.contractor_id = c.id;

-- the plan's own verification, as one query
SELECT * FROM sqlite_compare_counts('django_sqlite', 'public') WHERE table_name NOT LIKE 'django\_%' AND table_name <> 'auth_permission';

-- all sequences, of identity and serial columns, of empty tables, of any name
SELECT * FROM sqlite_reset_sequences('public') ORDER BY table_name;
INSERT INTO contractors_contractor (business_name, city, public_id, is_active, services, created_at)
  VALUES ('Delta', 'Waco', 'd0eebc99-9c0b-4ef8-bb6d-6bb9bd380a44', true, '[]', now()) RETURNING id;
INSERT INTO auth_group (name) VALUES ('auditors') RETURNING id;
INSERT INTO legacy_ticket (subject) VALUES ('new') RETURNING ticket_no, opened_by;
INSERT INTO auth_user_user_permissions (user_id, permission_id) VALUES (5, 1) RETURNING id;
INSERT INTO collection_log (source_name, status, contractor_id) VALUES ('x', 'y', 11) RETURNING id;

-- SQLite goes on for a while: the changes come over, by policy
\! sqlite3 "$SFM_FILE" "UPDATE audit_records SET status = 'completed', error_message = NULL WHERE id = 4; INSERT INTO audit_records (id, contractor_id, status) VALUES (5, 12, 'running'); UPDATE contractors_contractor SET last_audit_id = 5, city = 'Arlington' WHERE id = 12"
\set ECHO errors
\i :catch_up
\set ECHO all
\unset ON_ERROR_STOP
SELECT id, status, error_message FROM audit_records ORDER BY id;
SELECT id, city, last_audit_id FROM contractors_contractor ORDER BY id;
-- the rows that PostgreSQL has given numbers to are still there
SELECT count(*) FROM contractors_contractor WHERE business_name = 'Delta';

DROP SCHEMA django_sqlite CASCADE;
DROP TABLE django_migrations, django_content_type, auth_permission, auth_group, auth_user, auth_user_user_permissions, django_admin_log,
  django_session, contractors_contractor, contractor_raw_data, collection_log, audit_records, legacy_ticket;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
