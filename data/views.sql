-- Views of every kind that applications write, over a few tables with rows that
-- make a difference (NULLs, ties, either case of letters, empty groups).
-- t/016_views.pl compares each with its translation.  Views whose names begin
-- with "o_" have an order that is compared, too.
CREATE TABLE dept (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, head INTEGER, budget NUMERIC(10,2), opened DATE);
CREATE TABLE emp (
	id INTEGER PRIMARY KEY, name TEXT NOT NULL, dept_id INTEGER REFERENCES dept (id), boss INTEGER REFERENCES emp (id),
	salary REAL, bonus INTEGER, active BOOLEAN NOT NULL, hired DATETIME, mail TEXT COLLATE NOCASE, tags JSON, note TEXT, photo BLOB);
CREATE TABLE sale (emp_id INTEGER NOT NULL, day DATE NOT NULL, amount NUMERIC(10,2), units INTEGER, product TEXT, PRIMARY KEY (emp_id, day, product)) WITHOUT ROWID;
CREATE TABLE calendar (day TEXT PRIMARY KEY NOT NULL, working BOOLEAN, stamp INTEGER, moment TIMESTAMP);
CREATE TABLE "Odd Names" ("id" INTEGER PRIMARY KEY, "The Name" TEXT, [select] INTEGER, `group` TEXT, "ÜBER" TEXT);
CREATE TABLE word (w TEXT, n INTEGER);
CREATE TABLE chosen (name TEXT);
CREATE TABLE link (a INTEGER, b INTEGER, weight REAL, UNIQUE (a, b));

INSERT INTO dept VALUES (1, 'Sales', 1, 1000.5, '2001-02-03'), (2, 'Research', 4, 99999, '2010-10-10'), (3, 'Empty', NULL, NULL, NULL), (4, 'sales abroad', 2, 0, '2020-02-29');
INSERT INTO emp VALUES
	(1, 'Ann', 1, NULL, 5000.0, 100, 1, '2015-01-01 09:00:00', 'Ann@Example.org', '{"skills": ["go", "sql"], "level": 3}', 'first', x'0102'),
	(2, 'bob', 1, 1, 4000.5, NULL, 1, '2016-06-15 08:30:00', 'bob@example.org', '{"level": 1}', NULL, NULL),
	(3, 'Čeněk', 1, 1, NULL, 50, 0, '2016-06-15 08:30:00', NULL, NULL, '', x''),
	(4, 'dora', 2, 1, 7000.25, 0, 1, '2012-12-31 23:59:59', 'DORA@EXAMPLE.ORG', '{"skills": [], "level": null}', 'head', NULL),
	(5, 'Eve', 2, 4, 4000.5, 7, 1, '2020-02-29 12:00:00', 'eve@other.net', '[1, 2, 3]', 'x%y', x'ff'),
	(6, 'frank', NULL, NULL, 100.0, 3, 0, NULL, 'frank', NULL, 'a_b', NULL),
	(7, 'ann', 4, 5, 2500.0, -5, 1, '2021-03-04 00:00:00', 'ann@example.org', '{"skills": ["c"]}', '  pad ', NULL);
INSERT INTO sale VALUES (1, '2024-01-01', 10.5, 1, 'axe'), (1, '2024-01-02', 20, 2, 'axe'), (1, '2024-02-01', NULL, 3, 'Box'), (2, '2024-01-01', 5, NULL, 'box'), (2, '2024-03-15', 100.25, 10, 'axe'),
	(4, '2023-12-31', 7, 7, 'cup'), (4, '2024-01-31', 0, 0, 'axe'), (5, '2024-02-29', 3.33, 1, 'cup'), (9, '2024-05-05', 1, 1, 'nobody');
INSERT INTO calendar VALUES ('2024-01-01', 0, 1704067200, '2024-01-01T00:00:00'), ('2024-01-02', 1, 1704153600, '2024-01-02T10:00:00'), ('2024-02-29', 1, 1709164800, NULL), ('2024-03-15', NULL, NULL, '2024-03-15T12:34:56');
INSERT INTO "Odd Names" VALUES (1, 'one', 10, 'x', 'ü'), (2, 'two', NULL, 'x', 'Ü'), (3, NULL, 30, 'y', NULL);
INSERT INTO word VALUES ('apple', 1), ('Apple', 2), ('APPLE', 3), ('banana', 1), ('banana ', 5), ('', 0), (NULL, 4), ('10', 10), ('9', 9);
INSERT INTO chosen VALUES ('Ann'), ('Eve'), ('nobody');
INSERT INTO link VALUES (1, 2, 0.5), (2, 3, 1.5), (3, 4, 1.0), (4, 2, 2.5), (1, 5, NULL), (6, 6, 0.0);

-- plain columns, aliases, names
CREATE VIEW all_columns AS SELECT * FROM emp;
CREATE VIEW two_stars AS SELECT e.*, d.* FROM emp e JOIN dept d ON d.id = e.dept_id;
CREATE VIEW odd AS SELECT "The Name", [select] + 1, `group` AS "a b", "ÜBER" FROM "Odd Names" WHERE "select" > 5;
CREATE VIEW named (one, two, three) AS SELECT id, name, salary * 2 FROM emp;
CREATE VIEW no_alias AS SELECT id, upper(name), salary + bonus, 'x', 1.5, NULL, count(*) OVER () FROM emp;
CREATE VIEW string_in_quotes AS SELECT id, "no such column" AS s, name || "!" AS t FROM emp;
CREATE VIEW rowids AS SELECT rowid, oid AS o, _rowid_ AS r, name FROM emp WHERE rowid > 2;
CREATE VIEW rowid_of_keyless AS SELECT w, n FROM word WHERE n > 1;
CREATE VIEW constant AS SELECT 1 AS a, 'text' AS b, 2.5 AS c, x'41' AS d, NULL AS e;
CREATE VIEW case_of_names AS SELECT EMP.ID, Emp.Name FROM eMp;
CREATE VIEW of_view AS SELECT name, salary FROM all_columns WHERE active;
CREATE VIEW of_view_of_view AS SELECT count(*) AS n, sum(salary) AS total FROM of_view;

-- joins
CREATE VIEW inner_join AS SELECT e.name, d.name AS dept FROM emp e INNER JOIN dept d ON e.dept_id = d.id;
CREATE VIEW left_join AS SELECT d.name, e.name AS emp FROM dept d LEFT JOIN emp e ON e.dept_id = d.id AND e.active;
CREATE VIEW left_outer_where AS SELECT d.name FROM dept d LEFT OUTER JOIN emp e ON e.dept_id = d.id WHERE e.id IS NULL;
CREATE VIEW comma_join AS SELECT e.name, d.name AS d FROM emp e, dept d WHERE e.dept_id = d.id AND d.budget > 500;
CREATE VIEW cross_join AS SELECT d.id, c.day FROM dept d CROSS JOIN calendar c;
CREATE VIEW natural_join AS SELECT * FROM (SELECT id AS emp_id, name FROM emp) NATURAL JOIN sale;
CREATE VIEW using_join AS SELECT emp_id, name, amount, day FROM sale JOIN (SELECT id AS emp_id, name FROM emp) USING (emp_id);
CREATE VIEW using_star AS SELECT * FROM sale LEFT JOIN calendar USING (day);
CREATE VIEW self_join AS SELECT a.name, b.name AS boss, c.name AS boss_of_boss FROM emp a LEFT JOIN emp b ON a.boss = b.id LEFT JOIN emp c ON b.boss = c.id;
CREATE VIEW join_paren AS SELECT e.name, s.amount FROM emp e LEFT JOIN (sale s JOIN calendar c ON c.day = s.day) ON s.emp_id = e.id;
CREATE VIEW join_without_on AS SELECT e.id, d.id AS d FROM emp e JOIN dept d WHERE e.id = d.head;
CREATE VIEW join_text_number AS SELECT w, a.id FROM word JOIN emp a ON a.id = n;

-- aggregates
CREATE VIEW grouped AS SELECT dept_id, count(*) AS n, count(salary) AS paid, sum(salary) AS total, avg(salary) AS mean, min(name) AS first, max(hired) AS last FROM emp GROUP BY dept_id;
CREATE VIEW grouped_having AS SELECT dept_id, sum(bonus) AS s FROM emp GROUP BY dept_id HAVING count(*) > 1 AND sum(bonus) > 5;
CREATE VIEW group_by_number AS SELECT active, count(*) FROM emp GROUP BY 1;
CREATE VIEW group_by_alias AS SELECT substr(hired, 1, 4) AS year, count(*) AS n FROM emp GROUP BY year;
CREATE VIEW group_by_expression AS SELECT strftime('%Y-%m', day) AS month, sum(amount) AS total, sum(units) AS units FROM sale GROUP BY strftime('%Y-%m', day);
CREATE VIEW group_key_columns AS SELECT d.id, d.name, d.budget, count(e.id) AS n FROM dept d LEFT JOIN emp e ON e.dept_id = d.id GROUP BY d.id;
CREATE VIEW bare_max AS SELECT dept_id, name, max(salary) AS top FROM emp WHERE salary IS NOT NULL AND salary <> 4000.5 GROUP BY dept_id;
CREATE VIEW bare_min AS SELECT product, emp_id, min(day) FROM sale GROUP BY product;
CREATE VIEW having_alias AS SELECT dept_id, count(*) AS n FROM emp GROUP BY dept_id HAVING n >= 2;
CREATE VIEW no_group AS SELECT count(*), sum(amount), total(amount), avg(units), max(day), min(amount) FROM sale;
CREATE VIEW empty_aggregate AS SELECT count(*) AS n, sum(units) AS s, total(units) AS t, avg(units) AS a, max(units) AS m FROM sale WHERE product = 'none';
CREATE VIEW distinct_aggregate AS SELECT count(DISTINCT product) AS n, sum(DISTINCT units) AS s FROM sale;
CREATE VIEW distinct_long AS SELECT total(DISTINCT n) AS t, avg(DISTINCT n) AS a, sum(DISTINCT n - 9007199254740000) AS s FROM (SELECT 9007199254740993 AS n UNION ALL SELECT 9007199254740992 UNION ALL SELECT 9007199254740992);
CREATE VIEW distinct_json_sum AS SELECT sum(DISTINCT json_extract(tags, '$.level')) AS s FROM emp;
CREATE VIEW distinct_json_concat AS SELECT group_concat(DISTINCT json_extract(tags, '$.level')) AS c FROM emp;
CREATE VIEW filter_aggregate AS SELECT dept_id, count(*) FILTER (WHERE active) AS active, sum(salary) FILTER (WHERE bonus > 0) AS s FROM emp GROUP BY dept_id;
CREATE VIEW sum_of_condition AS SELECT dept_id, sum(active) AS a, sum(salary > 4000) AS b, sum(CASE WHEN bonus IS NULL THEN 1 ELSE 0 END) AS c, max(active) AS m FROM emp GROUP BY dept_id;
CREATE VIEW concat_group AS SELECT emp_id, group_concat(product) AS p, group_concat(units, '/') AS u FROM sale GROUP BY emp_id;
CREATE VIEW nocase_group AS SELECT lower(w) AS word, sum(n) AS n FROM word GROUP BY w COLLATE NOCASE HAVING w IS NOT NULL;
CREATE VIEW distinct_rows AS SELECT DISTINCT dept_id, active FROM emp;
CREATE VIEW distinct_nocase AS SELECT DISTINCT lower(mail) AS m FROM emp;
CREATE VIEW average_rounded AS SELECT dept_id, round(avg(salary), 2) AS a, round(sum(salary) / count(*), 1) AS b, CAST(avg(bonus) AS INTEGER) AS c FROM emp GROUP BY dept_id;
CREATE VIEW integer_division AS SELECT emp_id, sum(units) / count(*) AS a, sum(units) * 1.0 / count(*) AS b, sum(amount) / 2 AS c, units_of FROM (SELECT emp_id, units, amount, 7 / 2 AS units_of FROM sale) GROUP BY emp_id, units_of;
CREATE VIEW aggregate_of_nothing AS SELECT dept_id FROM emp GROUP BY dept_id;

-- subqueries
CREATE VIEW scalar_subquery AS SELECT name, (SELECT name FROM dept WHERE dept.id = emp.dept_id) AS dept, (SELECT count(*) FROM sale WHERE emp_id = emp.id) AS sales FROM emp;
CREATE VIEW first_of_many AS SELECT id, (SELECT product FROM sale s WHERE s.emp_id = emp.id ORDER BY day DESC) AS latest FROM emp;
CREATE VIEW in_subquery AS SELECT name FROM emp WHERE id IN (SELECT emp_id FROM sale WHERE amount > 5);
CREATE VIEW not_in_subquery AS SELECT name FROM emp WHERE id NOT IN (SELECT emp_id FROM sale);
CREATE VIEW not_in_null AS SELECT name FROM emp WHERE id NOT IN (SELECT head FROM dept);
CREATE VIEW in_subquery_nocase AS SELECT 'ANN@example.org' IN (SELECT mail FROM emp) AS a, name IN (SELECT mail FROM emp) AS b, (lower(name), 'x') IN (SELECT mail, 'x' FROM emp) AS c,
	upper(name) IN (SELECT name FROM emp UNION ALL SELECT mail FROM emp) AS d, upper(name) IN (SELECT mail FROM emp UNION ALL SELECT name FROM emp) AS e, lower(name) IN (SELECT w COLLATE NOCASE FROM word) AS f FROM emp;
CREATE VIEW in_table AS SELECT name FROM emp WHERE name IN chosen OR id = 4;
CREATE VIEW exists_subquery AS SELECT name FROM dept d WHERE EXISTS (SELECT * FROM emp WHERE dept_id = d.id AND active) AND NOT EXISTS (SELECT 1 FROM emp WHERE dept_id = d.id AND salary < 4000);
CREATE VIEW from_subquery AS SELECT x.n, d.name FROM (SELECT dept_id, count(*) AS n FROM emp GROUP BY dept_id) x JOIN dept d ON d.id = x.dept_id;
CREATE VIEW from_subquery_no_alias AS SELECT n FROM (SELECT count(*) AS n FROM emp);
CREATE VIEW nested AS SELECT * FROM (SELECT * FROM (SELECT id, name FROM emp WHERE active) WHERE id > 1) WHERE name <> 'Eve';
CREATE VIEW row_value AS SELECT * FROM sale WHERE (emp_id, day) IN (SELECT 1, '2024-01-01' UNION ALL SELECT 2, '2024-03-15') OR (emp_id, product) = (4, 'cup');
CREATE VIEW exists_value AS SELECT id, EXISTS (SELECT 1 FROM sale WHERE emp_id = emp.id) AS sells FROM emp;

-- compound
CREATE VIEW union_all AS SELECT id, name FROM emp UNION ALL SELECT id, name FROM dept;
CREATE VIEW union_distinct AS SELECT lower(name) AS n FROM emp UNION SELECT lower(w) FROM word;
CREATE VIEW except_rows AS SELECT id FROM emp EXCEPT SELECT emp_id FROM sale;
CREATE VIEW intersect_rows AS SELECT id FROM emp INTERSECT SELECT emp_id FROM sale;
CREATE VIEW left_to_right AS SELECT id FROM emp UNION ALL SELECT id FROM dept EXCEPT SELECT 2 UNION ALL SELECT 2 INTERSECT SELECT id FROM emp;
CREATE VIEW union_types AS SELECT id, salary AS v FROM emp WHERE id < 3 UNION ALL SELECT id, budget FROM dept UNION ALL SELECT 0, 1 UNION ALL SELECT 9, NULL;
CREATE VIEW union_booleans AS SELECT id, active AS f FROM emp UNION ALL SELECT 100, 1 UNION ALL SELECT 101, working FROM calendar;
CREATE VIEW union_affinity AS SELECT id, v = '3' AS a, v IN ('7', 'x') AS b, v || '' AS c, typeof(v) AS d FROM (SELECT id, bonus AS v FROM emp UNION ALL SELECT id + 100, id FROM emp);
CREATE VIEW union_other_affinity AS SELECT id, v = 3 AS a, v > 'x' AS b, v AS c FROM (SELECT id, bonus AS v FROM emp UNION ALL SELECT id + 100, id * 1 FROM emp);
CREATE VIEW union_no_affinity AS SELECT id, v = '3' AS a FROM (SELECT id, bonus AS v FROM emp UNION ALL SELECT id + 100, id * 1 FROM emp);
CREATE VIEW many_values AS VALUES (1, 'a'), (2, 'b'), (3, NULL);
CREATE VIEW o_compound_order AS SELECT name, id FROM emp UNION ALL SELECT name, id + 100 FROM dept ORDER BY 1, id;
CREATE VIEW o_compound_limit AS SELECT id FROM emp UNION SELECT id + 5 FROM dept ORDER BY id DESC LIMIT 4 OFFSET 1;

-- order and limit
CREATE VIEW o_text_order AS SELECT w, n FROM word ORDER BY w, n;
CREATE VIEW o_nocase_order AS SELECT w, n FROM word ORDER BY w COLLATE NOCASE DESC, n;
CREATE VIEW o_null_order AS SELECT id, salary FROM emp ORDER BY salary, id DESC;
CREATE VIEW o_null_order_desc AS SELECT id, bonus FROM emp ORDER BY bonus DESC, id;
CREATE VIEW o_nulls_last AS SELECT id, bonus FROM emp ORDER BY bonus NULLS LAST, id;
CREATE VIEW o_order_alias AS SELECT id, -salary AS s FROM emp WHERE salary IS NOT NULL ORDER BY s, id;
CREATE VIEW o_order_expression AS SELECT name FROM emp ORDER BY length(name) DESC, lower(name), id;
CREATE VIEW o_limit AS SELECT id FROM emp ORDER BY id DESC LIMIT 3;
CREATE VIEW o_limit_comma AS SELECT id FROM emp ORDER BY id LIMIT 2, 3;
CREATE VIEW o_limit_negative AS SELECT id FROM emp ORDER BY id LIMIT -1 OFFSET 4;
CREATE VIEW o_column_collation AS SELECT id, mail FROM emp ORDER BY mail, id;
CREATE VIEW o_order_position AS SELECT dept_id, name FROM emp ORDER BY 1, 2 COLLATE NOCASE, id;

-- common table expressions
CREATE VIEW cte AS WITH x AS (SELECT dept_id, sum(salary) AS s FROM emp GROUP BY dept_id), y (d, t) AS (SELECT * FROM x WHERE s > 1000) SELECT d, t FROM y;
CREATE VIEW cte_twice AS WITH x AS (SELECT id, name FROM emp WHERE active) SELECT a.name, b.name AS other FROM x a JOIN x b ON a.id < b.id;
CREATE VIEW recursive_numbers AS WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 20) SELECT x, x * x AS square FROM n;
CREATE VIEW recursive_tree AS WITH RECURSIVE t (id, name, depth, path) AS (SELECT id, name, 0, name FROM emp WHERE boss IS NULL UNION ALL SELECT e.id, e.name, t.depth + 1, t.path || '/' || e.name FROM emp e JOIN t ON e.boss = t.id) SELECT * FROM t;
CREATE VIEW recursive_graph AS WITH RECURSIVE r (n) AS (SELECT 1 UNION SELECT b FROM link JOIN r ON a = n) SELECT n FROM r;
CREATE VIEW recursive_days AS WITH RECURSIVE d (day) AS (SELECT '2024-02-27' UNION ALL SELECT date(day, '+1 day') FROM d WHERE day < '2024-03-02') SELECT day FROM d;
CREATE VIEW recursive_limit AS WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x * 2 FROM n LIMIT 8) SELECT x FROM n;

-- windows
CREATE VIEW window_rank AS SELECT id, rank() OVER (ORDER BY salary) AS r, dense_rank() OVER (ORDER BY salary DESC) AS d, row_number() OVER (ORDER BY salary, id) AS n FROM emp;
CREATE VIEW window_partition AS SELECT id, sum(bonus) OVER (PARTITION BY dept_id) AS s, count(*) OVER (PARTITION BY dept_id, active) AS n, avg(salary) OVER (PARTITION BY active) AS a FROM emp;
CREATE VIEW window_running AS SELECT emp_id, day, sum(amount) OVER (PARTITION BY emp_id ORDER BY day) AS running, lag(amount, 1, 0) OVER (PARTITION BY emp_id ORDER BY day) AS before FROM sale;
CREATE VIEW window_named AS SELECT id, first_value(name) OVER w AS f, last_value(name) OVER w AS l, nth_value(id, 2) OVER w AS n FROM emp WINDOW w AS (PARTITION BY dept_id ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING);
CREATE VIEW window_frame AS SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS s, count(*) OVER (ORDER BY salary RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS c, max(id) OVER (ORDER BY dept_id GROUPS 1 PRECEDING EXCLUDE CURRENT ROW) AS m FROM emp;
CREATE VIEW window_share AS SELECT id, round(salary * 100.0 / sum(salary) OVER (), 3) AS share, ntile(3) OVER (ORDER BY id) AS tile, percent_rank() OVER (ORDER BY id) AS p, cume_dist() OVER (ORDER BY dept_id) AS c FROM emp;
CREATE VIEW window_over_group AS SELECT dept_id, sum(salary) AS s, rank() OVER (ORDER BY sum(salary) DESC) AS r FROM emp GROUP BY dept_id;

-- booleans, dates, JSON, text
CREATE VIEW boolean_where AS SELECT id, active, NOT active AS inactive, active = 1 AS a, active + 0 AS n, active IS TRUE AS t, CASE active WHEN 1 THEN 'yes' ELSE 'no' END AS c, iif(active, 'y', 'n') AS i FROM emp WHERE active = 1 OR active = 0;
CREATE VIEW boolean_null AS SELECT day, working, working IS NOT 1 AS x, coalesce(working, 0) AS y, working OR 0 AS z FROM calendar WHERE NOT ifnull(working, 0);
CREATE VIEW date_parts AS SELECT id, strftime('%Y', hired) AS y, strftime('%m', hired) AS m, date(hired) AS d, time(hired) AS t, CAST(strftime('%j', hired) AS INTEGER) AS j, strftime('%w', hired) AS w FROM emp;
CREATE VIEW date_compare AS SELECT id FROM emp WHERE hired >= '2016-01-01' AND hired < '2020-12-31 23:59:59';
CREATE VIEW date_between AS SELECT emp_id FROM sale WHERE day BETWEEN '2024-01-01' AND '2024-01-31';
CREATE VIEW date_only AS SELECT id, hired FROM emp WHERE date(hired) = '2016-06-15';
CREATE VIEW date_math AS SELECT emp_id, day, date(day, '+1 month', 'start of month', '-1 day') AS month_end, julianday(day) - julianday('2024-01-01') AS days, CAST((julianday(day) - julianday('2023-12-31')) * 24 AS INTEGER) AS hours FROM sale;
CREATE VIEW date_join AS SELECT s.emp_id, c.working FROM sale s JOIN calendar c ON c.day = s.day;
CREATE VIEW date_as_text AS SELECT id, hired || ' UTC' AS t, substr(hired, 1, 10) AS d, length(hired) AS n, replace(hired, '-', '/') AS r FROM emp;
CREATE VIEW epoch_to_text AS SELECT day, datetime(stamp, 'unixepoch') AS t, date(stamp, 'unixepoch') AS d, stamp / 86400 AS n, strftime('%s', day) AS s FROM calendar;
CREATE VIEW iso_moment AS SELECT day, moment, date(moment) AS d, moment > '2024-01-02T00:00:00' AS later FROM calendar;
CREATE VIEW json_parts AS SELECT id, json_extract(tags, '$.level') AS level, json_extract(tags, '$.skills[0]') AS skill, json_array_length(tags, '$.skills') AS n, json_type(tags) AS t FROM emp;
CREATE VIEW json_each_row AS SELECT emp.id, j.value AS skill FROM emp, json_each(emp.tags, '$.skills') j;
CREATE VIEW json_made AS SELECT id, json_object('id', id, 'name', name) AS j, json_array(id, name, NULL) AS a FROM emp;
CREATE VIEW json_grouped AS SELECT dept_id, json_group_array(id) AS ids FROM emp GROUP BY dept_id;
CREATE VIEW text_functions AS SELECT id, upper(name) AS u, lower(name) AS l, length(name) AS n, substr(name, -2) AS s, instr(name, 'n') AS i, trim(note) AS t, replace(note, '_', '-') AS r, hex(photo) AS h, quote(note) AS q, unicode(name) AS c FROM emp;
CREATE VIEW text_concat AS SELECT id, name || ' (' || id || ')' AS a, coalesce(note, '') || bonus AS b, salary || '' AS c, id || salary AS d FROM emp;
CREATE VIEW printf_text AS SELECT id, printf('%05d %s %.2f', id, name, salary) AS p, printf('%-8s|', name) AS q FROM emp;
CREATE VIEW like_text AS SELECT id, name LIKE 'ANN%' AS a, mail LIKE '%EXAMPLE%' AS b, note LIKE 'x\%y' ESCAPE '\' AS c, name GLOB '[A-Z]*' AS d, name NOT LIKE '%o%' AS e FROM emp;
CREATE VIEW nocase_compare AS SELECT id FROM emp WHERE mail = 'ann@EXAMPLE.org';
CREATE VIEW nocase_join AS SELECT a.id, b.id AS other FROM emp a JOIN emp b ON a.mail = b.mail AND a.id <> b.id;
CREATE VIEW nullif_collation AS SELECT id, nullif('ann@example.org', mail) AS a, nullif(mail, 'ANN@EXAMPLE.ORG') AS b, nullif(name, 'ann' COLLATE NOCASE) AS c, nullif(upper(name), 'ann' COLLATE NOCASE) AS d FROM emp;
CREATE VIEW case_compare AS SELECT w, w = 'apple' AS a, w = 'apple' COLLATE NOCASE AS b, w < 'b' AS c, w > n AS d, w = 10 AS e, w IS NULL AS f FROM word;
CREATE VIEW case_forms AS SELECT id, CASE WHEN salary > 5000 THEN 'high' WHEN salary > 3000 THEN 'middle' ELSE 'low' END AS band, CASE dept_id WHEN 1 THEN 'one' WHEN 2 THEN 'two' END AS d, nullif(bonus, 0) AS n, ifnull(bonus, -1) AS i, max(bonus, id) AS m FROM emp;
CREATE VIEW number_forms AS SELECT id, salary / 2 AS a, bonus / 2 AS b, bonus % 3 AS c, bonus / 0 AS d, round(salary) AS e, abs(bonus) AS f, -bonus AS g, CAST(salary AS INTEGER) AS h, CAST(id AS TEXT) AS i, bonus & 3 AS j, id << 2 AS k, ~id AS l FROM emp;
CREATE VIEW decimal_forms AS SELECT id, budget * 2 AS a, budget + 0.1 AS b, budget / 3 AS c, round(budget, 1) AS d, budget > 1000 AS e, budget = 1000.5 AS f, CAST(budget AS INTEGER) AS g, budget || '' AS h FROM dept;
CREATE VIEW casts AS SELECT w, CAST(w AS INTEGER) AS i, CAST(w AS REAL) AS r, CAST(n AS TEXT) AS t, CAST(w AS NUMERIC) AS m, typeof(n) AS ty FROM word;
CREATE VIEW is_forms AS SELECT id, boss IS NULL AS a, boss IS 1 AS b, boss IS NOT 1 AS c, boss ISNULL AS d, boss NOTNULL AS e, dept_id IS boss AS f FROM emp;
CREATE VIEW blobs AS SELECT id, photo, length(photo) AS n, photo = x'0102' AS e, substr(photo, 1, 1) AS s FROM emp;

CREATE TABLE switch (id INTEGER PRIMARY KEY, live BOOLEAN NOT NULL, flag BOOLEAN, word TEXT);
INSERT INTO switch VALUES (1, 't', 'yes', 't'), (2, 'f', 'no', 'yes'), (3, 'f', NULL, 'f'), (4, 't', 'no', NULL);
CREATE VIEW switch_on AS SELECT id FROM switch WHERE live = 't' AND flag IS NOT 'yes';
CREATE VIEW switch_in AS SELECT id, live IN ('t', 'x') AS a, flag NOT IN ('no') AS b, live = 1 AS c, flag = 'maybe' AS d, live <> word AS e, flag < 'p' AS f FROM switch;
CREATE VIEW switch_text AS SELECT id, live || ':' || coalesce(flag, 'none') AS t, CASE live WHEN 't' THEN 'on' ELSE 'off' END AS c, length(flag) AS n, typeof(live) AS y FROM switch ORDER BY flag DESC, id;
CREATE VIEW switch_count AS SELECT live, count(*) AS n, max(flag) AS m, min(live) AS l FROM switch GROUP BY live;
CREATE VIEW switch_truth AS SELECT id FROM switch WHERE live OR flag = (SELECT flag FROM switch WHERE id = 2);

-- no determined rows, or the present moment: must be made or have a note
CREATE VIEW now_view AS SELECT id, date('now') > hired AS past, julianday('now') - julianday(hired) > 0 AS days FROM emp;
CREATE VIEW recent AS SELECT id FROM emp WHERE hired > datetime('now', '-100 years');
