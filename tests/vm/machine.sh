# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# machine.sh - an emulated machine: a kernel of Debian's, an initial RAM disk, two
# disks.  No KVM is needed and nothing is installed.
#
# Sourced by tests/vm/run and tests/hostile-peers/run, in the tree's top folder.

PATH=$PATH:/usr/sbin:/sbin # depmod, mke2fs
kernels=$PWD/build/vm
drivers='virtio_pci virtio_blk ext4 overlay'

fail() {
	echo "$0: $*" >&2
	exit 1
}

# The name of the package with the kernel itself, of one that depends on it.
real_kernel() {
	apt-cache depends "$1" 2>/dev/null |
		sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | grep . || echo "$1"
}

# unpack_kernel PACKAGE: sets $kernel to the folder with boot/ and lib/modules/
unpack_kernel() {
	local package new=$kernels/new.$$

	package=$(real_kernel "$1")
	kernel=$kernels/$package
	[ ! -d "$kernel" ] || return 0
	mkdir -p "$new"
	(
		cd "$new"
		apt-get download -qq -o APT::Sandbox::User=root -o Acquire::Retries=3 "$package"
		dpkg-deb -x ./*.deb .
	) || fail "cannot download $package; has \"apt-get update\" been run?"
	[ -d "$new/lib/modules" ] || mv "$new/usr/lib" "$new/lib"
	depmod -b "$new" "$(ls "$new/lib/modules")"
	mv "$new" "$kernel"
}

# make_initrd FOLDER: FOLDER.gz, with what tests/vm/init needs
make_initrd() {
	local rd=$1 version module

	version=$(ls "$kernel/lib/modules")
	rm -rf "$rd"
	mkdir -p "$rd"/{bin,dev,proc,sys,new,modules}
	cp "$(command -v busybox)" "$rd/bin/busybox"
	cp tests/vm/init "$rd/init"
	# modprobe prints "insmod FILE" in order, and "builtin NAME".
	for module in $drivers; do
		modprobe -d "$kernel" -S "$version" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r module; do
		cp "$module" "$rd/modules/"
		case $module in
		*.xz) unxz "$rd/modules/${module##*/}" ;;
		esac
		module=${module##*/}
		echo "/modules/${module%%.*}.ko"
	done >"$rd/modules/order"
	(cd "$rd" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -1) >"$rd.gz"
}

# make_disk FOLDER IMAGE SIZE
make_disk() {
	rm -f "$2"
	mke2fs -q -t ext4 -E root_owner=0:0 -d "$1" "$2" "$3" || fail "cannot make the file system $2"
}

# machine SERIAL-FILE INITRD ROOT PAYLOAD KERNEL-WORDS QEMU-ARGUMENT...: until it
# powers off, or $seconds have passed.  Its second serial line goes to the file, its
# console to the file's name and .console.  The disks stay as they are, there is
# no network.  (The kernel's check of the timer fails where the emulator has to wait.)
machine() {
	local said=$1 initrd=$2 root=$3 payload=$4 words=$5

	shift 5
	exec timeout --foreground --kill-after=10 "$seconds" qemu-system-x86_64 -M q35 -accel tcg -smp 1 -display none -nodefaults -no-reboot -nic none \
		-kernel "$kernel"/boot/vmlinuz-* -initrd "$initrd" \
		-append "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check $words" \
		-drive "if=virtio,format=raw,snapshot=on,file=$root" \
		-drive "if=virtio,format=raw,readonly=on,file=$payload" \
		-serial "file:$said.console" -serial "file:$said" "$@" </dev/null
}
