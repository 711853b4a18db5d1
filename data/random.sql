-- 3,000 rows of every storage class from a linear congruential generator
-- (seed 20261121), so that each run and each machine has the same.
CREATE TABLE value (
    id INTEGER PRIMARY KEY,
    i INTEGER,
    r REAL,
    t TEXT,
    b BLOB,
    ts DATETIME,
    n DECIMAL,
    f BOOLEAN
);
WITH RECURSIVE
    lcg(id, x) AS (
        SELECT 1, 20261121
        UNION ALL
        SELECT id + 1, (x * 1103515245 + 12345) % 2147483648 FROM lcg WHERE id < 3000
    ),
    more(id, x, y, z) AS (
        SELECT id, x, (x * 69069 + 1) % 4294967296, (x * 40692) % 2147483399 FROM lcg
    )
INSERT INTO value
SELECT
    id,
    CASE id % 7
        WHEN 0 THEN NULL
        WHEN 1 THEN x % 200 - 100
        WHEN 2 THEN 9223372036854775807 - x
        WHEN 3 THEN -9223372036854775808 + y
        ELSE x * y - z * 4294967296
    END,
    CASE id % 9
        WHEN 0 THEN NULL
        WHEN 1 THEN CAST(x AS REAL)
        WHEN 2 THEN x / 100.0
        WHEN 3 THEN -1.0 / (z + 1)
        WHEN 4 THEN x * 1e300
        WHEN 5 THEN y * 1e-310
        WHEN 6 THEN 0.1 * (x % 1000)
        WHEN 7 THEN CASE WHEN x % 2 THEN 9e999 ELSE -9e999 END
        ELSE (x * 1.0 / (y + 1)) * (z - 1073741824)
    END,
    CASE id % 6
        WHEN 0 THEN NULL
        WHEN 1 THEN ''
        WHEN 2 THEN char(x % 26 + 97, 233, 8364, 128512, 10, 9, 92, 39, 34)
        WHEN 3 THEN printf('%d', x)
        WHEN 4 THEN replace(hex(zeroblob(x % 500)), '00', 'añ ')
        ELSE char(32 + x % 94, 32 + y % 94, 160 + z % 5000)
    END,
    CASE id % 5
        WHEN 0 THEN NULL
        WHEN 1 THEN x''
        WHEN 2 THEN zeroblob(x % 3000)
        ELSE CAST(x || char(0, 255, 254) || y AS BLOB)
    END,
    CASE id % 13
        WHEN 0 THEN NULL
        WHEN 1 THEN x
        WHEN 2 THEN -x
        WHEN 3 THEN x + 0.125
        WHEN 4 THEN 2400000.5 + (x % 100000) + 0.25
        WHEN 5 THEN strftime('%Y-%m-%d %H:%M:%f', x / 1000.0, 'unixepoch')
        WHEN 6 THEN strftime('%Y-%m-%dT%H:%M:%f', y, 'unixepoch') || 'Z'
        WHEN 7 THEN date(x * 50, 'unixepoch')
        WHEN 8 THEN strftime('%Y-%m-%d %H:%M', z, 'unixepoch') || '+05:30'
        WHEN 9 THEN strftime('%H:%M:%f', x / 1000.0, 'unixepoch')
        WHEN 10 THEN datetime(-62167219200 + y * 70, 'unixepoch')
        WHEN 11 THEN printf('%.6f', 2300000 + x / 1000.0)
        ELSE strftime('%Y-%m-%d %H:%M:%S', y, 'unixepoch') || ' -11:45'
    END,
    CASE id % 4
        WHEN 0 THEN NULL
        WHEN 1 THEN x * 1000000007
        WHEN 2 THEN x / 1000.0
        ELSE '0.000000000000000000000000000' || x || '1'
    END,
    CASE id % 3 WHEN 0 THEN NULL ELSE x % 2 END
FROM more;
