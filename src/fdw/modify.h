/*-------------------------------------------------------------------------
 *
 * modify.h
 *	  Writing to foreign tables: what the files modify*.c, identity.c and
 *	  scan_node.c share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_MODIFY_H
#define SFM_MODIFY_H

#include "postgres.h"

#include "nodes/execnodes.h"
#include "nodes/pathnodes.h"
#include "storage/itemptr.h"

#include "fdw.h"

/* in identity.c */
typedef struct SfmIdentities SfmIdentities;

extern SfmIdentities *sfm_identities_create(int nkeys);
extern void sfm_identities_end(SfmIdentities *identities);
extern void sfm_identity_set(SfmIdentities *identities,
							 const SfmValue *const *values, ItemPointer ctid);
extern void sfm_identity_get(SfmIdentities *identities, ItemPointer ctid,
							 SfmValue *values);

/* in scan_node.c */
extern bool sfm_is_scan_node(PlanState *node);
extern SfmIdentities *sfm_scan_node_identities(PlanState *node);
extern void sfm_scan_nodes_done(PlanState *node);

/* in modify_deparse.c */

/* A column of the foreign table that can be written. */
typedef struct SfmWrittenColumn
{
	AttrNumber	attnum;			/* of the foreign table */
	const char *name;			/* the foreign table's */
	const char *column_name;	/* SQLite's */
	int			place;			/* in SfmTable.columns; -1 is the rowid */
	bool		missing;		/* SQLite has no such column */
	SfmAffinity affinity;
	SfmColumnOptions options;
} SfmWrittenColumn;

/* The table that is written. */
typedef struct SfmWrittenTable
{
	Oid			relid;			/* of the foreign table */
	const char *relation_name;
	SfmTableOptions options;
	SfmConnection *connection;
	SfmTable   *table;
	List	   *key_columns;	/* SQLite's names: see sfm_key_columns() */
	int			natts;			/* of the foreign table */
	SfmWrittenColumn *columns;	/* by attribute, from 0; attnum is 0 for those
								 * that cannot be written */
} SfmWrittenTable;

extern SfmWrittenTable *sfm_target_open(Relation relation);
extern void sfm_require_settable(const SfmWrittenTable *target,
								 AttrNumber attnum);
extern List *sfm_target_conflict_key(const SfmWrittenTable *target);
extern char *sfm_deparse_insert(const SfmWrittenTable *target, List *attnums,
								SfmInsertConflict conflict, bool give_key);
extern char *sfm_deparse_update(const SfmWrittenTable *target, List *attnums);
extern char *sfm_deparse_delete(const SfmWrittenTable *target);
extern char *sfm_deparse_direct(const SfmWrittenTable *target,
								CmdType operation, List *attnums);
extern char *sfm_deparse_row(const SfmWrittenTable *target, const char *select,
							 List *key_columns);

/* in modify_plan.c */

/* Members of the list that PlanForeignModify() gives */
enum SfmModifyPrivate
{
	SFM_MODIFY_ATTNUMS,			/* integer List: the columns that are set */
	SFM_MODIFY_CONFLICT,		/* Integer: SfmInsertConflict */
	SFM_MODIFY_COLLECTED		/* Integer: all rows are read before */
};

extern void sqliteAddForeignUpdateTargets(PlannerInfo *root, Index rtindex,
										  RangeTblEntry *target_rte,
										  Relation target_relation);
extern List *sqlitePlanForeignModify(PlannerInfo *root, ModifyTable *plan,
									 Index resultRelation, int subplan_index);
extern int	sqliteIsForeignRelUpdatable(Relation rel);

/* in modify.c */
typedef struct SfmModify SfmModify;

extern SfmModify *sfm_modify_begin(ModifyTableState *mtstate,
								   Relation relation);
extern const SfmWrittenTable *sfm_modify_target(const SfmModify *modify);
extern const SfmValue *sfm_modify_convert(SfmModify *modify,
										  AttrNumber attnum, Datum datum,
										  bool is_null);
extern void sqliteBeginForeignModify(ModifyTableState *mtstate,
									 ResultRelInfo *rinfo, List *fdw_private,
									 int subplan_index, int eflags);
extern TupleTableSlot *sqliteExecForeignInsert(EState *estate,
											   ResultRelInfo *rinfo,
											   TupleTableSlot *slot,
											   TupleTableSlot *planSlot);
extern TupleTableSlot **sqliteExecForeignBatchInsert(EState *estate,
													 ResultRelInfo *rinfo,
													 TupleTableSlot **slots,
													 TupleTableSlot **planSlots,
													 int *numSlots);
extern int	sqliteGetForeignModifyBatchSize(ResultRelInfo *rinfo);
extern TupleTableSlot *sqliteExecForeignUpdate(EState *estate,
											   ResultRelInfo *rinfo,
											   TupleTableSlot *slot,
											   TupleTableSlot *planSlot);
extern TupleTableSlot *sqliteExecForeignDelete(EState *estate,
											   ResultRelInfo *rinfo,
											   TupleTableSlot *slot,
											   TupleTableSlot *planSlot);
extern void sqliteEndForeignModify(EState *estate, ResultRelInfo *rinfo);
extern void sqliteBeginForeignInsert(ModifyTableState *mtstate,
									 ResultRelInfo *rinfo);
extern void sqliteEndForeignInsert(EState *estate, ResultRelInfo *rinfo);
extern void sqliteExplainForeignModify(ModifyTableState *mtstate,
									   ResultRelInfo *rinfo,
									   List *fdw_private, int subplan_index,
									   struct ExplainState *es);

/* in modify_truncate.c */
extern void sqliteExecForeignTruncate(List *rels, DropBehavior behavior,
									  bool restart_seqs);

/* in modify_direct.c */
extern bool sqlitePlanDirectModify(PlannerInfo *root, ModifyTable *plan,
								   Index resultRelation, int subplan_index);
extern void sqliteBeginDirectModify(ForeignScanState *node, int eflags);
extern TupleTableSlot *sqliteIterateDirectModify(ForeignScanState *node);
extern void sqliteEndDirectModify(ForeignScanState *node);
extern void sqliteExplainDirectModify(ForeignScanState *node,
									  struct ExplainState *es);

#endif							/* SFM_MODIFY_H */
