//go:build !linux

package survival

import "syscall"

// dyingWithUs does nothing where the system cannot make a process end with its parent.
func dyingWithUs() *syscall.SysProcAttr { return nil }
