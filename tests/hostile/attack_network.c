/* SPDX-License-Identifier: MIT */
/* Attempts on the network: the host's services, other families, the pod's lo. */
#include "attack.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/un.h>

static struct sockaddr_in address(const char *ip, long port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, ip, &in.sin_addr);
	return in;
}

/* With a time limit: an address that swallows packets must not hang us. */
static long connect_to(const char *ip, long port)
{
	struct sockaddr_in in = address(ip, port);
	struct timeval limit = { 1, 0 };
	int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int saved;
	long rc;

	if (sock < 0)
		return -1;
	setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	rc = connect(sock, (struct sockaddr *)&in, sizeof(in));
	saved = errno;
	close(sock);
	errno = saved;
	return rc;
}

static long send_to(const char *ip, long port)
{
	struct sockaddr_in in = address(ip, port);
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return sendto(sock, "hostile", 7, 0, (struct sockaddr *)&in,
		      sizeof(in));
}

/* The runner listens on these ports of the host's own loopback, and looks
 * afterwards whether anything arrived. */
static void host_loopback(void)
{
	tried("connect(127.0.0.1, the runner's port)",
	      connect_to("127.0.0.1", env_number("HS_TCP_PORT")));
	tried("connect(127.0.0.1:22)", connect_to("127.0.0.1", 22));
	(void)send_to("127.0.0.1", env_number("HS_UDP_PORT"));
	verdict();
}

static void outside(void)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
				    .sin6_port = htons(80) };
	int sock = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	tried("metadata", connect_to("169.254.169.254", 80));
	tried("10.0.0.1", connect_to("10.0.0.1", 80));
	tried("192.168.0.1", connect_to("192.168.0.1", 80));
	tried("172.17.0.1", connect_to("172.17.0.1", 80));
	tried("192.0.2.1", connect_to("192.0.2.1", 443));
	tried("dns 192.0.2.53", send_to("192.0.2.53", 53));
	tried("broadcast", send_to("255.255.255.255", 67));
	inet_pton(AF_INET6, "2001:db8::1", &six.sin6_addr);
	if (sock >= 0)
		tried("2001:db8::1",
		      connect(sock, (struct sockaddr *)&six, sizeof(six)));
	verdict();
}

static void vsock(void)
{
	struct sockaddr_vm host = { .svm_family = AF_VSOCK,
				    .svm_cid = VMADDR_CID_HOST,
				    .svm_port = 1 };
	int sock = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);

	tried("socket(AF_VSOCK)", sock);
	tried("socket(AF_VSOCK, DGRAM)", socket(AF_VSOCK, SOCK_DGRAM, 0));
	if (sock >= 0)
		tried("connect(hypervisor)",
		      connect(sock, (struct sockaddr *)&host, sizeof(host)));
	verdict();
}

static void netlink(void)
{
	static const int protocols[] = {
		NETLINK_ROUTE,	   NETLINK_NETFILTER,	   NETLINK_AUDIT,
		NETLINK_XFRM,	   NETLINK_KOBJECT_UEVENT, NETLINK_GENERIC,
		NETLINK_SOCK_DIAG, NETLINK_CONNECTOR,	   NETLINK_CRYPTO
	};

	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		tried("socket(AF_NETLINK)",
		      socket(AF_NETLINK, SOCK_DGRAM, protocols[i]));
		tried("socket(AF_NETLINK, RAW)",
		      socket(AF_NETLINK, SOCK_RAW, protocols[i]));
	}
	verdict();
}

static void raw_sockets(void)
{
	tried("AF_PACKET", socket(AF_PACKET, SOCK_RAW, htons(3)));
	tried("AF_PACKET DGRAM", socket(AF_PACKET, SOCK_DGRAM, htons(3)));
	tried("ICMP", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	tried("RAW", socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
	tried("ICMPv6", socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6));
	verdict();
}

static void other_families(void)
{
	static const struct {
		const char *name;
		int family, type;
	} list[] = {
		{ "AF_ALG", AF_ALG, SOCK_SEQPACKET },
		{ "AF_TIPC", AF_TIPC, SOCK_RDM },
		{ "AF_XDP", AF_XDP, SOCK_RAW },
		{ "AF_BLUETOOTH", AF_BLUETOOTH, SOCK_RAW },
		{ "AF_CAN", AF_CAN, SOCK_RAW },
		{ "AF_RDS", AF_RDS, SOCK_SEQPACKET },
		{ "AF_AX25", AF_AX25, SOCK_DGRAM },
		{ "AF_X25", AF_X25, SOCK_SEQPACKET },
		{ "AF_APPLETALK", AF_APPLETALK, SOCK_DGRAM },
		{ "AF_KEY", AF_KEY, SOCK_RAW },
		{ "AF_LLC", AF_LLC, SOCK_DGRAM },
		{ "AF_NFC", AF_NFC, SOCK_RAW },
		{ "AF_SMC", AF_SMC, SOCK_STREAM },
		{ "AF_PPPOX", AF_PPPOX, SOCK_STREAM },
		{ "AF_IB", AF_IB, SOCK_STREAM },
		{ "AF_QIPCRTR", AF_QIPCRTR, SOCK_DGRAM },
	};
	int pair[2];

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		tried(list[i].name, socket(list[i].family, list[i].type, 0));
	tried("socketpair(AF_TIPC)", socketpair(AF_TIPC, SOCK_STREAM, 0, pair));
	/* The filter compares 32 bits, as the kernel does. */
	tried("AF_VSOCK with high bits",
	      syscall(SYS_socket, 0x100000000UL | AF_VSOCK, SOCK_STREAM, 0));
	tried("AF_NETLINK with high bits",
	      syscall(SYS_socket, 0x100000000UL | AF_NETLINK, SOCK_RAW, 0));
	verdict();
}

static long connect_unix(const char *name, bool is_abstract)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t len = strlen(name);
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int saved;
	long rc;

	if (len > sizeof(un.sun_path) - 2)
		len = sizeof(un.sun_path) - 2;
	memcpy(un.sun_path + is_abstract, name, len);
	rc = connect(sock, (struct sockaddr *)&un,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				 is_abstract + len));
	saved = errno;
	close(sock);
	errno = saved;
	return rc;
}

static void host_abstract(void)
{
	const char *name = getenv("HS_ABSTRACT");

	tried("the runner's abstract socket",
	      connect_unix(name ? name : "hostile", true));
	tried("@/tmp/.X11-unix/X0", connect_unix("/tmp/.X11-unix/X0", true));
	verdict();
}

static void host_sockets(void)
{
	const char *canary = getenv("HS_CANARY");
	char path[100] = "/none";

	if (canary)
		snprintf(path, sizeof(path), "%s/socket", canary);
	tried(path, connect_unix(path, false));
	tried("docker", connect_unix("/var/run/docker.sock", false));
	tried("docker", connect_unix("/run/docker.sock", false));
	tried("dbus", connect_unix("/run/dbus/system_bus_socket", false));
	tried("systemd", connect_unix("/run/systemd/private", false));
	tried("X11", connect_unix("/tmp/.X11-unix/X0", false));
	tried("journal", connect_unix("/run/systemd/journal/stdout", false));
	tried("dev/log", connect_unix("/dev/log", false));
	verdict();
}

static void lo_change(void)
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq req = { .ifr_name = "lo" };
	struct sockaddr_in in = address("10.1.2.3", 0);
	struct rtentry route = { .rt_flags = RTF_UP, .rt_dev = "lo" };

	memcpy(&req.ifr_addr, &in, sizeof(in));
	tried("SIOCSIFADDR", ioctl(sock, SIOCSIFADDR, &req));
	req.ifr_flags = 0;
	tried("SIOCSIFFLAGS", ioctl(sock, SIOCSIFFLAGS, &req));
	req.ifr_mtu = 9000;
	tried("SIOCSIFMTU", ioctl(sock, SIOCSIFMTU, &req));
	memcpy(&route.rt_dst, &in, sizeof(in));
	memcpy(&route.rt_genmask, &in, sizeof(in));
	tried("SIOCADDRT", ioctl(sock, SIOCADDRT, &route));
	tried("SO_MARK",
	      setsockopt(sock, SOL_SOCKET, SO_MARK, &(int){ 1 }, sizeof(int)));
	verdict();
}

/* Until the CPU limit: the cost must be charged to us. */
static void flood(void)
{
	struct sockaddr_in in = address("127.0.0.1", 9999);
	static char packet[8192];
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int sink = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (bind(sink, (struct sockaddr *)&in, sizeof(in)) < 0)
		say("ALLOWED nothing: cannot bind on lo");
	for (;;)
		(void)sendto(sock, packet, sizeof(packet), 0,
			     (struct sockaddr *)&in, sizeof(in));
}

static const struct attempt attempts[] = {
	{ "host_loopback", host_loopback },
	{ "outside", outside },
	{ "vsock", vsock },
	{ "netlink", netlink },
	{ "raw_sockets", raw_sockets },
	{ "other_families", other_families },
	{ "host_abstract", host_abstract },
	{ "host_sockets", host_sockets },
	{ "lo_change", lo_change },
	{ "flood", flood },
};

ATTACK_MAIN(attempts)
