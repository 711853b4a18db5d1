/*-------------------------------------------------------------------------
 *
 * function_window->c
 *	  Windows: what stands behind OVER, written out in full.
 *
 * Names of the WINDOW clause have been replaced by what they mean before
 * (sfm_inline_windows() in group.c).
 *
 * SQLite's default frame, its frame units and EXCLUDE are those of PostgreSQL.
 * Its NULLs are the smallest values.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "call.h"

/*
 * sfm_order_by
 *		"ORDER BY ..." of terms, as SQLite sorts; "" if there are none.
 */
char *
sfm_order_by(SfmTranslation *translation, SfmScope *scope, const List *terms)
{
	StringInfoData sql;
	ListCell   *cell;

	initStringInfo(&sql);
	foreach(cell, terms)
	{
		const SfmOrderTerm *term = lfirst(cell);
		SfmSql	   *expression = sfm_translate_expression(translation, scope,
														  term->expression);
		bool		first = term->nulls == SFM_NULLS_FIRST ||
			(term->nulls == SFM_NULLS_DEFAULT && !term->descending);

		appendStringInfo(&sql, "%s%s%s", sql.len == 0 ? "ORDER BY " : ", ",
						 sfm_as_sort_key(translation, term, expression),
						 term->descending ? " DESC" : "");
		/* PostgreSQL: last if ascending */
		if (!expression->not_null && first != term->descending)
			appendStringInfoString(&sql, first ? " NULLS FIRST" : " NULLS LAST");
	}
	return sql.data;
}

/* One end of a frame. */
static void
append_bound(SfmTranslation *translation, SfmScope *scope, StringInfo sql,
			 const SfmFrameBound *bound, bool is_range)
{
	static const char *const words[] = {
		[SFM_BOUND_UNBOUNDED_PRECEDING] = "UNBOUNDED PRECEDING",
		[SFM_BOUND_PRECEDING] = " PRECEDING",
		[SFM_BOUND_CURRENT_ROW] = "CURRENT ROW",
		[SFM_BOUND_FOLLOWING] = " FOLLOWING",
		[SFM_BOUND_UNBOUNDED_FOLLOWING] = "UNBOUNDED FOLLOWING",
	};

	if (bound->kind == SFM_BOUND_PRECEDING || bound->kind == SFM_BOUND_FOLLOWING)
	{
		SfmSql	   *offset = sfm_translate_expression(translation, scope,
													  bound->offset);

		if (offset->literal == NULL ||
			(offset->class != SFM_CLASS_INTEGER &&
			 !(is_range && offset->class == SFM_CLASS_REAL)))
			sfm_refuse(translation, bound, "an offset of a frame that is no number");
		appendStringInfoString(sql, sfm_operand(offset));
	}
	appendStringInfoString(sql, words[bound->kind]);
}

/*
 * append_frame
 *		The frame, unless it is the default one.  RANGE with an offset adds it
 *		to the only sort key, which must then be a number.
 */
static void
append_frame(SfmTranslation *translation, SfmScope *scope, StringInfo sql,
			 const SfmWindow *frame)
{
	static const char *const units[] = {
		[SFM_FRAME_NONE] = "",
		[SFM_FRAME_ROWS] = "ROWS ",
		[SFM_FRAME_RANGE] = "RANGE ",
		[SFM_FRAME_GROUPS] = "GROUPS ",
	};
	static const char *const excludes[] = {
		[SFM_EXCLUDE_NONE] = "",
		[SFM_EXCLUDE_NO_OTHERS] = " EXCLUDE NO OTHERS",
		[SFM_EXCLUDE_CURRENT_ROW] = " EXCLUDE CURRENT ROW",
		[SFM_EXCLUDE_GROUP] = " EXCLUDE GROUP",
		[SFM_EXCLUDE_TIES] = " EXCLUDE TIES",
	};
	bool		is_range = frame->unit == SFM_FRAME_RANGE;

	if (frame->unit == SFM_FRAME_NONE || frame->start == NULL)
		return;
	if (frame->unit == SFM_FRAME_GROUPS && frame->order_by == NIL)
		sfm_refuse(translation, frame, "GROUPS without ORDER BY");
	if (is_range &&
		(frame->start->offset != NULL ||
		 (frame->finish != NULL && frame->finish->offset != NULL)))
	{
		SfmSql	   *key = NULL;

		if (list_length(frame->order_by) == 1)
			key = sfm_translate_expression(translation, scope,
										   ((SfmOrderTerm *) linitial(frame->order_by))->expression);
		if (key == NULL ||
			(key->type != INT2OID && key->type != INT4OID && key->type != INT8OID &&
			 key->type != FLOAT8OID && key->type != NUMERICOID))
			sfm_refuse(translation, frame, "RANGE with an offset, and no number to sort by");
	}
	appendStringInfo(sql, "%s%s%s", sql->len == 0 ? "" : " ", units[frame->unit],
					 frame->finish != NULL ? "BETWEEN " : "");
	append_bound(translation, scope, sql, frame->start, is_range);
	if (frame->finish != NULL)
	{
		appendStringInfoString(sql, " AND ");
		append_bound(translation, scope, sql, frame->finish, is_range);
	}
	appendStringInfoString(sql, excludes[frame->exclude]);
}

/*
 * sfm_call_over
 *		" OVER (...)" of a call, or "" if it has no window->
 */
char *
sfm_call_over(SfmCallState *call)
{
	SfmTranslation *translation = call->translation;
	SfmScope   *scope = call->scope;
	const SfmWindow *window = call->node->over;
	StringInfoData sql;
	ListCell   *cell;

	if (window == NULL)
		return pstrdup("");
	if (window->base != NULL)
	{
		sfm_refuse(translation, window, "no such window: %s", window->base->text);
		return pstrdup("");
	}
	initStringInfo(&sql);
	foreach(cell, window->partition_by)
	{
		SfmSql	   *key = sfm_translate_expression(translation, scope, lfirst(cell));

		appendStringInfo(&sql, "%s%s", sql.len == 0 ? "PARTITION BY " : ", ",
						 sfm_as_sort_key(translation, lfirst(cell), key));
	}
	if (window->order_by != NIL)
		appendStringInfo(&sql, "%s%s", sql.len == 0 ? "" : " ",
						 sfm_order_by(translation, scope, window->order_by));
	append_frame(translation, scope, &sql, window);
	return psprintf(" OVER (%s)", sql.data);
}
