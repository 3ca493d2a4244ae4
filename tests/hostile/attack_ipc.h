/* SPDX-License-Identifier: MIT */
/* attack_ipc.h - what the attacks and the suite both know. */
#ifndef HOSTILE_ATTACK_IPC_H
#define HOSTILE_ATTACK_IPC_H

#define ATTACK_TOKEN_FORM "fn-hostile-"
#define ATTACK_IPC_KEY	  0x464e4854 /* what a left-over object is known by */

#endif
