/* SPDX-License-Identifier: MIT */
/*
 * links.c - refuse symbolic links that lead in a circle.
 *
 * Every link is followed by name within the tree, as path_resolution(7) would.
 * A link that leaves the tree or points to nothing is nobody's circle, and is kept
 * as it is.  A set of links can be made so that following each is long work,
 * so the steps of all of them together are bounded.
 */
#include "fortnight/base.h"
#include "internal.h"

enum {
	HOPS_MAX = 40, /* as many links as the kernel follows (MAXSYMLINKS) */
	STEPS_MAX = 1000000,
	REST_MAX = 8192
};

struct walk {
	const struct tree *tree;
	const struct tree_entry *link; /* where it began */
	unsigned steps, hops;
	char at[TREE_PATH_MAX + 1]; /* the directory that was reached */
	struct buf rest;	    /* what is still to be walked */
};

enum step {
	STEP_ON,
	STEP_DONE,
	STEP_FAILED
};

/* Put the link's target in front of what is still to be walked. */
static enum step enter(struct walk *walk, const struct tree_entry *link,
		       const char *after, struct error *err)
{
	struct buf joined = BUF_INIT(REST_MAX);

	if (tree_read(walk->tree, link, &joined, err) < 0) {
		buf_done(&joined);
		return STEP_FAILED;
	}
	buf_addc(&joined, '/');
	buf_adds(&joined, after);
	if (buf_overflowed(&joined) || ++walk->hops > HOPS_MAX) {
		buf_done(&joined);
		(void)error_set(err, ERROR_INPUT,
				"'%s' is a link that leads in a circle, or "
				"through more than %d links",
				tree_show(walk->link->path).text, HOPS_MAX);
		return STEP_FAILED;
	}
	buf_done(&walk->rest);
	walk->rest = joined;
	return walk->rest.data[0] == '/' ? STEP_DONE : STEP_ON;
}

static enum step climb(struct walk *walk)
{
	char *slash = strrchr(walk->at, '/');

	if (!walk->at[0])
		return STEP_DONE; /* out of the tree */
	*(slash ? slash : walk->at) = '\0';
	return STEP_ON;
}

/* Walk one name; `after` is what follows it. */
static enum step walk_name(struct walk *walk, const char *name,
			   const char *after, struct error *err)
{
	char path[TREE_PATH_MAX + 1];
	const struct tree_entry *entry;
	int len = snprintf(path, sizeof(path), "%s%s%s", walk->at,
			   walk->at[0] ? "/" : "", name);

	if (len < 0 || (size_t)len >= sizeof(path))
		return STEP_DONE;
	entry = tree_find(walk->tree, path);
	if (!entry || entry->type == TREE_FILE)
		return STEP_DONE;
	if (entry->type == TREE_LINK)
		return enter(walk, entry, after, err);
	memcpy(walk->at, path, sizeof(path));
	return STEP_ON;
}

static enum step walk_step(struct walk *walk, size_t *at, struct error *err)
{
	char name[TREE_PATH_MAX + 1];
	const char *rest = walk->rest.data + *at;
	size_t len = strcspn(rest, "/");
	const char *after = rest + len + (rest[len] == '/');
	size_t next = *at + (size_t)(after - rest);
	unsigned hops = walk->hops;
	enum step step;

	if (!*rest || len >= sizeof(name))
		return STEP_DONE;
	memcpy(name, rest, len);
	name[len] = '\0';
	if (!*name || strcmp(name, ".") == 0)
		step = STEP_ON;
	else if (strcmp(name, "..") == 0)
		step = climb(walk);
	else
		step = walk_name(walk, name, after, err);
	*at = walk->hops == hops ? next : 0;
	return step;
}

static int follow(struct walk *walk, struct error *err)
{
	const char *slash = strrchr(walk->link->path, '/');
	size_t parent = slash ? (size_t)(slash - walk->link->path) : 0, at = 0;
	enum step step;

	walk->hops = 0;
	memcpy(walk->at, walk->link->path, parent);
	walk->at[parent] = '\0';
	step = enter(walk, walk->link, "", err);
	while (step == STEP_ON) {
		if (++walk->steps > STEPS_MAX)
			return error_set(err, ERROR_LIMIT,
					 "links that take more than %d steps "
					 "to follow",
					 STEPS_MAX);
		step = walk_step(walk, &at, err);
	}
	return step == STEP_FAILED ? -1 : 0;
}

int tree_check_links(const struct tree *tree, struct error *err)
{
	struct walk walk = { .tree = tree, .rest = BUF_INIT(REST_MAX) };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < tree->count; i++) {
		walk.link = &tree->entries[i];
		if (walk.link->type == TREE_LINK)
			rc = follow(&walk, err);
	}
	buf_done(&walk.rest);
	return rc;
}
