/* SPDX-License-Identifier: MIT */
/*
 * The results of one scoring as files.  All are written beside their places
 * first and then moved there, so that a full disk leaves the old results as
 * they were.  A suite that was not scored leaves no score.json and no
 * reward.json behind, not even those of an earlier scoring: nobody shall take
 * them for this one's.
 */
#include "formats.h"
#include "fortnight/base.h"
#include "fortnight/fd.h"

#include <sys/file.h>

static char *canonical(json_t *json)
{
	char *text = json_canonical(json);

	json_decref(json);
	return text;
}

static char *measured_text(const struct score *score)
{
	return canonical(format_measured(score));
}

static char *ctrf_text(const struct score *score)
{
	return canonical(format_ctrf(score));
}

static char *reward_text(const struct score *score)
{
	return canonical(format_reward(score));
}

static const struct {
	const char *name, *part;
	bool verdict; /* only of a suite that was scored */
	char *(*text)(const struct score *score);
} files[] = {
	{ "measured.json", "measured.json.part", false, measured_text },
	{ "junit.xml", "junit.xml.part", false, format_junit },
	{ "results.tap", "results.tap.part", false, format_tap },
	{ "ctrf.json", "ctrf.json.part", false, ctrf_text },
	{ "reward.json", "reward.json.part", true, reward_text },
	{ "score.json", "score.json.part", true, score_json },
};

static bool is_wanted(const struct score *score, size_t i)
{
	return !files[i].verdict || score->verdict != SCORE_INFRA;
}

static int write_parts(const struct score *score, int dir, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		auto_free char *text = NULL;

		if (!is_wanted(score, i))
			continue;
		text = files[i].text(score);
		if (fd_write_file(dir, files[i].part, text, strlen(text), err) <
		    0)
			return -1;
	}
	return 0;
}

/* What must not be there goes first. */
static int move_parts(const struct score *score, int dir, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (!is_wanted(score, i) &&
		    unlinkat(dir, files[i].name, 0) < 0 && errno != ENOENT)
			return error_set_errno(err, errno, "remove %s",
					       files[i].name);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (is_wanted(score, i) &&
		    renameat(dir, files[i].part, dir, files[i].name) < 0)
			return error_set_errno(err, errno, "rename %s",
					       files[i].part);
	return 0;
}

int score_write(const struct score *score, int dir, struct error *err)
{
	/* Two scorers that were given the same directory: one after the other, so
	 * that all files are of the same scoring.  Closing dir lets go. */
	if (TEMP_FAILURE_RETRY(flock(dir, LOCK_EX)) < 0)
		return error_set_errno(err, errno, "lock the results");
	if (write_parts(score, dir, err) == 0 &&
	    move_parts(score, dir, err) == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		(void)unlinkat(dir, files[i].part, 0);
	return error_prefix(err, "write the results");
}
