-- Brings SQLite's members up to date and takes over the offices that have been
-- validated there.  Run it as often as you like.
--
--   psql -d offices -f sync.sql
--
-- One transaction on both sides: if PostgreSQL refuses a row, or SQLite does, or
-- another process holds the file locked for longer than busy_timeout, nothing
-- has changed anywhere.
\set ON_ERROR_STOP on
BEGIN;

-- PostgreSQL -> SQLite: members that are new or not the same
WITH upstream AS (
	SELECT bioguideid, currentmember, officialwebsiteurl,
	       btrim(concat_ws(' ', firstname, lastname)) AS name, state
	  FROM members
	 WHERE currentmember
), sent AS (
	INSERT INTO work.members (bioguideid, currentmember, officialwebsiteurl, name, state)
	SELECT u.*
	  FROM upstream u LEFT JOIN work.members w ON w.bioguideid = u.bioguideid
	 WHERE (w.currentmember, w.officialwebsiteurl, w.name, w.state)
	       IS DISTINCT FROM (u.currentmember, u.officialwebsiteurl, u.name, u.state)
	RETURNING 1
)
SELECT count(*) AS members FROM sent \gset

WITH sent AS (
	INSERT INTO work.members_contact (bioguideid, contact_page)
	SELECT c.bioguideid, c.contact_page
	  FROM members_contact c JOIN members m ON m.bioguideid = c.bioguideid AND m.currentmember
	  LEFT JOIN work.members_contact w ON w.bioguideid = c.bioguideid
	 WHERE w.contact_page IS DISTINCT FROM c.contact_page
	RETURNING 1
)
SELECT count(*) AS contacts FROM sent \gset

-- SQLite -> PostgreSQL: offices that are validated and not yet here; in the same
-- transaction SQLite notes that they are
WITH stored AS (
	INSERT INTO district_offices (office_id, bioguide_id, address, suite, building, city, state, zip, phone, fax, hours)
	SELECT office_id, bioguide_id, address, suite, building, city, state, zip, phone, fax, hours
	  FROM work.validated_offices
	 WHERE synced_to_upstream IS NOT TRUE
	ON CONFLICT (office_id) DO UPDATE
	   SET (bioguide_id, address, suite, building, city, state, zip, phone, fax, hours)
	     = (EXCLUDED.bioguide_id, EXCLUDED.address, EXCLUDED.suite, EXCLUDED.building, EXCLUDED.city,
	        EXCLUDED.state, EXCLUDED.zip, EXCLUDED.phone, EXCLUDED.fax, EXCLUDED.hours)
	RETURNING office_id
), marked AS (
	UPDATE work.validated_offices v
	   SET synced_to_upstream = true, synced_at = now() AT TIME ZONE 'UTC'
	  FROM stored s
	 WHERE v.office_id = s.office_id
	RETURNING 1
)
SELECT count(*) AS offices FROM marked \gset

INSERT INTO sync_log (members, contacts, offices) VALUES (:members, :contacts, :offices);
COMMIT;
\echo synced :members members, :contacts contacts, :offices offices
