-- Names that SQLite takes and other programs stumble over.
CREATE TABLE "a""b" ("c""d" INT, "select" INT, "x'y" INT, "back\slash" INT);
INSERT INTO "a""b" VALUES (1, 2, 3, 4);
CREATE TABLE "select" ("from" INT, "where" TEXT);
INSERT INTO "select" VALUES (1, 'w');
CREATE TABLE "Ünïcode" ("Größe" INT, "日本" TEXT);
INSERT INTO "Ünïcode" VALUES (5, '語');
CREATE TABLE "" ("" INT, " " INT, "  " INT);
INSERT INTO "" VALUES (1, 2, 3);
CREATE TABLE " " (" x" INT);
INSERT INTO " " VALUES (7);
-- PostgreSQL's system columns
CREATE TABLE systemcolumns (xmin REAL, xmax REAL, ctid TEXT, oid INT, tableoid INT);
INSERT INTO systemcolumns VALUES (0.5, 1.5, 'c', 1, 2);
-- names of the rowid taken by columns
CREATE TABLE rowids (rowid TEXT, _rowid_ TEXT, oid TEXT);
INSERT INTO rowids VALUES ('r', '_', 'o');
CREATE TABLE MixedCase (OrderID INT, "Order Date" TEXT, httpServerURL TEXT, "---" INT);
INSERT INTO MixedCase VALUES (1, 'd', 'u', 0);
-- 70 bytes: byte 63 is the second byte of a two-byte character
CREATE TABLE "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaéééé" (i INT);
INSERT INTO "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaéééé" VALUES (62);
-- equal in their first 63 bytes
CREATE TABLE "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb_one" (
    "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc1" INT,
    "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc2" INT,
    "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc3" INT);
INSERT INTO "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb_one" VALUES (1, 2, 3);
CREATE TABLE "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb_two" (i INT);
INSERT INTO "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb_two" VALUES (2), (22);
-- 400 quotes, as the name of a table and of a column
CREATE TABLE """""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""" ("""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""" INT);
INSERT INTO """""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""""" VALUES (400);
CREATE VIEW "View of ""a""b""" AS SELECT "c""d" AS "v""w" FROM "a""b";
