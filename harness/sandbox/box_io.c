/* SPDX-License-Identifier: MIT */
#include "fortnight/base.h"

#include "box.h"

#include <sys/socket.h>

struct box_failure box_failure;

int box_fail_with(enum wire_step step, int error)
{
	box_failure.step = step;
	box_failure.error = error;
	return -1;
}

int box_fail(enum wire_step step)
{
	return box_fail_with(step, errno);
}

static void take_fds(struct msghdr *msg, int *fds, size_t *ret_fd_count)
{
	size_t count = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c;
	     c = CMSG_NXTHDR(msg, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		memcpy(fds + count, CMSG_DATA(c), n * sizeof(int));
		count += n;
	}
	*ret_fd_count = count;
}

ssize_t box_receive(int socket, void *message, size_t size, int *fds,
		    size_t *ret_fd_count)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * WIRE_FDS_MAX)];
	} control;
	struct iovec iov = { .iov_base = message, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control.bytes) };
	ssize_t len =
		TEMP_FAILURE_RETRY(recvmsg(socket, &msg, MSG_CMSG_CLOEXEC));

	if (len < 0)
		return box_fail(STEP_RECEIVE);
	if (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return box_fail_with(STEP_RECEIVE, EMSGSIZE);
	take_fds(&msg, fds, ret_fd_count);
	return len;
}

int box_send(int socket, const void *message, size_t size)
{
	ssize_t n =
		TEMP_FAILURE_RETRY(send(socket, message, size, MSG_NOSIGNAL));

	return n == (ssize_t)size ? 0 : -1;
}

int box_write_all(int fd, const void *data, size_t len)
{
	const char *at = data;
	ssize_t n;

	while (len > 0) {
		n = TEMP_FAILURE_RETRY(write(fd, at, len));
		if (n < 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int box_read_all(int fd, void *data, size_t len)
{
	char *at = data;
	ssize_t n;

	while (len > 0) {
		n = TEMP_FAILURE_RETRY(read(fd, at, len));
		if (n == 0)
			errno = EPROTO;
		if (n <= 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}
