/* SPDX-License-Identifier: MIT */
/*
 * The results of one scoring as files.  Each appears whole or not at all.  A
 * suite that was not scored leaves no score.json and no reward.json behind,
 * not even those of an earlier scoring: nobody shall take them for this one's.
 */
#include "formats.h"
#include "fortnight/base.h"
#include "fortnight/fd.h"

#include <fcntl.h>

static int write_json(int dir, const char *name, json_t *json,
		      struct error *err)
{
	int rc = json_write_file(dir, name, json, err);

	json_decref(json);
	return rc;
}

static int write_text(int dir, const char *name, char *text, struct error *err)
{
	int rc = fd_write_file(dir, name, text, strlen(text), err);

	free(text);
	return rc;
}

static int remove_old(int dir, const char *name, struct error *err)
{
	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return error_set_errno(err, errno, "remove %s", name);
	return 0;
}

/* Before the rest: a crash in between must not leave an old verdict. */
static int write_decided(const struct score *score, int dir, struct error *err)
{
	if (score->verdict != SCORE_INFRA)
		return write_text(dir, "score.json", score_json(score), err);
	if (remove_old(dir, "score.json", err) < 0)
		return -1;
	return remove_old(dir, "reward.json", err);
}

int score_write(const struct score *score, int dir, struct error *err)
{
	if (write_decided(score, dir, err) < 0 ||
	    write_json(dir, "measured.json", format_measured(score), err) < 0 ||
	    write_text(dir, "junit.xml", format_junit(score), err) < 0 ||
	    write_text(dir, "results.tap", format_tap(score), err) < 0 ||
	    write_json(dir, "ctrf.json", format_ctrf(score), err) < 0)
		return error_prefix(err, "write the results");
	if (score->verdict == SCORE_INFRA)
		return 0;
	if (write_json(dir, "reward.json", format_reward(score), err) < 0)
		return error_prefix(err, "write the results");
	return 0;
}
