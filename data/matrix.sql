-- The source values of the matrix test, one row each.  "types" names the rows
-- of the matrix that a value is read for: * is all, else keys, see sql/matrix.sql.
CREATE TABLE source (id INTEGER PRIMARY KEY, types TEXT, v);
INSERT INTO source (types, v) VALUES
    -- for every type
    ('*', 0), ('*', 1), ('*', 2), ('*', -7), ('*', 1709294400),
    ('*', 9007199254740993), ('*', 9223372036854775807), ('*', -9223372036854775807 - 1),
    ('*', 1.0), ('*', -0.5), ('*', 0.1), ('*', 2460371.25), ('*', 1e300), ('*', 9e999), ('*', -9e999),
    ('*', ''), ('*', 'abc'), ('*', '12'), ('*', ' 1.50 '), ('*', '€'),
    ('*', '2024-02-29 12:34:56.789'), ('*', CAST(x'610062' AS TEXT)), ('*', CAST(x'61ff' AS TEXT)),
    ('*', x''), ('*', x'616263'), ('*', x'61ff'), ('*', x'0000803f000000c0'),
    ('*', x'a0eebc999c0b4ef8bb6d6bb9bd380a11'),

    -- limits of the integers
    ('int', 32767), ('int', 32768), ('int', -32769), ('int', 2147483647), ('int', -2147483649),
    ('int', 4294967296), ('int', 2147483647.0), ('int', 9223372036854775808.0), ('int', 2.5),
    ('int', '9223372036854775807'), ('int', '9223372036854775808'), ('int', '1e2'), ('int', '0x1F'),
    ('int', '1_000'), ('int', '+5'), ('int', '- 5'), ('int', '12abc'),

    -- floating point and numeric
    ('float', 16777217), ('float', 1.401298464324817e-45), ('float', 3.4028235677973366e38), ('float', -0.0),
    ('float', 5e-324), ('float', '1e400'), ('float', '1e-400'), ('float', '0.1'), ('float', 'NaN'), ('float', '-Infinity'),
    ('float', 'inf'), ('float', '1e'), ('float', '.5'), ('float', '5.'), ('float', '0x1F'),
    ('numeric', 123), ('numeric', 1000), ('numeric', 99999), ('numeric', 12300), ('numeric', 12345.67), ('numeric', 12300.0), ('numeric', 0.3), ('numeric', 1.005),
    ('numeric', '1.005'), ('numeric', '1.500'), ('numeric', '-999.99'), ('numeric', '999.995'), ('numeric', '1e3'),
    ('numeric', '12345678901234567890.123456789012345678901234567890'), ('numeric', '1e-20000'), ('numeric', '1e200000'),
    ('numeric', 'NaN'), ('numeric', 'Infinity'), ('numeric', '1,5'),
    ('money', '$1,234.56'), ('money', '($5.00)'), ('money', '$1.005'), ('money', '$1.500'), ('money', '$'), ('money', '12,34'), ('money', '1,234,567.8'), ('money', '1,23,456.00'), ('money', 92233720368547758),
    ('money', 92233720368547759), ('money', 12.34), ('money', 0.001),

    -- boolean
    ('boolean', 'true'), ('boolean', 'FALSE'), ('boolean', 'yes'), ('boolean', 'n'), ('boolean', 'on'), ('boolean', 'o'),
    ('boolean', '1'), ('boolean', '0.0'), ('boolean', ' t '), ('boolean', '2'), ('boolean', x'01'),

    -- text with a length
    ('text', 12345), ('text', 0.25), ('text', 1e21), ('text', 'abcd'), ('text', 'abcde'), ('text', 'abcd  '), ('text', 'ab'),
    ('text', 'ééé€'), ('text', CAST(x'eda0bd78' AS TEXT)), ('text', x'c3a9'), ('text', x'e282'), ('text', x'00'), ('text', CAST('abcde' AS BLOB)),
    ('name', replace(hex(zeroblob(32)), '00', 'n')), ('name', replace(hex(zeroblob(31)), '00', 'nn') || 'n'), ('name', replace(hex(zeroblob(32)), '00', 'nn')),

    -- date and time as text
    ('time', '2024-02-29'), ('time', '2023-02-29'), ('time', '2024-02-29T12:34'), ('time', '2024-02-29 24:00'),
    ('time', '2024-02-29 00:00:00'), ('time', '2024-02-29 12:34:56.1234567'), ('time', '2024-02-29 12:34:56Z'), ('time', '2024-02-29T00:30:00+05:30'),
    ('time', '2024-02-29 23:30:00 -0130'), ('time', '12:34'), ('time', '12:34:56.789'), ('time', '2000-01-01 12:34:56'), ('time', '12:34:56+01'), ('time', '24:00'),
    ('time', '25:00'), ('time', '12:60'), ('time', '-0044-03-15'), ('time', '0000-01-01'), ('time', '9999-12-31 23:59:59.999999'),
    ('time', 'now'), ('time', 'today'), ('time', '03/04/2024'), ('time', '2024-2-9'), ('time', '20240229'), ('time', '2024-02-29 12:34:56 PM'),
    ('time', '2460371.25'), ('time', '1709294400'), ('time', 'infinity'), ('time', '-infinity'), ('time', '0001-01-01 BC'),
    -- ... and as numbers
    ('time', 2460369.5), ('time', 5373484), ('time', 5373485), ('time', 1709294400.123456), ('time', -1.5), ('time', 1709251200), ('time', 86399), ('time', 86400), ('time', 43200.25),
    ('epoch', 1709294400000), ('epoch', 1709294400123456), ('epoch', 1709294400123456789), ('epoch', 730983600), ('epoch', 13353768000000000),
    ('epoch', 638448912000000000), ('epoch', 86399999), ('epoch', 86400001), ('epoch', 0.000001), ('epoch', '1709294400000'), ('epoch', '2024-02-29 00:00'),
    ('interval', '1 day 02:03:04.5'), ('interval', '-1 2:03:04'), ('interval', '-1 day, 2:03:04'), ('interval', 'P1Y2M3DT4H5M6S'), ('interval', '1.02:03:04'), ('interval', '1.02:03:04.5678901'),
    ('interval', '02:03'), ('interval', '1-2'), ('interval', '-1.02:03:04'), ('interval', '10.25:00:00'), ('interval', '-02:03:04'), ('interval', '00:00:01.23456789'), ('interval', '1970-01-02 00:00:00.000000'), ('interval', 'one day'), ('interval', 90), ('interval', 1.5), ('interval', 3600.0), ('interval', 1.0000004), ('interval', 5000000), ('interval', '25:61:00'),

    -- uuid
    ('uuid', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'), ('uuid', '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'), ('uuid', 'a0eebc999c0b4ef8bb6d6bb9bd380a11'),
    ('uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1'), ('uuid', x'a0eebc999c0b4ef8bb6d6bb9bd380a'),

    -- JSON as text, as BLOB, and in SQLite's JSONB
    ('json', '{"b": 1, "a": [1, 2.50, null]}'), ('json', '[1,]'), ('json', '"\u0000"'), ('json', '"\ud83d\ude00"'), ('json', '"\ud83d"'), ('json', '1e400'), ('json', 'null'), ('json', 'NaN'),
    ('json', '"€"'), ('json', CAST('{"a": 1}' AS BLOB)), ('json', CAST('"x"' AS BLOB)), ('json', CAST('[12345]' AS BLOB)), ('json', x'ec1761136f'),
    ('json', x'00'), ('json', x'01'), ('json', x'02'), ('json', x'13'), ('json', x'1331'), ('json', x'33313233'), ('json', x'232d37'), ('json', x'3330312e'), ('json', x'5430783146'), ('json', x'4430783146'), ('json', x'542d30783146'), ('json', x'c412307846464646464646464646464646464646'), ('json', x'c41330783146464646464646464646464646464646'),
    ('json', x'35312e35'), ('json', x'262e35'), ('json', x'26352e'), ('json', x'162e'), ('json', x'563165333030'),
    ('json', x'07'), ('json', x'37616263'), ('json', x'27c3a9'), ('json', x'27c328'), ('json', x'3761225c'), ('json', x'38615c6e'), ('json', x'38615c71'), ('json', x'59615c78343122'), ('json', x'69615c78343122'), ('json', x'995c765c305c27e282ac'), ('json', x'49615c0a62'), ('json', x'3a220a5c'),
    ('json', x'0b'), ('json', x'0c'), ('json', x'3b133101'), ('json', x'6c176113311762'), ('json', x'7c17611331176201'), ('json', x'3c133101'), ('json', x'cb03133101'), ('json', x'db0003133101'), ('json', x'eb00000003133101'),
    ('json', x'fb0000000000000003133101'), ('json', x'0d'), ('json', x'cb'), ('json', x'4b133101'), ('json', x'3b13310100'),

    -- addresses and bits
    ('inet', '192.168.1.5'), ('inet', '192.168.1.5/24'), ('inet', '192.168.1.0/24'), ('inet', '::1'), ('inet', '300.1.1.1'), ('inet', 'localhost'),
    ('inet', '08:00:2b:01:02:03'), ('inet', '08002b010203'), ('inet', '08:00:2b'), ('inet', CAST('10.1.2.3' AS BLOB)), ('inet', CAST('08:00:2b:01:02:03' AS BLOB)),
    ('bit', '1010'), ('bit', '101'), ('bit', '10101'), ('bit', 1010), ('bit', 'xA'), ('bit', '1210'), ('bit', x'0a'),

    -- arrays
    ('array', '[1, 2, 3]'), ('array', '[]'), ('array', '[1.5]'), ('array', '[[1, 2], [3, 4]]'), ('array', '[[1], [2, 3]]'), ('array', '[1, null]'), ('array', '["a\n\u20ac", "b"]'),
    ('array', '{1,2}'), ('array', '{1.005}'), ('array', '{1.500}'), ('array', '{"a": 1}'), ('array', '[1.005]'), ('array', '[{"a": 1}]'), ('array', '[true]'), ('array', '7'), ('array', x'0000803f00'), ('array', '[1'),

    -- types that a user has made
    ('user', 'happy'), ('user', 'HAPPY'), ('user', 'sad '), ('user', CAST('sad' AS BLOB)), ('user', '5'), ('user', -5), ('user', 5),
    ('user', '(1,"a b")'), ('user', '(1.005,x)'), ('user', '(1.50,)'), ('user', '(1)'), ('user', '(1,2,3)'), ('user', '(,"q""\\")'), ('user', '1,a'), ('user', CAST('(2,y)' AS BLOB)),

    -- the rest
    ('other', '<a>x</a>'), ('other', '<a>'), ('other', 'the quick:2 fox'), ('other', '[1,5]'), ('other', '[5,1]'), ('other', 'empty'), ('other', CAST('empty' AS BLOB)), ('other', CAST('(3,4)' AS BLOB)), ('other', CAST('<b>' AS BLOB)), ('other', '[2024-02-29 12:00,2024-03-01 12:00+02)'), ('other', '[03/04/2024,)'), ('other', '(1,2)'), ('other', '(1;2)');
