--
-- Looking at the data: types are widened until they hold every value, epochs
-- come from the range of the numbers, and sqlite_profile tells what was seen.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
\set fixture infer
\i :make_fixture
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
CREATE SERVER infer FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');

-- every change is told
CREATE SCHEMA full_;
IMPORT FOREIGN SCHEMA main FROM SERVER infer INTO full_;
SELECT c.relname AS "table", a.attname AS "column", format_type(a.atttypid, a.atttypmod) AS type,
       (SELECT option_value FROM pg_options_to_table(a.attfdwoptions) WHERE option_name = 'epoch') AS epoch
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  WHERE c.relnamespace = 'full_'::regnamespace AND a.attnum > 0 ORDER BY c.relname, a.attnum;

-- and all values can be read, but for text that PostgreSQL cannot hold
\x
SELECT * FROM full_.widened;
SELECT * FROM full_.untyped;
SELECT * FROM full_.blobs;
SELECT * FROM full_.epochs;
SELECT compact, compact_ts, two_rules, both_rules, twice, nul_in_blob FROM full_.traps;
\x
SELECT * FROM full_.badtext;
SELECT * FROM full_.summary;

-- off: the declared types alone; sample: the first rows
SET client_min_messages = error;
CREATE SCHEMA off_;
IMPORT FOREIGN SCHEMA main LIMIT TO (widened, epochs, untyped) FROM SERVER infer INTO off_ OPTIONS (infer_types 'off');
SELECT c.relname AS "table", string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  WHERE c.relnamespace = 'off_'::regnamespace AND a.attnum > 0 GROUP BY 1 ORDER BY 1;
CREATE SCHEMA sample;
IMPORT FOREIGN SCHEMA main LIMIT TO (widened) FROM SERVER infer INTO sample OPTIONS (infer_types 'sample');
SELECT count(*) FROM sample.widened;
RESET client_min_messages;

-- what was seen
\pset null '(null)'
SELECT column_name, declared_type, column_type, integers AS i, reals AS r, texts AS t, blobs AS b, nulls AS n,
       min_value, max_value, max_length AS len, misfits, first_misfit, suggested_type
  FROM sqlite_profile('off_', 'widened');
SELECT column_name, column_type, misfits, suggested_type FROM sqlite_profile('full_') WHERE table_name IN ('widened', 'untyped', 'badtext');
SELECT column_name, column_type, suggested_type FROM sqlite_profile('full_', 'suggestions');
SELECT column_name, column_type, misfits, suggested_type FROM sqlite_profile('off_', 'epochs');

-- types from tables that exist: only the epoch is looked for
CREATE SCHEMA target;
CREATE TABLE target.epochs (ms timestamptz, s timestamp, none timestamp);
CREATE TABLE target.widened (n integer, name varchar(5));
CREATE SCHEMA mapped;
IMPORT FOREIGN SCHEMA main LIMIT TO (epochs, widened) FROM SERVER infer INTO mapped OPTIONS (types_from 'target');
SELECT ms, s FROM mapped.epochs;

-- one call looks, too
CREATE SCHEMA job;
SET client_min_messages = error;
SELECT phase, object, rows, status FROM sqlite_migrate_file(:'file', 'job', exclude => '{badtext,traps}') WHERE phase IN ('load', 'verify');
SELECT status, count(*) FROM sqlite_migrate_file(:'file', 'job2', exclude => '{badtext,traps}', on_error => 'continue', infer_types => 'off') WHERE phase = 'load' GROUP BY 1 ORDER BY 1;
SELECT * FROM sqlite_migrate_file(:'file', 'job3', infer_types => 'guess');

-- rights, arguments
CREATE ROLE regress_sfm_profile;
GRANT USAGE ON SCHEMA full_ TO regress_sfm_profile;
SET ROLE regress_sfm_profile;
SELECT count(*) FROM sqlite_profile('full_', 'widened');
RESET ROLE;
SELECT count(*) FROM sqlite_profile(NULL);
SELECT count(*) FROM sqlite_profile('nowhere');

DROP SCHEMA full_, off_, sample, target, mapped, job, job2 CASCADE;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
DROP ROLE regress_sfm_profile;
