# sqlite_fdw_migrate: built and installed by PGXS
#
#	make && make install		build with the pg_config found in PATH
#	make installcheck			the tests, against a running server
#	scripts/test.sh				the tests, with a server of their own
#
# COPT=-Werror turns warnings into errors, as CI does.

EXTENSION = sqlite_fdw_migrate
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(EXTENSION).control)
MODULE_big = sqlite_fdw_migrate
DATA = sqlite_fdw_migrate--$(EXTVERSION).sql
PGFILEDESC = "sqlite_fdw_migrate - read and migrate SQLite files"

OBJS = \
	sqlite_fdw_migrate.o \
	src/sqlite/catalog.o \
	src/sqlite/connection.o \
	src/sqlite/grammar.o \
	src/sqlite/facts.o \
	src/sqlite/integrity.o \
	src/sqlite/jsonb.o \
	src/sqlite/keywords.o \
	src/sqlite/lexer.o \
	src/sqlite/new_file.o \
	src/sqlite/pages.o \
	src/sqlite/parse.o \
	src/sqlite/reader.o \
	src/sqlite/row_batch.o \
	src/sqlite/statement.o \
	src/sqlite/transaction.o \
	src/value/bad_value.o \
	src/value/collect.o \
	src/value/converter.o \
	src/value/datetime.o \
	src/value/declared_type.o \
	src/value/from_array.o \
	src/value/from_datum.o \
	src/value/from_time.o \
	src/value/infer.o \
	src/value/to_composite.o \
	src/value/to_number.o \
	src/value/to_other.o \
	src/value/to_text.o \
	src/value/to_time.o \
	src/translate/cast_expression.o \
	src/translate/coerce.o \
	src/translate/coerce_column.o \
	src/translate/compare_moment.o \
	src/translate/comparison.o \
	src/translate/compound.o \
	src/translate/cte.o \
	src/translate/emulate.o \
	src/translate/emulate_date.o \
	src/translate/emulate_function.o \
	src/translate/emulate_value.o \
	src/translate/expression.o \
	src/translate/function.o \
	src/translate/function_aggregate.o \
	src/translate/function_date.o \
	src/translate/function_json.o \
	src/translate/function_math.o \
	src/translate/function_text.o \
	src/translate/function_window.o \
	src/translate/group.o \
	src/translate/insert.o \
	src/translate/literal.o \
	src/translate/order.o \
	src/translate/predicate.o \
	src/translate/query.o \
	src/translate/raise.o \
	src/translate/scope.o \
	src/translate/source.o \
	src/translate/statement.o \
	src/translate/translation.o \
	src/translate/trigger.o \
	src/translate/unify.o \
	src/translate/visit.o \
	src/compat_bulk_write.o \
	src/fdw/bind.o \
	src/fdw/bulk_insert.o \
	src/fdw/connections.o \
	src/fdw/deparse.o \
	src/fdw/estimate.o \
	src/fdw/handler.o \
	src/fdw/heap_writer.o \
	src/fdw/identity.o \
	src/fdw/import.o \
	src/fdw/insert_select.o \
	src/fdw/modify.o \
	src/fdw/modify_deparse.o \
	src/fdw/modify_direct.o \
	src/fdw/modify_plan.o \
	src/fdw/modify_truncate.o \
	src/fdw/names.o \
	src/fdw/options.o \
	src/fdw/paths.o \
	src/fdw/profile.o \
	src/fdw/pushdown.o \
	src/fdw/scan.o \
	src/fdw/scan_node.o \
	src/migrate/bulk_load.o \
	src/migrate/cast.o \
	src/migrate/check.o \
	src/migrate/check_keys.o \
	src/migrate/check_source.o \
	src/migrate/check_target.o \
	src/migrate/check_trial.o \
	src/migrate/check_values.o \
	src/migrate/compare.o \
	src/migrate/load.o \
	src/migrate/mapping.o \
	src/migrate/migrate_file.o \
	src/migrate/plan.o \
	src/migrate/plan_checks.o \
	src/migrate/plan_constraints.o \
	src/migrate/plan_default.o \
	src/migrate/plan_existing.o \
	src/migrate/plan_foreign_keys.o \
	src/migrate/plan_generated.o \
	src/migrate/plan_indexes.o \
	src/migrate/plan_notes.o \
	src/migrate/plan_relation.o \
	src/migrate/plan_table.o \
	src/migrate/plan_trial.o \
	src/migrate/plan_triggers.o \
	src/migrate/plan_views.o \
	src/migrate/plan_virtual.o \
	src/migrate/profiles.o \
	src/migrate/rejects.o \
	src/migrate/run.o \
	src/migrate/sequences.o \
	src/migrate/support.o \
	src/migrate/tables.o \
	src/export/calls.o \
	src/export/columns.o \
	src/export/constraints.o \
	src/export/export.o \
	src/export/expression.o \
	src/export/indexes.o \
	src/export/literal.o \
	src/export/names.o \
	src/export/notes.o \
	src/export/relations.o \
	src/export/rows.o \
	src/export/types.o \
	src/export/views.o

REGRESS = $(sort $(patsubst $(srcdir)/sql/%.sql,%,$(wildcard $(srcdir)/sql/*.sql)))
REGRESS_OPTS = --inputdir=$(srcdir) --encoding=UTF8 --no-locale
ISOLATION = $(sort $(patsubst $(srcdir)/specs/%.spec,%,$(wildcard $(srcdir)/specs/*.spec)))
ISOLATION_OPTS = --inputdir=$(srcdir) --encoding=UTF8 --no-locale
TAP_TESTS = 1

PG_CPPFLAGS = -I$(srcdir)/src -DSFM_VERSION='"$(EXTVERSION)"'
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers -fvisibility=hidden
SHLIB_LINK = -lsqlite3

EXTRA_CLEAN = src/sqlite/lexer.c src/sqlite/grammar.c src/sqlite/grammar.h

# JIT inlining gains nothing here and would need the server's own clang
override with_llvm = no

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# every object depends on every header: a full build takes seconds
$(OBJS): $(wildcard $(srcdir)/src/*.h $(srcdir)/src/*/*.h)

# bison writes grammar.h beside grammar.c
src/sqlite/grammar.h: src/sqlite/grammar.c ;
src/sqlite/keywords.o src/sqlite/parse.o: src/sqlite/grammar.h
