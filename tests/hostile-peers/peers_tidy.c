/* SPDX-License-Identifier: MIT */
/*
 * Put the emulated machine in order between two attempts: fresh /work, /tmp and
 * /dev/shm, no file, IPC object or key of an attack.  In this process, because
 * each that is started takes its time in there.
 */
#include "peers.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum {
	WALK_DEPTH = 32,
	KEYCTL_CLEAR_RING = 7, /* keyctl(2) */
	USER_RING = -4,
	CANDIDATE = 1000
};

/* ---- files ---------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	(void)remove(path);
	return 0;
}

static void remove_below(const char *path)
{
	(void)nftw(path, remove_one, WALK_DEPTH,
		   FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Control groups: their files cannot be removed, and go with them. */
static int remove_group(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_DP)
		(void)rmdir(path);
	return 0;
}

void remove_groups(const char *path)
{
	(void)nftw(path, remove_group, WALK_DEPTH, FTW_DEPTH | FTW_PHYS);
}

static void clean(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	char path[600];

	while (d && (entry = readdir(d))) {
		if (strncmp(entry->d_name, "hostile-", 8) != 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		remove_below(path);
	}
	if (d)
		closedir(d);
}

static void clean_files(void)
{
	static const char *const fresh[] = { "/work", "/tmp", "/dev/shm" };
	static const char *const kept[] = {
		"/",	"/var/tmp", "/dev",  "/dev/mqueue",
		"/run", "/root",    "/home", "/home/candidate",
		"/etc", "/var",	    "/usr",  "/srv",
	};

	for (size_t i = 0; i < ARRAY_LEN(fresh); i++) {
		(void)umount2(fresh[i], MNT_DETACH);
		(void)mount("tmpfs", fresh[i], "tmpfs", 0,
			    "mode=1777,uid=1000,gid=1000");
	}
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		clean(kept[i]);
}

/* ---- what the kernel keeps -------------------------------------------------------- */

static void clean_ipc(void)
{
	struct shmid_ds shm;
	struct semid_ds sem;
	struct msqid_ds msg;
	struct shm_info shm_info;
	struct seminfo sem_info;
	struct msginfo msg_info;
	int last, id;

	last = shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&shm_info);
	for (int i = 0; i <= last; i++)
		if ((id = shmctl(i, SHM_STAT, &shm)) >= 0)
			(void)shmctl(id, IPC_RMID, NULL);
	last = semctl(0, 0, SEM_INFO, &sem_info);
	for (int i = 0; i <= last; i++)
		if ((id = semctl(i, 0, SEM_STAT, &sem)) >= 0)
			(void)semctl(id, 0, IPC_RMID);
	last = msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&msg_info);
	for (int i = 0; i <= last; i++)
		if ((id = msgctl(i, MSG_STAT, &msg)) >= 0)
			(void)msgctl(id, IPC_RMID, NULL);
}

/* A user's keyring is that of who asks. */
static void clean_keys(uid_t uid)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (setresuid(uid, uid, uid) == 0)
			(void)syscall(SYS_keyctl, KEYCTL_CLEAR_RING, USER_RING);
		_exit(0);
	}
	(void)waitpid(pid, NULL, 0);
}

void tidy(void)
{
	clean_files();
	clean_ipc();
	clean_keys(0);
	clean_keys(CANDIDATE);
}
