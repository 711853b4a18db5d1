-- The contractor auditor's db.sqlite3: tables and rows as Django's ORM writes
-- them, and three that Node.js has made and filled beside it.
PRAGMA foreign_keys = OFF;
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");
CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "codename" varchar(100) NOT NULL, "name" varchar(255) NOT NULL);
CREATE UNIQUE INDEX "auth_permission_content_type_id_codename_01ab375a_uniq" ON "auth_permission" ("content_type_id", "codename");
CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE);
CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL, "is_staff" bool NOT NULL, "is_active" bool NOT NULL, "date_joined" datetime NOT NULL, "first_name" varchar(150) NOT NULL);
CREATE TABLE "auth_user_user_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "django_admin_log" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_id" text NULL, "object_repr" varchar(200) NOT NULL, "action_flag" smallint unsigned NOT NULL CHECK ("action_flag" >= 0), "change_message" text NOT NULL, "content_type_id" integer NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "action_time" datetime NOT NULL);
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);
CREATE TABLE "contractors_contractor" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "business_name" varchar(255) NOT NULL, "license_number" varchar(50) NULL UNIQUE, "city" varchar(100) NOT NULL, "public_id" char(32) NOT NULL UNIQUE, "trust_score" decimal NULL, "rating" real NULL, "is_active" bool NOT NULL, "services" text NOT NULL CHECK ((JSON_VALID("services") OR "services" IS NULL)), "last_ip" char(39) NULL, "opened" date NULL, "opens_at" time NULL, "created_at" datetime NOT NULL, "parent_id" bigint NULL REFERENCES "contractors_contractor" ("id") DEFERRABLE INITIALLY DEFERRED, "last_audit_id" bigint NULL REFERENCES "audit_records" ("id") DEFERRABLE INITIALLY DEFERRED, "old_score" integer, "response_time" bigint NULL);
CREATE TABLE "legacy_ticket" ("ticket_no" integer PRIMARY KEY AUTOINCREMENT, "subject" varchar(80) NOT NULL);
-- made by Node.js
CREATE TABLE contractor_raw_data (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contractor_id INTEGER NOT NULL REFERENCES contractors_contractor(id),
    source_name TEXT NOT NULL, source_url TEXT, raw_text TEXT, structured_data TEXT, fetch_status TEXT,
    error_message TEXT, fetched_at TEXT DEFAULT (datetime('now')), expires_at TEXT
);
CREATE TABLE collection_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contractor_id INTEGER NOT NULL REFERENCES contractors_contractor(id),
    source_name TEXT NOT NULL, requested_by TEXT, request_reason TEXT, status TEXT NOT NULL,
    started_at TEXT, completed_at TEXT, error_message TEXT
);
CREATE TABLE audit_records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contractor_id INTEGER NOT NULL REFERENCES contractors_contractor(id),
    audit_type TEXT, status TEXT NOT NULL, started_at TEXT, completed_at TEXT, result_summary TEXT,
    error_message TEXT, deepseek_tokens_used INTEGER
);
CREATE TABLE node_schema_version (version INTEGER);

INSERT INTO django_migrations VALUES
    (1, 'contenttypes', '0001_initial', '2025-06-01 09:00:00.123456'),
    (2, 'auth', '0001_initial', '2025-06-01 09:00:00.234567'),
    (3, 'contractors', '0001_initial', '2025-06-01 09:00:01'),
    (4, 'contractors', '0002_contractor_rating', '2025-07-15 10:30:00.5');
-- numbered in the order in which the application grew
INSERT INTO django_content_type VALUES
    (1, 'admin', 'logentry'), (2, 'auth', 'permission'), (3, 'auth', 'group'), (4, 'auth', 'user'),
    (5, 'contenttypes', 'contenttype'), (6, 'sessions', 'session'), (7, 'contractors', 'contractor'),
    (8, 'contractors', 'review');
INSERT INTO auth_permission (content_type_id, codename, name)
    SELECT id, action || '_' || model, 'Can ' || action || ' ' || model
      FROM django_content_type, (SELECT 1 AS n, 'add' AS action UNION SELECT 2, 'change' UNION SELECT 3, 'delete' UNION SELECT 4, 'view')
     ORDER BY id, n;
INSERT INTO auth_group VALUES (1, 'auditors');
DELETE FROM auth_group;
INSERT INTO auth_user VALUES
    (1, 'pbkdf2_sha256$600000$salt$hash=', '2025-12-08 21:14:03.001002', 1, 'admin', '', 'admin@example.org', 1, 1, '2025-06-01 09:05:00', ''),
    (4, 'pbkdf2_sha256$600000$pepper$hash=', NULL, 0, 'rosa', 'Müller', 'rosa@example.org', 1, 1, '2025-06-02 10:00:00.000001', 'Rosa'),
    (5, '!', NULL, 0, 'gone', '', '', 0, 0, '2025-06-03 00:00:00', '');
INSERT INTO auth_user_user_permissions VALUES (1, 4, 26), (2, 4, 28);
INSERT INTO django_admin_log VALUES
    (1, '11', 'Able Roofing', 1, '[{"added": {}}]', 7, 1, '2025-06-05 08:00:00.654321'),
    (9, '12', 'Baker Plumbing', 2, '[{"changed": {"fields": ["City"]}}]', 7, 4, '2025-06-06 08:00:00');
INSERT INTO django_session VALUES ('k3y', '.eJxVjE', '2026-01-01 00:00:00');
INSERT INTO contractors_contractor VALUES
    (11, 'Able Roofing', 'TACLA-001', 'Dallas', 'a0eebc999c0b4ef8bb6d6bb9bd380a11', 87.5, 4.7, 1, '["roofing", "gutters"]', '203.0.113.7', '1999-04-30', '07:30:00', '2025-06-05 08:00:00.654321', 13, 3, 90, 5400000000),
    (12, 'Baker Plumbing', NULL, 'Fort Worth', 'b0eebc999c0b4ef8bb6d6bb9bd380a22', 0.1, NULL, 1, '{}', '2001:db8::1', NULL, NULL, '2025-06-06 08:00:00', NULL, 2, NULL, NULL),
    (13, 'Charlie & Söhne', 'TACLA-003', 'Plano', 'c0eebc999c0b4ef8bb6d6bb9bd380a33', 100, 5, 0, '[]', NULL, '2024-02-29', '23:59:59.999999', '2025-07-01 00:00:00', NULL, NULL, 12, 86400000001);
DELETE FROM contractors_contractor WHERE id > 13;
UPDATE sqlite_sequence SET seq = 40 WHERE name = 'contractors_contractor';
INSERT INTO legacy_ticket VALUES (501, 'call back'), (502, 'invoice');
INSERT INTO contractor_raw_data (id, contractor_id, source_name, structured_data, fetch_status, fetched_at, expires_at) VALUES
    (1, 11, 'bbb', '{"rating": "A+", "complaints": 0}', 'ok', '2025-12-01 10:00:00', '2025-12-31T10:00:00.000Z'),
    (2, 11, 'yelp', '{"rating": 4.5, "reviews": [1, 2, 3]}', 'ok', '2025-12-01T10:00:05.250Z', NULL),
    (3, 12, 'bbb', NULL, 'timeout', '2025-12-02 23:30:00', NULL);
INSERT INTO collection_log (id, contractor_id, source_name, requested_by, status, started_at) VALUES
    (7, 11, 'bbb', 'orchestrator', 'completed', '2025-12-01 09:59:58'), (8, 13, 'tdlr', 'batch', 'pending', NULL);
INSERT INTO audit_records VALUES
    (2, 12, 'full', 'completed', '2025-12-02T08:00:00.000Z', '2025-12-02T08:04:10.123Z', '{"score": 61, "flags": ["no license"]}', NULL, 5210),
    (3, 11, 'full', 'completed', '2025-12-03T08:00:00.000Z', '2025-12-03T08:03:00.000Z', '{"score": 88, "flags": []}', NULL, 4100),
    (4, 13, 'quick', 'failed', '2025-12-04T08:00:00.000Z', NULL, NULL, 'database is locked', NULL);
INSERT INTO node_schema_version VALUES (3);
