/* SPDX-License-Identifier: MIT */
/* Collecting what a build or a case leaves, when everything is dead. */
#include "suite.h"

static const struct limits_row files = {
	.cpu_ms = 2000,
	.wall_ms = 10000,
	.memory_mb = 64,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 16,
	.open_files = 64,
};

/* Room for more inodes than a tree may have. */
static const struct limits_row roomy = {
	.cpu_ms = 10000,
	.wall_ms = 30000,
	.memory_mb = 256,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 256,
	.open_files = 64,
};

/* A disk of nearly all the memory: a copy of it does not fit beside it. */
static const struct limits_row tight = {
	.cpu_ms = 2000,
	.wall_ms = 10000,
	.memory_mb = 32,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 28,
	.open_files = 64,
};

static void is_full(const struct outcome *outcome, const struct tree *tree,
		    struct finding *finding)
{
	(void)outcome;
	if (tree_bytes(tree) < (uint64_t)24 << 20)
		found(finding, "%llu bytes were collected",
		      (unsigned long long)tree_bytes(tree));
}

static void expect_entry(const struct tree *tree, const char *path,
			 enum tree_type type, uint64_t size,
			 struct finding *finding)
{
	const struct tree_entry *entry = tree_find(tree, path);

	if (!entry)
		found(finding, "%s was not collected", path);
	else if (entry->type != type || entry->size != size)
		found(finding, "%s was collected as type %d of %llu bytes",
		      path, entry->type, (unsigned long long)entry->size);
}

static void are_links(const struct outcome *outcome, const struct tree *tree,
		      struct finding *finding)
{
	(void)outcome;
	expect_entry(tree, "absolute", TREE_LINK, strlen("/etc/shadow"),
		     finding);
	expect_entry(tree, "relative", TREE_LINK, strlen("../../etc/passwd"),
		     finding);
	expect_entry(tree, "magic", TREE_LINK, strlen("/proc/self/root/etc"),
		     finding);
	expect_entry(tree, "descriptor", TREE_LINK, strlen("/proc/1/fd/3"),
		     finding);
	expect_entry(tree, "chain", TREE_LINK, strlen("absolute"), finding);
	if (tree_count(tree) != 6)
		found(finding, "%zu entries, not 6", tree_count(tree));
}

static void are_exchanged(const struct outcome *outcome,
			  const struct tree *tree, struct finding *finding)
{
	const struct tree_entry *one = tree_find(tree, "one");
	bool first = one && one->type == TREE_FILE;

	(void)outcome;
	expect_entry(tree, first ? "one" : "two", TREE_FILE, strlen("a file\n"),
		     finding);
	expect_entry(tree, first ? "two" : "one", TREE_LINK,
		     strlen("/etc/shadow"), finding);
}

static void is_log(const struct outcome *outcome, const struct tree *tree,
		   struct finding *finding)
{
	const struct tree_entry *entry = tree_find(tree, "log");

	(void)outcome;
	if (!entry || entry->type != TREE_FILE || entry->size == 0)
		found(finding, "the file was not collected");
}

static void is_secret(const struct outcome *outcome, const struct tree *tree,
		      struct finding *finding)
{
	(void)outcome;
	expect_entry(tree, "secret", TREE_FILE, strlen("secret\n"), finding);
	expect_entry(tree, "closed/inner", TREE_FILE, strlen("inner\n"),
		     finding);
}

static void is_plain(const struct outcome *outcome, const struct tree *tree,
		     struct finding *finding)
{
	const struct tree_entry *entry = tree_find(tree, "program");

	(void)outcome;
	expect_entry(tree, "program", TREE_FILE, strlen("text\n"), finding);
	if (entry && !entry->executable)
		found(finding, "it is not executable");
}

static void are_names(const struct outcome *outcome, const struct tree *tree,
		      struct finding *finding)
{
	static const char *const some[] = { "-rf",  "a\nb", "\xff\xfe",
					    "Twin", "twin", "%s%n" };

	(void)outcome;
	for (size_t i = 0; i < ARRAY_LEN(some); i++)
		expect_entry(tree, some[i], TREE_FILE, 1, finding);
	if (tree_count(tree) != 18)
		found(finding, "%zu entries, not 18", tree_count(tree));
}

static void is_hole(const struct outcome *outcome, const struct tree *tree,
		    struct finding *finding)
{
	(void)outcome;
	expect_entry(tree, "hole", TREE_FILE, 8 << 20, finding);
}

static const struct attempt attempts[] = {
	{ "65", "ten thousand folders, one in another", "attack_disk",
	  "deep_directory", "harmless or CPU time limit or wall time limit",
	  "depth is limited, nothing recurses", .limits = &files,
	  .collect = "too many files" },
	{ "66c", "a full disk, as large as the memory", "attack_disk",
	  "fill_out", "harmless",
	  "whoever collects it is not killed for memory", .limits = &tight,
	  .collect = "a tree", .check = is_full },
	{ "67a", "64 holes, together larger than the disk", "attack_disk",
	  "sparse", "harmless", "a hole counts as its size", .limits = &files,
	  .collect = "holds more than" },
	{ "67b", "one hole", "attack_files", "hole", "harmless",
	  "a hole is zeros", .limits = &files, .collect = "a tree",
	  .check = is_hole },
	{ "99a", "links that lead out", "attack_files", "links_out", "harmless",
	  "kept as links, never followed", .limits = &files,
	  .collect = "a tree", .check = are_links },
	{ "99b", "links that lead to each other", "attack_files", "links_loop",
	  "harmless", "whoever follows them would not end", .limits = &files,
	  .collect = "in a circle" },
	{ "99c", "a link to itself through its folder", "attack_files",
	  "links_self", "harmless", "the same", .limits = &files,
	  .collect = "in a circle" },
	{ "99d", "a chain of 60 links", "attack_files", "links_chain",
	  "harmless", "the kernel follows 40", .limits = &files,
	  .collect = "in a circle" },
	{ "99e", "out is a link to /app", "attack_files", "out_is_link",
	  "harmless", "never followed", .limits = &files,
	  .collect = "there is no directory out" },
	{ "99f", "out is a file", "attack_files", "out_is_file", "harmless",
	  "no directory, no program", .limits = &files,
	  .collect = "there is no directory out" },
	{ "99g", "there is no out", "attack_files", "out_is_missing",
	  "harmless", "no directory, no program", .limits = &files,
	  .collect = "there is no directory out" },
	{ "100", "a file and a link that change places all the time",
	  "attack_files", "swap_race", "harmless",
	  "nothing changes any more when it is collected", .limits = &files,
	  .collect = "a tree", .check = are_exchanged },
	{ "101", "moving or replacing /work, /app, /tmp", "attack_files",
	  "move_root", "refused EBUSY EXDEV EROFS EACCES EPERM EEXIST",
	  "they are mounts in a read-only root", .places = EVERYWHERE },
	{ "102a", "hard links to what is not theirs", "attack_files",
	  "hard_links_out", "refused EXDEV EPERM ENOENT EROFS", "another mount",
	  .places = EVERYWHERE },
	{ "102b", "one file of 1 MiB under 101 names", "attack_files",
	  "hard_links_many", "harmless", "each name counts", .limits = &files,
	  .collect = "holds more than" },
	{ "103a", "a FIFO", "attack_files", "fifo", "harmless",
	  "never opened, so nobody waits", .limits = &files,
	  .collect = "a FIFO, a socket or a device" },
	{ "103b", "a socket", "attack_files", "socket", "harmless",
	  "never opened", .limits = &files,
	  .collect = "a FIFO, a socket or a device" },
	{ "103c", "files and folders that nobody may read", "attack_files",
	  "unreadable", "harmless", "pod init may", .limits = &files,
	  .collect = "a tree", .check = is_secret },
	{ "104", "a file that grows all the time", "attack_files", "growing",
	  "harmless", "nothing changes any more when it is collected",
	  .limits = &files, .collect = "a tree", .check = is_log },
	{ "105a", "60 000 files", "attack_files", "many", "harmless",
	  "the number of entries is limited", .limits = &roomy,
	  .collect = "more than 50000 files" },
	{ "105b", "odd names", "attack_files", "names", "harmless",
	  "a name is bytes", .limits = &files, .collect = "a tree",
	  .check = are_names },
	{ "105c", "a path of 4 020 bytes", "attack_files", "long_paths",
	  "harmless", "a path's length is limited", .limits = &files,
	  .collect = "too many files" },
	{ "105d", "empty files until the disk is full", "attack_disk",
	  "bomb_short", "harmless",
	  "inodes are limited, and so is the number of entries",
	  .limits = &roomy, .collect = "more than 50000 files" },
	{ "105e", "the same with names of 255 bytes", "attack_disk",
	  "bomb_flat", "harmless", "the names that packing holds are limited",
	  .limits = &roomy, .collect = "too many files" },
	{ "105f", "the same, a thousand a folder, one folder in another",
	  "attack_disk", "bomb_deep", "harmless",
	  "what is packed of paths is limited, and so is depth",
	  .limits = &roomy, .collect = "too many files" },
	{ "106", "set-user-ID, attributes, access lists", "attack_files",
	  "attributes", "refused EPERM EACCES EINVAL EOPNOTSUPP",
	  "a tree keeps whether a file is executable, no more",
	  .limits = &files, .collect = "a tree", .check = is_plain },
};

TABLE(table_files, "Collection");
