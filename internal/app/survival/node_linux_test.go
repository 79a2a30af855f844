package survival

import "syscall"

// dyingWithUs makes a process end with this one, however that ends.
func dyingWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
