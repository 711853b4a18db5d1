/*-------------------------------------------------------------------------
 *
 * compat.h
 *	  Every difference between the PostgreSQL versions that we build with.
 *
 * PostgreSQL 15 to 18.  No other file of the project tests PG_VERSION_NUM.
 * Code is written for the newest version; what an older one lacks is supplied
 * here under the newer name, or under a name of ours with prefix sfm_.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_COMPAT_H
#define SFM_COMPAT_H

#if PG_VERSION_NUM < 150000 || PG_VERSION_NUM >= 190000
#error "sqlite_fdw_migrate needs PostgreSQL 15, 16, 17 or 18"
#endif

/*
 * We compile with -fvisibility=hidden; before 16, PGDLLEXPORT does not make a
 * function visible.
 */
#if PG_VERSION_NUM < 160000
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#endif

/*
 * PG_MODULE_MAGIC_EXT reports name and version of a module; it came with
 * PostgreSQL 18.
 */
#if PG_VERSION_NUM >= 180000
#define SFM_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "sqlite_fdw_migrate", .version = SFM_VERSION)
#else
#define SFM_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/* create_foreignscan_path() got fdw_restrictinfo in 17, disabled_nodes in 18 */
#if PG_VERSION_NUM >= 180000
#define sfm_create_foreignscan_path(root, rel, rows, startup, total, outer, \
									private) \
	create_foreignscan_path(root, rel, NULL, rows, 0, startup, total, \
							NIL, outer, NULL, NIL, private)
#elif PG_VERSION_NUM >= 170000
#define sfm_create_foreignscan_path(root, rel, rows, startup, total, outer, \
									private) \
	create_foreignscan_path(root, rel, NULL, rows, startup, total, \
							NIL, outer, NULL, NIL, private)
#else
#define sfm_create_foreignscan_path(root, rel, rows, startup, total, outer, \
									private) \
	create_foreignscan_path(root, rel, NULL, rows, startup, total, \
							NIL, outer, NULL, private)
#endif

#if PG_VERSION_NUM >= 180000
#define sfm_create_foreign_upper_path(root, rel, target, rows, startup, \
									  total, outer, private) \
	create_foreign_upper_path(root, rel, target, rows, 0, startup, total, \
							  NIL, outer, NIL, private)
#elif PG_VERSION_NUM >= 170000
#define sfm_create_foreign_upper_path(root, rel, target, rows, startup, \
									  total, outer, private) \
	create_foreign_upper_path(root, rel, target, rows, startup, total, \
							  NIL, outer, NIL, private)
#else
#define sfm_create_foreign_upper_path(root, rel, target, rows, startup, \
									  total, outer, private) \
	create_foreign_upper_path(root, rel, target, rows, startup, total, \
							  NIL, outer, private)
#endif

/* 18 took EXPLAIN's state and output out of commands/explain.h */
#include "commands/explain.h"
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#endif

/* vacuum_delay_point() learned in 18 whether ANALYZE calls it */
#if PG_VERSION_NUM >= 180000
#define sfm_analyze_delay_point() vacuum_delay_point(true)
#else
#define sfm_analyze_delay_point() vacuum_delay_point()
#endif

/* what the columns of a join stand for; since 18 those of a grouping, too */
#if PG_VERSION_NUM >= 180000
#define sfm_alias_expressions(rte) \
	((rte)->rtekind == RTE_JOIN ? (rte)->joinaliasvars : \
	 (rte)->rtekind == RTE_GROUP ? (rte)->groupexprs : NIL)
#else
#define sfm_alias_expressions(rte) \
	((rte)->rtekind == RTE_JOIN ? (rte)->joinaliasvars : NIL)
#endif

/* how get_ordering_op_properties() names the order of an operator */
#if PG_VERSION_NUM >= 180000
#define SfmOrdering CompareType
#define SFM_ORDERING_GREATER COMPARE_GT
#else
#define SfmOrdering int16
#define SFM_ORDERING_GREATER BTGreaterStrategyNumber
#endif

/* 18 has constraints that are NOT ENFORCED */
#if PG_VERSION_NUM >= 180000
#define sfm_constraint_is_enforced(form) ((form)->conenforced)
#else
#define sfm_constraint_is_enforced(form) true
#endif

/* the word before a function that does not return; behind it until 17 */
#if PG_VERSION_NUM < 180000
#define pg_noreturn __attribute__((noreturn))
#endif

/*
 * Since 16 an input function can report a bad value without an error ("soft
 * errors").  Before that every call needs the means of src/value/converter.c.
 */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#define SFM_SOFT_ERRORS 1
#else
#define SFM_SOFT_ERRORS 0
#endif

/* 17 allows internal subtransactions while a parallel plan is executed */
#if PG_VERSION_NUM >= 170000
#define sfm_subtransaction_allowed() true
#else
#define sfm_subtransaction_allowed() (!IsInParallelMode())
#endif

/* the constructor of a JSON lexer got an optional place for it in 17 */
#if PG_VERSION_NUM >= 170000
#define sfm_json_lex_context(json, length, encoding, escapes) \
	makeJsonLexContextCstringLen(NULL, json, length, encoding, escapes)
#else
#define sfm_json_lex_context(json, length, encoding, escapes) \
	makeJsonLexContextCstringLen(unconstify(char *, json), (int) (length), \
								 encoding, escapes)
#endif

/* 16 has one function for the privileges on all kinds of objects */
#if PG_VERSION_NUM >= 160000
#define sfm_namespace_aclcheck(oid, role, mode) \
	object_aclcheck(NamespaceRelationId, oid, role, mode)
#define sfm_server_aclcheck(oid, role, mode) \
	object_aclcheck(ForeignServerRelationId, oid, role, mode)
#else
#define sfm_namespace_aclcheck(oid, role, mode) \
	pg_namespace_aclcheck(oid, role, mode)
#define sfm_server_aclcheck(oid, role, mode) \
	pg_foreign_server_aclcheck(oid, role, mode)
#endif

/* 16 took the privileges out of the range table's entries */
#if PG_VERSION_NUM >= 160000
#define SfmPermissions RTEPermissionInfo
#define sfm_permissions(nsitem) ((nsitem)->p_perminfo)
#define sfm_check_permissions(pstate) \
	((void) ExecCheckPermissions((pstate)->p_rtable, \
								 (pstate)->p_rteperminfos, true))
#else
#define SfmPermissions RangeTblEntry
#define sfm_permissions(nsitem) ((nsitem)->p_rte)
#define sfm_check_permissions(pstate) \
	((void) ExecCheckRTPerms((pstate)->p_rtable, true))
#endif

/* ... and 18 wants to know which entries were not pruned: here one is used */
#if PG_VERSION_NUM >= 180000
#define sfm_init_range_table(estate, pstate, used) \
	ExecInitRangeTable(estate, (pstate)->p_rtable, (pstate)->p_rteperminfos, \
					   bms_make_singleton(used))
#elif PG_VERSION_NUM >= 160000
#define sfm_init_range_table(estate, pstate, used) \
	ExecInitRangeTable(estate, (pstate)->p_rtable, (pstate)->p_rteperminfos)
#else
#define sfm_init_range_table(estate, pstate, used) \
	ExecInitRangeTable(estate, (pstate)->p_rtable)
#endif

/* 16 can leave out indexes that do not summarize, which INSERT never wants */
#if PG_VERSION_NUM >= 160000
#define sfm_insert_index_tuples(result, slot, estate) \
	ExecInsertIndexTuples(result, slot, estate, false, false, NULL, NIL, false)
#else
#define sfm_insert_index_tuples(result, slot, estate) \
	ExecInsertIndexTuples(result, slot, estate, false, false, NULL, NIL)
#endif

/* 16 calls "locator" what was a "node" */
#if PG_VERSION_NUM < 160000
#define rd_newRelfilelocatorSubid rd_newRelfilenodeSubid
#define rd_firstRelfilelocatorSubid rd_firstRelfilenodeSubid
#define sfm_smgr_locator(smgr) (&(smgr)->smgr_rnode.node)
#else
#define sfm_smgr_locator(smgr) (&(smgr)->smgr_rlocator.locator)
#endif

/*
 * 17 writes pages past the shared buffers for everybody.  Until then
 * src/compat_bulk_write.c does, of the standard kind of page, in the order of
 * their blocks.
 */
#if PG_VERSION_NUM >= 170000
#include "storage/bulk_write.h"
#else
#define SFM_BULK_WRITE_IS_OURS
#include "common/relpath.h"
#include "storage/block.h"
#include "utils/relcache.h"

typedef struct BulkWriteState BulkWriteState;
typedef PGAlignedBlock *BulkWriteBuffer;

extern BulkWriteState *smgr_bulk_start_rel(Relation relation, ForkNumber fork);
extern BulkWriteBuffer smgr_bulk_get_buf(BulkWriteState *state);
extern void smgr_bulk_write(BulkWriteState *state, BlockNumber block,
							BulkWriteBuffer buffer, bool page_std);
extern void smgr_bulk_finish(BulkWriteState *state);
#endif

/*
 * From utils/pg_locale.h, which includes headers of ICU where the server has
 * it; those are in no package that an extension needs otherwise.
 */
#include <locale.h>
extern struct lconv *PGLC_localeconv(void);

#endif							/* SFM_COMPAT_H */
