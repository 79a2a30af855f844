//go:build !linux

package postgrestest

import "syscall"

// child makes a process run as its owner.
func child(owner *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: owner}
}
