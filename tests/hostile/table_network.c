/* SPDX-License-Identifier: MIT */
/* The network. */
#include "suite.h"

static const char families[] =
	"only AF_UNIX, AF_INET and AF_INET6; the others are attack surface";

static const struct limits_row flooding = {
	.cpu_ms = 400,
	.wall_ms = 10000,
	.memory_mb = 64,
	.processes = 16,
	.output_kb = 64,
	.file_mb = 8,
	.disk_mb = 8,
	.open_files = 64,
};

static const struct attempt attempts[] = {
	{ "41", "the host's services on 127.0.0.1", "attack_network",
	  "host_loopback", "refused ECONNREFUSED",
	  "the pod's loopback is its own", .places = EVERYWHERE },
	{ "42", "metadata service, local networks, DNS, IPv6", "attack_network",
	  "outside", "refused ENETUNREACH EACCES",
	  "there is no other interface", .places = EVERYWHERE },
	{ "43", "AF_VSOCK, to the hypervisor", "attack_network", "vsock",
	  "refused EAFNOSUPPORT", "a network namespace does not confine it",
	  .places = EVERYWHERE },
	{ "44", "AF_NETLINK, nine protocols", "attack_network", "netlink",
	  "refused EAFNOSUPPORT EPERM", families, .places = EVERYWHERE },
	{ "45", "AF_PACKET and raw sockets", "attack_network", "raw_sockets",
	  "refused EAFNOSUPPORT EPERM", "no packets of one's own making",
	  .places = EVERYWHERE },
	{ "46", "sixteen other families, and numbers with high bits",
	  "attack_network", "other_families", "refused EAFNOSUPPORT EPERM",
	  families, .places = EVERYWHERE },
	{ "47", "an abstract socket of the host's", "attack_network",
	  "host_abstract", "refused ECONNREFUSED",
	  "abstract names belong to the network namespace",
	  .places = EVERYWHERE },
	{ "48", "sockets of the host's by their paths", "attack_network",
	  "host_sockets", "refused ENOENT", "no path leads there",
	  .places = EVERYWHERE },
	{ "49", "a descriptor passed to the next run", "attack_residue",
	  "find_socket", "refused ECONNREFUSED ENOENT",
	  "nobody listens any more, by name or by path",
	  .before = "leave_socket",
	  .places = PLACE_CASE | PLACE_BUILD | PLACE_DRIVER },
	{ "50", "a port left in use", "attack_residue", "bind_port", "harmless",
	  "the next run binds the same port", .before = "leave_port" },
	{ "51", "address, flags, MTU and routes of the loopback",
	  "attack_network", "lo_change", "refused EPERM",
	  "no capability over the network namespace", .places = EVERYWHERE },
	{ "52", "a flood on the own loopback", "attack_network", "flood",
	  "CPU time limit", "its cost is charged to it", .limits = &flooding },
};

TABLE(table_network, "The network");
