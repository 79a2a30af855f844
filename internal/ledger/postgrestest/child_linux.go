package postgrestest

import "syscall"

// child makes a process run as its owner and end with its parent, also when that
// is killed.
func child(owner *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: owner, Pdeathsig: syscall.SIGQUIT}
}
