/* SPDX-License-Identifier: MIT */
/*
 * What the host is like: everything that an attempt could have changed and
 * that can be told apart from what the rest of the machine does meanwhile.
 *
 * Mounts, names and kernel settings count whoever changed them.  Processes are
 * ours by parent, by control group or by the token in their environment; files
 * by "hostile-" before their names, which everything that an attack makes has,
 * or by an id that only pods have.
 */
#include "suite.h"

#include "attack_ipc.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <mntent.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

enum {
	FILE_BYTES_MAX = 1 << 20
};

static const uid_t pod_ids_first = 0x40000000; /* harness/sandbox/pod.c */
static const char canary_text[] = "nobody inside may read or change this\n";

/* The file as text; a procfs file has no size, so it is read to its end. */
static void read_text(int dir, const char *path, struct buf *buf)
{
	auto_close int fd =
		openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char chunk[4096];
	ssize_t n;

	while (fd >= 0 && (n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(buf, chunk, (size_t)n);
}

/* ---- files ------------------------------------------------------------------- */

/* What the controls of another suite make, which may run beside this one. */
bool is_another_suites(const char *text)
{
	const char *at = strstr(text, CONTROL_NAME);

	return at && strtol(at + strlen(CONTROL_NAME), NULL, 10) != getpid();
}

/* Not what a person calls a log: an attack gives no file an extension. */
static bool is_an_attacks(const char *name)
{
	return strncmp(name, "hostile-", 8) == 0 && !strchr(name, '.') &&
	       !is_another_suites(name);
}

static void look_in(const char *dir, struct lines *lines)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		struct stat st;

		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) <
			    0)
			continue;
		if (is_an_attacks(entry->d_name) || st.st_uid >= pod_ids_first)
			lines_add(lines, "file %s/%s of %u", dir, entry->d_name,
				  (unsigned)st.st_uid);
	}
	if (d)
		closedir(d);
}

static void look_at_files(const struct lures *lures, struct lines *lines)
{
	static const char *const dirs[] = { "/",	"/tmp",	 "/var/tmp",
					    "/dev/shm", "/dev",	 "/dev/mqueue",
					    "/run",	"/root", "/home",
					    "/etc",	"." };

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		look_in(dirs[i], lines);
	look_in(lures->directory, lines);
}

static void look_at_canary(const struct lures *lures, struct lines *lines)
{
	auto_buf struct buf text = BUF_INIT(FILE_BYTES_MAX);
	struct stat st;

	read_text(lures->directory_fd, "canary", &text);
	lines_add(lines, "canary \"%s\"", buf_text(&text));
	if (fstatat(lures->directory_fd, "canary", &st, 0) == 0)
		lines_add(lines, "canary mode %o of %u links %u", st.st_mode,
			  (unsigned)st.st_uid, (unsigned)st.st_nlink);
}

/* ---- processes ----------------------------------------------------------------- */

/* A text with NULs between its parts, as environ is. */
static bool contains(const struct buf *buf, const char *text)
{
	return buf->len &&
	       memmem(buf->data, buf->len, text, strlen(text)) != NULL;
}

static long parent_of(const char *stat)
{
	const char *after = strrchr(stat, ')');
	char state;
	long parent = 0;

	if (!after || sscanf(after, ") %c %ld", &state, &parent) != 2)
		return 0;
	return parent;
}

static void look_at_process(int proc, const char *pid, const char *token,
			    struct lines *lines)
{
	auto_buf struct buf stat = BUF_INIT(FILE_BYTES_MAX);
	auto_buf struct buf groups = BUF_INIT(FILE_BYTES_MAX);
	auto_buf struct buf environ_ = BUF_INIT(FILE_BYTES_MAX);
	char path[64], group[64];
	const char *name, *end;

	(void)snprintf(path, sizeof(path), "%s/stat", pid);
	read_text(proc, path, &stat);
	(void)snprintf(path, sizeof(path), "%s/cgroup", pid);
	read_text(proc, path, &groups);
	(void)snprintf(path, sizeof(path), "%s/environ", pid);
	read_text(proc, path, &environ_);
	(void)snprintf(group, sizeof(group), "/pod-%d-", (int)getpid());
	if (parent_of(buf_text(&stat)) != getpid() &&
	    !contains(&groups, group) && !contains(&environ_, token))
		return;
	name = strchr(buf_text(&stat), '(');
	end = strrchr(buf_text(&stat), ')');
	if (name && end)
		lines_add(lines, "process %s %.*s", pid, (int)(end - name) + 1,
			  name);
}

static void look_at_processes(const struct lures *lures, struct lines *lines)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at_process(dirfd(proc), entry->d_name,
					lures->token, lines);
	if (proc)
		closedir(proc);
}

/* ---- control groups ------------------------------------------------------------- */

/* On v2 the groups may be beside this process' own, wherever that is. */
static void each_own_base(const char *mount,
			  void (*each)(const char *base, void *arg), void *arg)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[512], base[1024];

	while (file && fgets(line, sizeof(line), file)) {
		char *slash;

		if (strncmp(line, "0::/", 4) != 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		(void)snprintf(base, sizeof(base), "%s%s", mount, line + 3);
		each(base, arg);
		slash = strrchr(base, '/');
		*slash = '\0';
		if (strlen(base) > strlen(mount))
			each(base, arg);
	}
	if (file)
		(void)fclose(file);
}

void host_group_bases(void (*each)(const char *base, void *arg), void *arg)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent entry;
	char text[4096], base[512];

	while (mounts && getmntent_r(mounts, &entry, text, sizeof(text))) {
		if (strncmp(entry.mnt_type, "cgroup", 6) != 0)
			continue;
		(void)snprintf(base, sizeof(base), "%s/fortnight",
			       entry.mnt_dir);
		each(base, arg);
		(void)snprintf(base, sizeof(base), "%s/fortnight-%u",
			       entry.mnt_dir, (unsigned)geteuid());
		each(base, arg);
		if (strcmp(entry.mnt_type, "cgroup2") == 0)
			each_own_base(entry.mnt_dir, each, arg);
	}
	if (mounts)
		(void)endmntent(mounts);
}

static void look_at_base(const char *base, void *arg)
{
	DIR *dir = opendir(base);
	struct dirent *entry;
	char ours[32];
	int len = snprintf(ours, sizeof(ours), "pod-%d-", (int)getpid());

	while (dir && (entry = readdir(dir)))
		if (strncmp(entry->d_name, ours, (size_t)len) == 0)
			lines_add(arg, "control group %s/%s", base,
				  entry->d_name);
	if (dir)
		closedir(dir);
}

/* ---- lures ---------------------------------------------------------------------- */

static void look_at_lures(const struct lures *lures, struct lines *lines)
{
	const struct {
		const char *name;
		int fd;
	} sockets[] = { { "TCP", lures->tcp },
			{ "UDP", lures->udp },
			{ "abstract", lures->unnamed },
			{ "named", lures->local } };

	for (size_t i = 0; i < ARRAY_LEN(sockets); i++) {
		struct pollfd polled = { .fd = sockets[i].fd,
					 .events = POLLIN };

		if (poll(&polled, 1, 0) > 0)
			lines_add(lines, "a visitor on the %s socket",
				  sockets[i].name);
	}
}

static int listen_inet(int type, unsigned *ret_port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&in, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)&in, &len) < 0 ||
	    (type == SOCK_STREAM && listen(fd, 4) < 0))
		return -1;
	*ret_port = ntohs(in.sin_port);
	return fd;
}

static int listen_unix(const char *path, const char *abstract)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int n = path ? snprintf(un.sun_path, sizeof(un.sun_path), "%s", path)
		     : snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "%s",
				abstract);
	size_t len = offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n;

	if (fd < 0 || bind(fd, (struct sockaddr *)&un, (socklen_t)len) < 0 ||
	    listen(fd, 4) < 0)
		return -1;
	return fd;
}

static int make_token(char token[SUITE_TOKEN_SIZE])
{
	unsigned char bytes[16];
	int n = snprintf(token, SUITE_TOKEN_SIZE, "fn-hostile-");

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -1;
	for (size_t i = 0; i < sizeof(bytes); i++)
		n += snprintf(token + n, SUITE_TOKEN_SIZE - (size_t)n, "%02x",
			      bytes[i]);
	return 0;
}

static int make_canary(struct lures *lures)
{
	const char *base = getenv("TMPDIR");
	int fd;

	(void)snprintf(lures->directory, sizeof(lures->directory),
		       "%.80s/fn-canary-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(lures->directory))
		return -1;
	if (chmod(lures->directory, 0755) < 0)
		return -1;
	lures->directory_fd =
		open(lures->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = openat(lures->directory_fd, "canary",
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 || fchmod(fd, 0666) < 0 ||
	    write(fd, canary_text, sizeof(canary_text) - 1) < 0)
		return -1;
	close(fd);
	return 0;
}

int lures_set(struct lures *lures, struct error *err)
{
	char path[160];
	ssize_t n = readlink("/proc/self/ns/mnt", lures->host_mounts,
			     sizeof(lures->host_mounts) - 1);

	lures->directory_fd = lures->tcp = lures->udp = -1;
	lures->local = lures->unnamed = -1;
	if (n < 0 || make_token(lures->token) < 0 || make_canary(lures) < 0)
		return error_set_errno(err, errno, "make the canary");
	(void)snprintf(path, sizeof(path), "%s/socket", lures->directory);
	(void)snprintf(lures->abstract, sizeof(lures->abstract), "%s",
		       lures->token);
	lures->tcp = listen_inet(SOCK_STREAM, &lures->tcp_port);
	lures->udp = listen_inet(SOCK_DGRAM, &lures->udp_port);
	lures->local = listen_unix(path, NULL);
	lures->unnamed = listen_unix(NULL, lures->abstract);
	if (lures->tcp < 0 || lures->udp < 0 || lures->local < 0 ||
	    lures->unnamed < 0)
		return error_set_errno(err, errno, "listen for visitors");
	return 0;
}

void lures_clear(struct lures *lures)
{
	(void)unlinkat(lures->directory_fd, "canary", 0);
	(void)unlinkat(lures->directory_fd, "socket", 0);
	(void)rmdir(lures->directory);
	close(lures->directory_fd);
	close(lures->tcp);
	close(lures->udp);
	close(lures->local);
	close(lures->unnamed);
}

void host_look(const struct lures *lures, struct lines *lines)
{
	host_look_kernel(lures, lines);
	look_at_files(lures, lines);
	look_at_canary(lures, lines);
	look_at_processes(lures, lines);
	host_group_bases(look_at_base, lines);
	look_at_lures(lures, lines);
	lines_sort(lines);
}
