/* SPDX-License-Identifier: MIT */
/* attack_ipc.h - what the attacks and the suite both know. */
#ifndef HOSTILE_ATTACK_IPC_H
#define HOSTILE_ATTACK_IPC_H

#define ATTACK_TOKEN_FORM "fn-hostile-"
/* What the suite itself makes has its process id in it, so that suites that run
 * side by side do not see each other's. */
#define CONTROL_NAME	"hostile-control-"
#define CONTROL_IPC_KEY 0x46400000 /* and the process id */
#define ATTACK_IPC_KEY	0x464e4854 /* what a left-over object is known by */

#endif
